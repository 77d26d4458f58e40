/*
 * The engine's one lock (spawn.h). It is never held while anything is waited for, but for a moment in flat.c.
 *
 * All signals are blocked before it is taken, and the mask is restored after it is released. A signal handler that
 * starts a process in between would wait for the lock that its own thread holds.
 */
#ifndef FORKLESS_LOCK_H
#define FORKLESS_LOCK_H

#include <stdint.h>

/* For engine_unlock(): the mask of the calling thread from before, or -errno where a filter refuses to change it. */
struct engine_hold {
    uint64_t mask;
    int error;
};

struct engine_hold engine_lock(void);
void engine_unlock(const struct engine_hold *hold);

#endif
