/*
 * The pidfd of a child, and whether its number is still open on it.
 *
 * The hazard: the number is public (`child.pidfd`), and other code may close it. Another child's pidfd may then get the
 * same number. A signal would go to another process, a wait would reap another child, and a close would close another
 * child's descriptor. So the file is compared before each use. Since Linux 6.9 each process has a pidfd inode of its
 * own, and the inode is compared; on older kernels /proc or the pid decides.
 */
#ifndef FORKLESS_HANDLE_H
#define FORKLESS_HANDLE_H

#include "identity.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the inode of the pidfd proves. */
enum spawn_handle {
    HANDLE_UNKNOWN, /* nothing: a filter refuses the call that reads it */
    HANDLE_SHARED,  /* that it is a pidfd, eventfd, epoll …: before Linux 6.9 all of these have the same inode */
    HANDLE_UNIQUE   /* that it is this child's pidfd */
};

enum { ID_IS_PIDFD = 3 /* P_PIDFD, which older headers lack */ };

struct spawn_child;

/*
 * Makes sure that `pidfd` is this child's. If other code has closed it, or its number is another file's, the number is
 * not closed, and the child gets a new pidfd, or -1. If inodes are not unique, another pidfd on the number is noticed
 * only with `check_proc`, which reads /proc.
 */
void spawn_ensure_pidfd(struct spawn_child *child, bool check_proc);

/* Closes the pidfd, unless the number is another file's by now. */
void spawn_close(struct spawn_child *child);

/* Records which file the pidfd is. Call it after the clone, before other code can know the number. */
void handle_remember(struct spawn_child *child);

/* Whether a signal sent through the pidfd reaches this child and no other. Costs more than spawn_ensure_pidfd(). */
bool handle_is_certain(const struct spawn_child *child);

/* Whether the child is dead and reaped. False if that is not known. */
bool handle_is_reaped(const struct spawn_child *child);

/* 1: it has ended, even if it is not reaped or its tracer still holds it. 0: it lives. -errno: that is not known. */
int handle_has_ended(const struct spawn_child *child);

#ifdef __cplusplus
}
#endif

#endif
