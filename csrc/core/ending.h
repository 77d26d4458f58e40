/*
 * Whether and how a child has ended, by the first system call that is not refused: waitid on the pidfd, waitid on the
 * pid, wait4. wait4 cannot look without reaping: its result is kept in the child until the caller reaps.
 */
#ifndef FORKLESS_ENDING_H
#define FORKLESS_ENDING_H

#include "spawn.h"

/* How a process ended. */
struct ending {
    int32_t exit_code, signal, core_dumped;
};

extern const struct ending unknown_ending;

/*
 * Does not wait and does not reap. `which` is __WALL or __WCLONE. 1: ended, and *ending is filled. 0: not yet.
 * -ECHILD: this process has no such child. Any other error: no call tells.
 */
int ending_look(struct spawn_child *child, int which, struct ending *ending);

/* Does not wait. 1: it had ended and is reaped, and *exit is filled. Else as ending_look(). */
int ending_reap_if_ended(struct spawn_child *child, struct spawn_exit *exit);

/* Of a child that is dead or dying: waits for its end, if that is possible, and reaps. */
void ending_wait_and_reap(struct spawn_child *child);

/* How a child ended that other code has reaped: the kernel keeps that with the pidfd (Linux 6.15). */
bool ending_is_remembered(const struct spawn_child *child, struct ending *ending);

/*
 * Before a child is made: 0, or -errno if a filter refuses both waitid and wait4. A child would then stay a zombie, and
 * its exit code could not be known.
 */
int ending_prove(void);

#endif
