#include "ending.h"
#include "handle.h"
#include "pause.h"
#include "sys.h"

#include <errno.h>
#include <linux/ioctl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { MICROSECONDS = 1000000, LOOKS = 200 };

const struct ending unknown_ending = {-1, 0, 0};

/* ---- what is given out ---------------------------------------------------------------------------------------- */

static int64_t microseconds(const struct timeval *time)
{
    return (int64_t)time->tv_sec * MICROSECONDS + time->tv_usec;
}

static struct spawn_exit exit_of(const struct ending *ending, const struct rusage *from)
{
    return (struct spawn_exit){
        .exit_code = ending->exit_code,
        .signal = ending->signal,
        .core_dumped = ending->core_dumped,
        .usage =
            {
                .user_us = microseconds(&from->ru_utime),
                .system_us = microseconds(&from->ru_stime),
                .max_rss_kb = from->ru_maxrss,
                .minor_faults = from->ru_minflt,
                .major_faults = from->ru_majflt,
                .swaps = from->ru_nswap,
                .in_blocks = from->ru_inblock,
                .out_blocks = from->ru_oublock,
                .messages_sent = from->ru_msgsnd,
                .messages_received = from->ru_msgrcv,
                .signals = from->ru_nsignals,
                .voluntary_switches = from->ru_nvcsw,
                .involuntary_switches = from->ru_nivcsw,
            },
    };
}

/* ---- the calls ------------------------------------------------------------------------------------------------ */

static bool is_answer(int result)
{
    return result >= 0 || result == -ECHILD || result == -EINTR;
}

static int by_waitid(int type, int id, int options, siginfo_t *info, struct rusage *usage)
{
    memset(info, 0, sizeof *info);
    int error = (int)sys_call5(__NR_waitid, type, id, info, WEXITED | options, usage);
    return error ? error : info->si_signo != 0;
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
 * Where the identity of the pidfd is not unique, its number may stand for another child by now. So it is looked at
 * before anything is reaped, and the answer is compared with what the pid says; where they differ, /proc decides.
 */
static int look_by_pidfd(const struct spawn_child *child, int options)
{
    siginfo_t info;
    const int how = options | WNOHANG | WNOWAIT;
    int answer = by_waitid(ID_IS_PIDFD, child->pidfd, how, &info, NULL);
    bool is_doubtful = answer == 1 && info.si_pid != child->pid;
    if (answer == 0)
        is_doubtful = by_waitid(P_PID, child->pid, how, &info, NULL) == 1;
    else if (answer == -ECHILD) /* before exec and after, it may just be one of the other kind */
        is_doubtful = !(options & (int)__WCLONE);
    return is_doubtful && !handle_is_certain(child) ? -EBADF : answer;
}

static int by_pidfd(const struct spawn_child *child, int options, siginfo_t *info, struct rusage *usage)
{
    if (child->pidfd < 0)
        return -EBADF;
    int answer = child->handle == HANDLE_UNIQUE ? 1 : look_by_pidfd(child, options);
    if (answer < 0 || (answer == 0 && options & WNOHANG))
        return answer;
    return by_waitid(ID_IS_PIDFD, child->pidfd, options, info, usage);
}

/* It reaps, whatever was meant. */
static int by_wait4(struct spawn_child *child, int options, struct rusage *usage)
{
    int status;
    int answer = (int)sys_call4(__NR_wait4, child->pid, &status, options & ~WNOWAIT, usage);
    if (answer <= 0)
        return answer;
    const struct ending ending = {
        .exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
        .core_dumped = WIFSIGNALED(status) && WCOREDUMP(status),
    };
    child->is_kept = true;
    child->kept = exit_of(&ending, usage);
    return 1;
}

/* Cleared when a wait is refused: a filter may come at any time. Under no lock: a second look costs nothing. */
static bool is_proven;

int ending_prove(void)
{
    if (__atomic_load_n(&is_proven, __ATOMIC_RELAXED))
        return 0;
    siginfo_t info;
    /* without options both are EINVAL, before the kernel looks at anything */
    long error = sys_call5(__NR_waitid, P_ALL, 0, &info, 0, NULL);
    if (is_refused(error))
        error = sys_call4(__NR_wait4, -1, NULL, ~0u, NULL);
    if (is_refused(error))
        return (int)error;
    __atomic_store_n(&is_proven, true, __ATOMIC_RELAXED);
    return 0;
}

/* 1 and *exit, 0, -ECHILD, -EINTR, or an error of the last way. The pid serves only while it is this child's. */
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
            __atomic_store_n(&is_proven, false, __ATOMIC_RELAXED);
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

int ending_take(struct spawn_child *child, struct spawn_exit *exit)
{
    int answer = wait_for(child, WNOHANG | __WALL, exit);
    return answer == -EINTR ? 0 : answer;
}

void ending_reap(struct spawn_child *child)
{
    struct spawn_exit exit;
    while (wait_for(child, __WALL, &exit) == -EINTR) {
    }
}

/* ---- a child that somebody else reaped ------------------------------------------------------------------------ */

/* linux/pidfd.h of 6.13 and later; the first version of the struct. */
struct pidfd_info_first {
    uint64_t mask, cgroup;
    uint32_t pid, tgid, ppid, ids[8];
    int32_t exit_code;
};
#define PIDFD_GET_INFO_FIRST _IOWR(0xFF, 11, struct pidfd_info_first)
#define PIDFD_INFO_EXIT_BIT (1ull << 3)

/*
 * The kernel keeps the status right after the task is gone: a child that is being reaped at this moment has none yet,
 * hence a bounded number of further looks.
 */
bool ending_is_remembered(const struct spawn_child *child, struct ending *ending)
{
    for (int look = 0; look < LOOKS && child->pidfd >= 0; look++) {
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
