/* Children held in the parent's descriptor table: a seccomp filter asks us before close_range(…, CLOSE_RANGE_UNSHARE)
 * and unshare(CLONE_FILES), and a thread of ours lets it through, or keeps the caller waiting. The caller sleeps, and
 * can be killed or stopped. */
#ifndef FORKLESS_TEST_HOLD_H
#define FORKLESS_TEST_HOLD_H

#include <stddef.h>
#include <sys/types.h>

enum { HOLD_MAX = 64 };

/* On the calling thread and what it starts, for good. The descriptor that belongs to it, or -errno. */
int hold_install(void);

/* So many of the next ones are held; all others are let through, or fail with the errno of hold_others(). */
void hold_next(unsigned count);
void hold_others(int error);

/* Those that are held. */
size_t hold_list(pid_t pids[HOLD_MAX]);

/* The call is made (error 0), or fails with that errno. -ENOENT: it is not held, or dead. */
int hold_let_go(pid_t pid, int error);

#endif
