/*
 * The pidfd of a child, and whether its number is still open on it.
 *
 * The number is public (`child.pidfd`), and other code closes descriptors that are not its own: the next pidfd may then
 * stand on it, and a signal would go to another process, a wait would reap another child, a close would take away
 * another's descriptor. Since Linux 6.9 each process has an inode of its own; before, /proc tells, or the pid.
 */
#ifndef FORKLESS_HANDLE_H
#define FORKLESS_HANDLE_H

#include "spawn.h"

enum { ID_IS_PIDFD = 3 /* P_PIDFD, which older headers lack */ };

/* After the clone, before anybody has seen the number. */
void handle_remember(struct spawn_child *child);

/* Whether a signal sent through the number reaches this child and no other. Costs more than spawn_hold(). */
bool handle_is_certain(const struct spawn_child *child);

/* The process is gone and reaped; false also where the system does not tell. */
bool handle_is_reaped(const struct spawn_child *child);

/* 1: it has ended, reaped or not, held back by a tracer or not; 0: it lives; -errno: the system does not tell. */
int handle_has_ended(const struct spawn_child *child);

#endif
