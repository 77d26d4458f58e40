#include "ending.h"
#include "handle.h"
#include "report.h"
#include "sys.h"

#include <errno.h>
#include <linux/ioctl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { MOST_LOOKS = 200 };

const struct ending unknown_ending = {-1, 0, 0};

bool ending_proves_exec(const struct ending *ending)
{
    return ending->signal == 0 && ending->exit_code >= 0 && ending->exit_code != FAILED_CHILD_EXIT;
}

static struct spawn_exit exit_of(const struct ending *ending, const struct rusage *usage)
{
    return (struct spawn_exit){
        .exit_code = ending->exit_code,
        .signal = ending->signal,
        .core_dumped = ending->core_dumped,
        .usage = usage_of(usage),
    };
}

/* ---- the calls ------------------------------------------------------------------------------------------------ */

static bool is_answer(int result)
{
    return result >= 0 || result == -ECHILD || result == -EINTR;
}

/* A traced child that has stopped is shown to its tracer even if only WEXITED is asked for. It has not ended. */
static int by_waitid(int type, int id, int options, siginfo_t *info, struct rusage *usage)
{
    memset(info, 0, sizeof *info);
    int error = (int)sys_call5(__NR_waitid, type, id, info, WEXITED | options, usage);
    return error ? error : info->si_signo != 0 && info->si_code != CLD_TRAPPED && info->si_code != CLD_STOPPED;
}

static struct ending ending_in(const siginfo_t *info)
{
    bool exited = info->si_code == CLD_EXITED;
    return (struct ending){
        .exit_code = exited ? info->si_status : -1,
        .signal = exited ? 0 : info->si_status,
        .core_dumped = info->si_code == CLD_DUMPED,
    };
}

/*
 * The hazard: if the inode of the pidfd is not unique, its number may be another child's pidfd by now, and a wait would
 * reap that child. So this looks without reaping first, and compares the result with what waitid returns for the pid.
 * If they do not agree, /proc decides. -EBADF: the pidfd is another child's, so the pid is used instead.
 */
static int look_by_pidfd(const struct spawn_child *child, int options)
{
    siginfo_t info;
    const int how = options | WNOHANG | WNOWAIT;
    int answer = by_waitid(ID_IS_PIDFD, child->pidfd, how, &info, NULL);
    bool is_doubtful = answer == 1 && info.si_pid != child->pid;
    if (answer == 0)
        is_doubtful = by_waitid(P_PID, child->pid, how, &info, NULL) == 1;
    else if (answer == -ECHILD) /* with __WCLONE that may only mean that the child has exec'ed */
        is_doubtful = !(options & (int)__WCLONE);
    return is_doubtful && !handle_is_certain(child) ? -EBADF : answer;
}

static int by_pidfd(const struct spawn_child *child, int options, siginfo_t *info, struct rusage *usage)
{
    if (child->pidfd < 0)
        return -EBADF;
    /* The hazard: a wait without WNOWAIT would take the stop of a traced child away from its tracer. */
    int answer = child->handle == HANDLE_UNIQUE && !child->is_traced ? 1 : look_by_pidfd(child, options);
    if (answer < 0 || (answer == 0 && options & WNOHANG))
        return answer;
    return by_waitid(ID_IS_PIDFD, child->pidfd, options, info, usage);
}

/* Reaps even with WNOWAIT, which wait4 does not have. */
static int by_wait4(struct spawn_child *child, int options, struct rusage *usage)
{
    int status;
    int answer = (int)sys_call4(__NR_wait4, child->pid, &status, options & ~WNOWAIT, usage);
    if (answer <= 0 || WIFSTOPPED(status))
        return answer <= 0 ? answer : 0;
    const struct ending ending = {
        .exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
        .core_dumped = WIFSIGNALED(status) && WCOREDUMP(status),
    };
    child->is_kept = true;
    child->kept = exit_of(&ending, usage);
    return 1;
}

/* Cleared when a wait is refused: a filter may be installed at any time. No lock: checking twice is harmless. */
static bool is_allowed;

