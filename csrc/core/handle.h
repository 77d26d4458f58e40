/*
 * The pidfd of a child, and whether its number is still open on it.
 *
 * The hazard: the number is public (`child.pidfd`), and other code closes descriptors that are not its own. Another
 * child's pidfd may then get the same number, so that a signal would go to another process, a wait would reap another
 * child, and a close would close another child's descriptor. Since Linux 6.9 each process has a pidfd inode of its own,
 * which is compared; on older kernels /proc tells, or the pid.
 */
#ifndef FORKLESS_HANDLE_H
#define FORKLESS_HANDLE_H

#include "identity.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the inode of the pidfd says. */
enum spawn_handle {
    HANDLE_UNKNOWN, /* nothing: the system does not tell it */
    HANDLE_SHARED,  /* that it is some pidfd, eventfd, epoll …: before Linux 6.9 they are all one inode */
    HANDLE_UNIQUE   /* which process it is for */
};

enum { ID_IS_PIDFD = 3 /* P_PIDFD, which older headers lack */ };

struct spawn_child;

/*
 * Makes sure that `pidfd` is this child's. If other code has closed the number, it is left alone, and the child gets a
 * new pidfd or -1. Where inodes are not unique, that needs `surely`, which reads /proc.
 */
void spawn_hold(struct spawn_child *child, bool surely);

/* Closes the pidfd, unless the number is another file's by now. */
void spawn_close(struct spawn_child *child);

/* After the clone, before any other code has seen the number. */
void handle_remember(struct spawn_child *child);

/* Whether a signal sent through the number reaches this child and no other. Costs more than spawn_hold(). */
bool handle_is_certain(const struct spawn_child *child);

/* The process is gone and reaped; false also where the system does not tell. */
bool handle_is_reaped(const struct spawn_child *child);

/* 1: it has ended, reaped or not, held back by a tracer or not; 0: it lives; -errno: the system does not tell. */
int handle_has_ended(const struct spawn_child *child);

#ifdef __cplusplus
}
#endif

#endif
