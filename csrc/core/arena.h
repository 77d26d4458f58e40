/*
 * The memory of one start: a guarded stack for the child, and above it the task, the plan and what it points at.
 * All of that is one shared mapping, so that `progress` can be read also where the child got a copy of all other
 * memory. Such a child may run under another user already, who could change whatever stands in it: what the parent
 * must rely on stands below the guard, in memory of its own.
 */
#ifndef FORKLESS_ARENA_H
#define FORKLESS_ARENA_H

#include "child.h"

struct spawn_arena {
    struct child_task task;
};

/*
 * Copies and checks the plan and lays out argv and envp; NULL and *error where that fails (-ENOMEM: no memory,
 * -EINVAL: not a sound plan).
 */
struct spawn_arena *arena_acquire(const void *plan, size_t size, int *error);

/* Only when the child has exec'ed or is dead. */
void arena_release(struct spawn_arena *arena);

void *arena_stack(struct spawn_arena *arena); /* lowest address */
enum { ARENA_GUARD = 65536, ARENA_STACK = 32768 };

#endif
