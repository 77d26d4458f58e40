/*
 * The engine's lock; spawn.h explains why it is needed. A thread that holds it does not wait for anything, except for
 * at most a millisecond in fdtable.c, for a maker (maker.h) to end, and on rung 3 for the exec.
 *
 * The hazard: a signal handler that starts a process would wait for the lock that its own thread holds. So all signals
 * are blocked from before the lock is taken until after it is released.
 */
#ifndef FORKLESS_LOCK_H
#define FORKLESS_LOCK_H

#include <stdint.h>

/* For engine_unlock(): the calling thread's mask from before, or -errno if a filter refuses to change it. */
struct engine_hold {
    uint64_t mask;
    int error;
};

struct engine_hold engine_lock(void);
void engine_unlock(const struct engine_hold *hold);

#endif
