/*
 * Whether and how a child has ended. Uses the first of these system calls that is not refused: waitid on the pidfd,
 * waitid on the pid, wait4.
 *
 * The hazard: wait4 always reaps, even if the caller only wants to look. So its result is kept in the struct
 * (spawn_child.kept) until the caller reaps.
 */
#ifndef FORKLESS_ENDING_H
#define FORKLESS_ENDING_H

#include "spawn.h"

/* How a process ended. */
struct ending {
    int32_t exit_code, signal, core_dumped;
};

extern const struct ending unknown_ending;

/* Whether only a program can have ended so: before exec, a child ends by a signal or with FAILED_CHILD_EXIT. */
bool ending_proves_exec(const struct ending *ending);

/*
 * Does not wait and does not reap. `which` is __WALL or __WCLONE. 1: ended, and *ending is filled. 0: not yet.
 * -ECHILD: this process has no such child. Any other error: all calls are refused.
 */
int ending_look(struct spawn_child *child, int which, struct ending *ending);

/* Does not wait. 1: it has ended and is reaped now, and *exit is filled. Otherwise as ending_look(). */
int ending_reap_if_ended(struct spawn_child *child, struct spawn_exit *exit);

/* For a child that is dead or dying: waits for its end, unless all calls are refused, and reaps it. */
void ending_wait_and_reap(struct spawn_child *child);

/* How a child ended that other code has reaped. True only since Linux 6.15, which keeps the exit code in the pidfd. */
bool ending_read_from_pidfd(const struct spawn_child *child, struct ending *ending);

/*
 * Call it before the clone. 0, or -errno if a filter refuses both waitid and wait4: a child would stay a zombie, and
 * its exit code could not be read.
 */
int ending_check_allowed(void);

#endif
