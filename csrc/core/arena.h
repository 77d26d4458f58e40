/*
 * The memory of one start: a guard, the child's stack, and above it the task, the plan and what they point to. All but
 * the guard is one shared mapping, so that the parent can read `progress` also if the child has a copy of all other
 * memory.
 *
 * The hazard: such a child may already run under another user, who can write to the mapping. What the parent must rely
 * on lies below the guard, in private memory.
 */
#ifndef FORKLESS_ARENA_H
#define FORKLESS_ARENA_H

#include "child.h"

struct spawn_arena {
    struct child_task task;
};

/*
 * Copies and checks the plan, and lays out argv and envp. NULL and *error on failure: -EINVAL for a plan that is not
 * sound, -EAGAIN if the environment has grown meanwhile, or mmap's error.
 */
struct spawn_arena *arena_acquire(const void *plan, size_t size, int *error);

/* Only when the child has exec'ed or is dead. */
void arena_release(struct spawn_arena *arena);

void *arena_stack(struct spawn_arena *arena); /* lowest address */
enum { ARENA_GUARD = 65536, ARENA_STACK = 32768 };

#endif
