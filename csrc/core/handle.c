#include "handle.h"
#include "pause.h"
#include "proc.h"
#include "spawn.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>

enum { PIDFS_MAGIC = 0x50494446 };

/* As large as struct statfs on any machine; only its first word is read. */
union file_system {
    int64_t type;
    char room[256];
};

static bool is_on_pidfs(int32_t fd)
{
    static int answer; /* 1: yes, -1: no. If several threads write it, they write the same value. */
    int known = __atomic_load_n(&answer, __ATOMIC_RELAXED);
    if (known == 0) {
        union file_system status = {0};
        long error = sys_call2(__NR_fstatfs, fd, &status);
        known = error == 0 && status.type == PIDFS_MAGIC ? 1 : -1;
        __atomic_store_n(&answer, known, __ATOMIC_RELAXED);
    }
    return known > 0;
}

void handle_remember(struct spawn_child *child)
{
    uint16_t mode;
    child->handle = HANDLE_UNKNOWN;
    if (identify(child->pidfd, &child->pidfd_file, &mode) == 0)
        child->handle = is_on_pidfs(child->pidfd) ? HANDLE_UNIQUE : HANDLE_SHARED;
}

/* 1: the number is open on the file of the child's pidfd. 0: it is not. -1: a filter refuses the call. */
static int compare(int32_t fd, const struct spawn_child *child)
{
    struct identity found;
    uint16_t mode;
    int error = identify(fd, &found, &mode);
    if (error)
        return error == -EBADF ? 0 : -1;
    return is_same(&found, &child->pidfd_file);
}

static int compare_pidfd(const struct spawn_child *child)
{
    if (child->pidfd < 0)
        return 0;
    return child->handle == HANDLE_UNKNOWN ? -1 : compare(child->pidfd, child);
}

static bool is_open(int32_t fd)
{
    return sys_call2(__NR_fcntl, fd, F_GETFD) != -EBADF;
}

/* Enough before a wait that does not reap: its result has the pid, and it changes nothing for another process. */
static bool seems_intact(const struct spawn_child *child)
{
    int same = compare_pidfd(child);
    return same < 0 ? is_open(child->pidfd) : same;
}

bool handle_is_certain(const struct spawn_child *child)
{
    if (!seems_intact(child))
        return false;
    return child->handle == HANDLE_UNIQUE || proc_names_pidfd(child->pidfd, child->pid) == 1;
}

/* If inodes are not unique, the number may be open on another child's pidfd. Only /proc shows that. */
static bool is_certainly_replaced(const struct spawn_child *child)
{
    return child->handle != HANDLE_UNIQUE && proc_names_pidfd(child->pidfd, child->pid) == 0;
}

static bool is_pidfd_of(int32_t fd, const struct spawn_child *child)
{
    siginfo_t info;
    int same = child->handle == HANDLE_UNIQUE ? compare(fd, child) : -1;
    if (same >= 0)
        return same;
    /* The hazard: other code may have reaped the child, and another process may have its pid. waitid then returns
     * ECHILD, unless the new process is a child of this process as well; that case cannot be detected. */
    return sys_call5(__NR_waitid, ID_IS_PIDFD, fd, &info, WEXITED | WNOHANG | WNOWAIT | __WALL, NULL) != -ECHILD;
}

/*
 * A new pidfd is opened by the pid. If that is another process's by now, or there is no such process (ESRCH), other
 * code has reaped the child: is_gone. Other errors, such as EMFILE, prove nothing; the next call tries again.
 */
void spawn_ensure_pidfd(struct spawn_child *child, bool check_proc)
{
    if (child->is_gone || child->is_kept)
        return;
    int same = compare_pidfd(child);
    if (same < 0) /* a filter that was installed after the clone refuses the call */
        child->handle = HANDLE_UNKNOWN;
    if ((same < 0 ? is_open(child->pidfd) : same) && !(check_proc && is_certainly_replaced(child)))
        return;
    child->pidfd = -1; /* not closed: the number is another file's */
    child->renewals++;
    int32_t fd = (int32_t)sys_call2(__NR_pidfd_open, child->pid, 0);
    if (fd >= 0 && is_pidfd_of(fd, child)) {
        child->pidfd = fd;
        return;
    }
    if (fd >= 0)
        sys_call1(__NR_close, fd);
    child->is_gone = fd >= 0 || fd == -ESRCH;
}

/* The child is reaped. So if waitid finds a child by this pidfd, it is another one's. */
static bool seems_intact_after_reaping(const struct spawn_child *child)
{
    siginfo_t info;
    if (!seems_intact(child))
        return false;
    if (child->handle == HANDLE_UNIQUE)
        return true;
    long error = sys_call5(__NR_waitid, ID_IS_PIDFD, child->pidfd, &info, WEXITED | WNOHANG | WNOWAIT | __WALL, NULL);
    return error == -ECHILD || (error != 0 && error != -EBADF && handle_is_certain(child));
}

void spawn_close(struct spawn_child *child)
{
    if (seems_intact_after_reaping(child))
        sys_call1(__NR_close, child->pidfd);
    child->pidfd = -1;
}

bool handle_is_reaped(const struct spawn_child *child)
{
    return child->is_gone ||
           (child->pidfd >= 0 && sys_call4(__NR_pidfd_send_signal, child->pidfd, 0, NULL, 0) == -ESRCH);
}

int handle_has_ended(const struct spawn_child *child)
{
    struct pollfd ended = {child->pidfd, POLLIN, 0};
    if (child->is_gone || child->is_kept)
        return 1;
    if (child->pidfd < 0)
        return -EBADF;
    long ready;
    do
        ready = pause_poll(&ended, 1, 0);
    while (ready == -EINTR);
    if (ready >= 0)
        return ended.revents != 0;
    /* a filter refuses ppoll; signal 0 fails only once the child is reaped, so a zombie is not seen in this way */
    return handle_is_reaped(child) ? 1 : (int)ready;
}
