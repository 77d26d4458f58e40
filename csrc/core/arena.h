/*
 * The memory of one start, from low to high addresses: a private part, a guard, the child's stack, the task, and the
 * plan with what it points to. From the stack on it is a shared mapping (MAP_SHARED): so the parent can read `progress`
 * even if the child has a copy of all other memory (rung 4).
 *
 * The hazards: a stack that overflows would overwrite the parent's memory; the guard makes that a fault. And a child on
 * rung 4 may already run under another user, who can write to the shared mapping; so what the parent relies on is in
 * the private part.
 */
#ifndef FORKLESS_ARENA_H
#define FORKLESS_ARENA_H

#include "child.h"

struct spawn_arena {
    struct child_task task;
};

/*
 * Copies and checks the plan, and fills argv and envp. On failure NULL and *error: -EINVAL for an invalid plan, -EAGAIN
 * if another thread has made the environment larger meanwhile, or mmap's error.
 */
struct spawn_arena *arena_acquire(const void *plan, size_t size, int *error);

/* Call it only when the child has exec'ed or is dead. */
void arena_release(struct spawn_arena *arena);

void *arena_stack(struct spawn_arena *arena); /* lowest address */
size_t arena_used(struct spawn_arena *arena); /* bytes of the plan, argv and environment together */
enum { ARENA_GUARD = 65536, ARENA_STACK = 32768 };

#endif
