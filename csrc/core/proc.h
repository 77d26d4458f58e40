/* What /proc tells, if it is mounted for this process's own pid namespace. In another namespace's /proc, the same pid
 * is another process. */
#ifndef FORKLESS_PROC_H
#define FORKLESS_PROC_H

#include <stdint.h>

/* The kernel's PF_ flags of a child of this process, or -errno. */
int64_t proc_flags(int32_t pid);

/* 1: the descriptor is a pidfd for this pid, or for a reaped process, which no signal reaches. 0: it is not. -errno. */
int proc_names_pidfd(int32_t fd, int32_t pid);

#endif
