/*
 * The verdict on a start: whether the child has exec'ed, has failed, or died. Until it is known, the child may use the
 * arena (its stack and its plan), so the arena must not be freed.
 */
#ifndef FORKLESS_VERDICT_H
#define FORKLESS_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum spawn_verdict {
    SPAWN_PENDING, /* not known yet: ask again when the report pipe or the pidfd is readable */
    SPAWN_EXECED,  /* the program runs, or has run */
    SPAWN_FAILED,  /* a step failed, and the child has reported it; reaped, unless child->outlives */
    SPAWN_DIED,    /* killed, or ended without a report, before exec; reaped, unless child->outlives */
    SPAWN_LOST     /* other code has reaped it, and nothing proves whether it had exec'ed */
};

struct spawn_outcome {
    int32_t error; /* positive errno for FAILED */
    int32_t step;  /* FAILED, DIED, LOST: index in the list, or -1 */
    uint32_t op;
    int32_t exit_code, signal; /* DIED: one of them; else -1 and 0 */
};

struct spawn_child;

/* Does not wait. Any verdict but SPAWN_PENDING releases the arena and closes the report pipe. */
enum spawn_verdict spawn_ask(struct spawn_child *child, struct spawn_outcome *outcome);

/* The same, but waits until there is a verdict. */
enum spawn_verdict spawn_wait(struct spawn_child *child, struct spawn_outcome *outcome);

/* False: spawn_ask would return SPAWN_PENDING. Makes no system call. */
bool spawn_may_be_decided(const struct spawn_child *child);

#ifdef __cplusplus
}
#endif

#endif
