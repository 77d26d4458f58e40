/* Signals to a child, and reaping it. */
#ifndef FORKLESS_EXIT_H
#define FORKLESS_EXIT_H

#include "usage.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct spawn_exit {
    int32_t exit_code; /* -1 if a signal ended it, or if it is not known */
    int32_t signal;    /* 0: none */
    int32_t core_dumped;
    int32_t reaped_elsewhere; /* by other code: no usage; code or signal only since Linux 6.15 */
    struct spawn_usage usage;
};

struct spawn_child;

/* After SPAWN_EXECED: 1 and *exit if it has ended (it is reaped by this call), 0 if it has not. */
int spawn_reap(struct spawn_child *child, struct spawn_exit *exit);

/* After SPAWN_EXECED: whether spawn_reap would return 1. Reaps nothing. */
bool spawn_has_ended(struct spawn_child *child);

/* Sends a signal, by pidfd. 0, or -ESRCH once the child has ended, reaped or not. */
int spawn_kill(struct spawn_child *child, int signal);

/* After SPAWN_EXECED: kills the child and waits for its end, unless this process may not signal it. */
void spawn_kill_and_reap(struct spawn_child *child);

#ifdef __cplusplus
}
#endif

#endif
