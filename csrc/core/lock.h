/*
 * The engine's one lock (spawn.h says what for). No thread waits while it holds the lock, except for at most a
 * millisecond in fdtable.c.
 *
 * The hazard: a signal handler that starts a process would wait for the lock that its own thread holds. So all signals
 * are blocked before the lock is taken, until after it is released.
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
