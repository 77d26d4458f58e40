/* What /proc shows. The hazard: it may be mounted for another pid namespace, in which the same pid is another process.
 * So it is used only if it belongs to this process's namespace. */
#ifndef FORKLESS_PROC_H
#define FORKLESS_PROC_H

#include <stdint.h>

/* The kernel's PF_ flags of a child of this process, or -errno. It waits while the child is in exec, which may hang. */
int64_t proc_flags(int32_t pid);

/*
 * The name of a child of this process, which may be dead: 0 or -errno. That of a living one may be half of two names.
 * If other code can have reaped the child, it may be another process's. It is not read from /proc/PID/stat: a child
 * that hangs in exec makes the readers of that hang, and not even SIGKILL ends it.
 */
enum { PROC_NAME_SIZE = 16 }; /* with its NUL */
int proc_name(int32_t pid, char name[PROC_NAME_SIZE]);

/* Whether a child of this process has memory. One that ends gives it up before it closes its descriptors. Or -errno. */
int proc_has_memory(int32_t pid);

/* 1: the descriptor is a pidfd of this pid, or of a reaped process, which gets no signal. 0: it is not. Or -errno. */
int proc_names_pidfd(int32_t fd, int32_t pid);

#endif
