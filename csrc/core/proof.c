#include "proof.h"
#include "proc.h"
#include "sys.h"

#include <errno.h>

enum {
    NEVER_EXECED = 0x40 /* PF_FORKNOEXEC */,
    NO_GROUP = 0x7fffffff /* above the highest pid there can be */
};

/*
 * setpgid(2) on a child in the caller's session fails with EACCES if the child has exec'ed, and only then. Otherwise it
 * fails with EPERM, because the group cannot exist. So the call never changes the child's group.
 *
 * The hazard: a filter can return the same two errors. So setpgid is first called with a group of -1, which the kernel
 * refuses with EINVAL before it looks at the child. Any other error comes from a filter, and proves nothing.
 */
static enum proof proof_by_setpgid(const struct spawn_child *child)
{
    if (sys_call2(__NR_setpgid, child->pid, -1) != -EINVAL)
        return NOTHING_PROVEN;
    long error = sys_call2(__NR_setpgid, child->pid, NO_GROUP);
    if (error == -EACCES)
        return HAS_EXECED;
    /* EPERM also means a child in another session; then it proves nothing. 0: a session from outside of this pid
     * namespace. The child can only have inherited it: one that it has created itself has a number here. */
    long session = sys_call1(__NR_getsid, child->pid);
    if (error == -EPERM && session >= 0 && session == sys_call1(__NR_getsid, 0))
        return HAS_NOT_EXECED;
    return NOTHING_PROVEN;
}

enum proof proof_at_once(const struct spawn_child *child)
{
    return child->is_kept || child->is_gone ? NOTHING_PROVEN : proof_by_setpgid(child);
}

enum proof proof_of_exec(const struct spawn_child *child)
{
    enum proof proof = proof_at_once(child);
    if (proof != NOTHING_PROVEN || child->is_kept || child->is_gone)
        return proof;
    /* a zombie still has both: the result of setpgid, and this flag */
    int64_t flags = proc_flags(child->pid);
    if (flags < 0)
        return NOTHING_PROVEN;
    return flags & NEVER_EXECED ? HAS_NOT_EXECED : HAS_EXECED;
}

/*
 * The errors of process_mrelease: the process has no memory (ESRCH); it has and is not being killed (EINVAL), or is
 * (EAGAIN, EINTR). Before Linux 5.15, or where a filter refuses the call, /proc shows it.
 */
static int has_memory(const struct spawn_child *child)
{
    long error = child->pidfd < 0 ? -EBADF : sys_call2(__NR_process_mrelease, child->pidfd, 0);
    if (error == -ESRCH)
        return 0;
    return error == 0 || error == -EINVAL || error == -EAGAIN || error == -EINTR ? 1 : proc_has_memory(child->pid);
}

enum proof proof_at_end_of_file(const struct spawn_child *child)
{
    if (child->report_fd >= 0 || child->is_kept || child->is_gone)
        return NOTHING_PROVEN;
    int answer = has_memory(child);
    return answer < 0 ? NOTHING_PROVEN : answer ? HAS_EXECED : HAS_NOT_EXECED;
}