int ending_check_allowed(void)
{
    if (__atomic_load_n(&is_allowed, __ATOMIC_RELAXED))
        return 0;
    siginfo_t info;
    /* with these options both calls fail with EINVAL before the kernel looks at any child */
    long error = sys_call5(__NR_waitid, P_ALL, 0, &info, 0, NULL);
    if (is_refused(error))
        error = sys_call4(__NR_wait4, -1, NULL, ~0u, NULL);
    if (is_refused(error))
        return (int)error;
    __atomic_store_n(&is_allowed, true, __ATOMIC_RELAXED);
    return 0;
}

/*
 * 1 and *exit, 0, -ECHILD, -EINTR, or the error of wait4.
 *
 * The hazard: after other code has reaped the child, its pid may be another child's. So before the pid is used,
 * handle_is_reaped() checks by the pidfd whether the child is already reaped.
 */
static int wait_for(struct spawn_child *child, int options, struct spawn_exit *exit)
{
    siginfo_t info;
    struct rusage usage = {0};
    if (!child->is_kept) {
        if (child->is_gone)
            return -ECHILD;
        int answer = by_pidfd(child, options, &info, &usage);
        if (!is_answer(answer)) {
            if (answer != -EBADF && handle_is_reaped(child))
                return -ECHILD;
            answer = by_waitid(P_PID, child->pid, options, &info, &usage);
        }
        if (!is_answer(answer))
            answer = by_wait4(child, options, &usage);
        if (!is_answer(answer))
            __atomic_store_n(&is_allowed, false, __ATOMIC_RELAXED);
        if (answer != 1)
            return answer;
    }
    if (child->is_kept) {
        *exit = child->kept;
    } else {
        const struct ending ending = ending_in(&info);
        *exit = exit_of(&ending, &usage);
    }
    return 1;
}

int ending_look(struct spawn_child *child, int which, struct ending *ending)
{
    struct spawn_exit exit;
    int answer;
    do
        answer = wait_for(child, which | WNOHANG | WNOWAIT, &exit);
    while (answer == -EINTR);
    if (answer == 1)
        *ending = (struct ending){exit.exit_code, exit.signal, exit.core_dumped};
    return answer;
}

int ending_reap_if_ended(struct spawn_child *child, struct spawn_exit *exit)
{
    int answer = wait_for(child, WNOHANG | __WALL, exit);
    return answer == -EINTR ? 0 : answer;
}

void ending_wait_and_reap(struct spawn_child *child)
{
    struct spawn_exit exit;
    int answer;
    do
        answer = wait_for(child, __WALL, &exit);
    while (answer == -EINTR || answer == 0); /* 0: a traced child has stopped */
}

/* ---- a child that other code has reaped ----------------------------------------------------------------------- */

/* From linux/pidfd.h of 6.13 and later: the first version of the struct. */
struct pidfd_info_first {
    uint64_t mask, cgroup;
    uint32_t pid, tgid, ppid, ids[8];
    int32_t exit_code;
};
#define PIDFD_GET_INFO_FIRST _IOWR(0xFF, 11, struct pidfd_info_first)
#define PIDFD_INFO_EXIT_BIT (1ull << 3)

/*
 * The hazard: a child that is being reaped by another thread right now has already left the list of children, but the
 * kernel has not stored its exit status yet. So this reads again, a limited number of times.
 */
bool ending_read_from_pidfd(const struct spawn_child *child, struct ending *ending)
{
    for (int look = 0; look < MOST_LOOKS && child->pidfd >= 0; look++) {
        struct pidfd_info_first info = {.mask = PIDFD_INFO_EXIT_BIT};
        long error = sys_call3(__NR_ioctl, child->pidfd, PIDFD_GET_INFO_FIRST, &info);
        if (error && error != -ESRCH)
            return false;
        if (!error && info.mask & PIDFD_INFO_EXIT_BIT) {
            int signal = info.exit_code & 0x7f;
            *ending = (struct ending){
                .exit_code = signal ? -1 : (info.exit_code >> 8) & 0xff,
                .signal = signal,
                .core_dumped = (info.exit_code & 0x80) != 0,
            };
            return true;
        }
        sys_call0(__NR_sched_yield);
    }
    return false;
}
