/*
 * Whether and how a child has ended, by whichever call the system lets through: waitid on the pidfd, waitid on the pid,
 * wait4. The last cannot look without reaping: what it has gathered is kept in the child until it is asked for.
 */
#ifndef FORKLESS_ENDING_H
#define FORKLESS_ENDING_H

#include "spawn.h"

/* How a process ended, from whatever source told. */
struct ending {
    int32_t exit_code, signal, core_dumped;
};

extern const struct ending unknown_ending;

/*
 * Without waiting. `which` is __WALL or __WCLONE. 1: ended (*ending filled), 0: not yet, -ECHILD: no such child of
 * ours, any other error: no call tells.
 */
int ending_look(struct spawn_child *child, int which, struct ending *ending);

/* The same, and it is reaped, with *exit filled but for what the kernel tells of a child that was taken. */
int ending_take(struct spawn_child *child, struct spawn_exit *exit);

/* Waits for the end, if it can be waited for, and reaps. Of a child that is dead or dying. */
void ending_reap(struct spawn_child *child);

/* Of a child that was reaped by others: the kernel keeps it with the pidfd (Linux 6.15). */
bool ending_is_remembered(const struct spawn_child *child, struct ending *ending);

/*
 * Before a child is made: 0, or -errno where a filter forbids both waits. Such a child would stay a zombie, and nobody
 * could say how it ended.
 */
int ending_prove(void);

#endif
