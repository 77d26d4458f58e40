/*
 * What became of a child: the verdict on its start, and its end.
 *
 * The proof of exec is the exit signal. The child is cloned without one; execve makes it SIGCHLD before it closes a
 * descriptor. waitid(__WCLONE) sees only children whose exit signal is not SIGCHLD: so it sees a child before exec,
 * dead or alive, and answers ECHILD once it has exec'ed.
 */
#include "flat.h"
#include "lock.h"
#include "spawn.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/ioctl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { MICROSECONDS = 1000000, MILLISECOND_IN_NANOSECONDS = 1000000 };

enum {
    PIDFD_ID = 3 /* P_PIDFD, which older headers lack */,
    SHARED_RUNG = 1,
    VFORK_RUNG = 3,
    NEVER_EXECED = 0x40 /* PF_FORKNOEXEC, in /proc/PID/stat */,
    FAILED_CHILD_EXIT = 127
};

/* How a process ended, from whatever source told. */
struct ending {
    int32_t exit_code, signal, core_dumped;
};

static const struct ending unknown_ending = {-1, 0, 0};

/* 1: ended (*ending filled), 0: not yet, -ECHILD: no such child of ours. */
static int wait_for(const struct spawn_child *child, int options, struct ending *ending, struct rusage *usage)
{
    siginfo_t info = {0};
    int error = (int)sys_call5(__NR_waitid, PIDFD_ID, child->pidfd, &info, WEXITED | options, usage);
    /* a filter that knows no P_PIDFD: not reaped, so the pid is still this child's */
    if (error == -EINVAL || error == -ENOSYS || error == -EPERM)
        error = (int)sys_call5(__NR_waitid, P_PID, child->pid, &info, WEXITED | options, usage);
    if (error)
        return error;
    if (info.si_signo == 0)
        return 0;
    bool exited = info.si_code == CLD_EXITED;
    *ending = (struct ending){
        .exit_code = exited ? info.si_status : -1,
        .signal = exited ? 0 : info.si_status,
        .core_dumped = info.si_code == CLD_DUMPED,
    };
    return 1;
}

static int peek(const struct spawn_child *child, int options, struct ending *ending)
{
    int answer;
    do
        answer = wait_for(child, options | WNOHANG | WNOWAIT, ending, NULL);
    while (answer == -EINTR);
    return answer;
}

/* Of a child that is dead. Somebody else may be quicker: then there is nothing left to do. */
static void reap(const struct spawn_child *child)
{
    struct ending ending;
    while (wait_for(child, __WALL, &ending, NULL) == -EINTR) {
    }
}

/* ---- a child that somebody else reaped --------------------------------------------------------------------- */

/* linux/pidfd.h of 6.13 and later; the first version of the struct. */
struct pidfd_info_first {
    uint64_t mask, cgroup;
    uint32_t pid, tgid, ppid, ids[8];
    int32_t exit_code;
};
#define PIDFD_GET_INFO_FIRST _IOWR(0xFF, 11, struct pidfd_info_first)
#define PIDFD_INFO_EXIT_BIT (1ull << 3)

/*
 * The kernel keeps the status with the pidfd (6.15), right after the task is gone: a child that is being reaped at
 * this moment has none yet, hence a bounded number of further looks.
 */
static bool kernel_remembers(const struct spawn_child *child, struct ending *ending)
{
    for (int look = 0; look < 200; look++) {
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

/* ---- the report ---------------------------------------------------------------------------------------------- */

static void close_report(struct spawn_child *child)
{
    sys_call1(__NR_close, child->report_fd);
    child->report_fd = -1;
}

/* Its child has left the parent's table: known, or sure because it has left the memory. */
static void take_back(struct spawn_child *child)
{
    if (!child->arena->task.table.limit)
        return;
    engine_lock();
    if (child->arena->task.table.is_lent)
        flat_take_back(child->arena);
    engine_unlock();
}

/* Takes what stands in the pipe. End of file closes it; a report that is not whole is an error, never a success. */
static void read_report(struct spawn_child *child)
{
    struct plan_report report;
    long got;
    for (;;) {
        got = sys_call3(__NR_read, child->report_fd, &report, sizeof report);
        if (got == (long)sizeof report && report.error == 0)
            take_back(child);
        else if (got != -EINTR)
            break;
    }
    if (got == -EAGAIN)
        return;
    close_report(child);
    if (got == 0)
        return;
    child->reported = true;
    if (got == (long)sizeof report) {
        child->report = (struct spawn_outcome){.error = report.error, .step = report.step, .op = report.op};
    } else {
        spawn_kill(child, SIGKILL);
        child->report = (struct spawn_outcome){.error = EPROTO, .step = -1, .op = OP_VERDICT};
    }
}

static void take_last_report(struct spawn_child *child)
{
    if (!child->reported && child->report_fd >= 0)
        read_report(child);
}

/* ---- the verdict --------------------------------------------------------------------------------------------- */

static enum spawn_verdict settle(struct spawn_child *child, enum spawn_verdict verdict)
{
    struct rusage own;
    if (child->report_fd >= 0)
        close_report(child);
    take_back(child);
    arena_release(child->arena);
    child->arena = NULL;
    if (verdict == SPAWN_EXECED && sys_call2(__NR_getrusage, RUSAGE_SELF, &own) == 0)
        child->parent_rss_kb = own.ru_maxrss;
    return verdict;
}

/* The child only has its _exit left, but it does that on the arena's stack: wait for its end. */
static enum spawn_verdict settle_failure(struct spawn_child *child, struct spawn_outcome *outcome)
{
    struct ending ending;
    int answer = wait_for(child, WNOHANG | __WALL, &ending, NULL);
    if (answer == 0 || answer == -EINTR)
        return SPAWN_PENDING;
    *outcome = child->report;
    outcome->exit_code = -1;
    outcome->signal = 0;
    return settle(child, SPAWN_FAILED);
}

/* Where the child was: the index of a step, or a stage. Only it wrote there, and it is dead. */
static void locate(const struct spawn_child *child, struct spawn_outcome *outcome)
{
    int32_t progress = child->arena->task.progress;
    outcome->error = 0;
    if (progress >= 0) {
        outcome->step = progress;
        outcome->op = child->arena->task.plan.steps[progress].op;
    } else {
        outcome->step = -1;
        outcome->op = (uint32_t)(-1 - progress) + OP_PLAN;
    }
}

/* DIED or LOST: where it was, and how it ended. */
static enum spawn_verdict settle_death(struct spawn_child *child, enum spawn_verdict verdict,
                                       const struct ending *ending, struct spawn_outcome *outcome)
{
    locate(child, outcome);
    outcome->exit_code = ending->exit_code;
    outcome->signal = ending->signal;
    return settle(child, verdict);
}

/* Of a death that was seen. If somebody else reaps it now, how it died is known all the same. */
static enum spawn_verdict reap_death(struct spawn_child *child, const struct ending *seen,
                                     struct spawn_outcome *outcome)
{
    take_last_report(child);
    if (child->reported)
        return settle_failure(child, outcome);
    reap(child);
    return settle_death(child, SPAWN_DIED, seen, outcome);
}

/*
 * Reaped by somebody else (or by the kernel, SIGCHLD being ignored). Exec is proven by an exit code that a child
 * before exec cannot give, and death before exec by a step before execve; the rest nobody can know.
 */
static enum spawn_verdict judge_taken(struct spawn_child *child, struct spawn_outcome *outcome)
{
    struct ending ending = unknown_ending;
    take_last_report(child);
    if (child->reported)
        return settle_failure(child, outcome);
    bool known = kernel_remembers(child, &ending);
    locate(child, outcome);
    if (outcome->op != OP_EXECVE)
        return settle_death(child, SPAWN_DIED, &ending, outcome);
    if (known && ending.signal == 0 && ending.exit_code != FAILED_CHILD_EXIT)
        return settle(child, SPAWN_EXECED);
    return settle_death(child, SPAWN_LOST, &ending, outcome);
}

/* Flags of a process from /proc/PID/stat: the ninth field, counted after the name, which may hold anything. */
static int64_t process_flags(int32_t pid)
{
    char path[32] = "/proc/", text[512];
    char digits[12];
    int count = 0, at = 6;
    for (int32_t rest = pid; rest > 0; rest /= 10)
        digits[count++] = (char)('0' + rest % 10);
    while (count > 0)
        path[at++] = digits[--count];
    for (const char *tail = "/stat"; *tail; tail++)
        path[at++] = *tail;
    path[at] = 0;
    int fd = (int)sys_call4(__NR_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return fd;
    long size = sys_call3(__NR_read, fd, text, sizeof text);
    sys_call1(__NR_close, fd);
    long name_end = -1;
    for (long i = 0; i < size; i++)
        if (text[i] == ')')
            name_end = i;
    int64_t value = -EINVAL;
    int spaces = 0;
    for (long i = name_end + 1; name_end >= 0 && i < size && spaces < 8; i++) {
        if (text[i] == ' ') {
            spaces++;
            if (spaces == 7)
                value = 0;
        } else if (spaces == 7) {
            value = value * 10 + (text[i] - '0');
        }
    }
    return value;
}

/* With VFORK the exit signal is SIGCHLD from the start and proves nothing; the kernel's own flag does. */
static enum spawn_verdict judge_vfork(struct spawn_child *child, struct spawn_outcome *outcome)
{
    struct ending ending;
    int answer = peek(child, __WALL, &ending);
    if (answer < 0)
        return judge_taken(child, outcome);
    int64_t flags = process_flags(child->pid);
    if (flags >= 0 && flags & NEVER_EXECED)
        return answer == 1 ? reap_death(child, &ending, outcome) : SPAWN_PENDING;
    if (flags < 0 && answer == 1) {
        reap(child);
        return settle_death(child, SPAWN_LOST, &ending, outcome);
    }
    return settle(child, SPAWN_EXECED);
}

static bool is_in_memory(const struct spawn_child *child)
{
    return child->rung == SHARED_RUNG && __atomic_load_n(&child->arena->task.in_memory, __ATOMIC_ACQUIRE) != 0;
}

enum spawn_verdict spawn_ask(struct spawn_child *child, struct spawn_outcome *outcome)
{
    struct ending ending;
    take_last_report(child);
    if (child->reported)
        return settle_failure(child, outcome);
    if (child->rung == VFORK_RUNG)
        return judge_vfork(child, outcome);
    int answer = peek(child, (int)__WCLONE, &ending);
    if (answer == 1)
        return reap_death(child, &ending, outcome);
    if (answer == 0)
        return SPAWN_PENDING;
    answer = peek(child, __WALL, &ending);
    if (answer < 0)
        return judge_taken(child, outcome);
    /* the exit signal changes a moment before the kernel clears the word: that must not hit the next start */
    if (answer == 0 && is_in_memory(child))
        return SPAWN_PENDING;
    return settle(child, SPAWN_EXECED);
}

/*
 * The pipe's end of file comes late: the kernel releases descriptors that exec closes when the new program is about to
 * run, long after it has left this memory. It says when that is, too: it clears a word and wakes who waits for it, at
 * exec and at death. What became of the child is asked after; a word that is cleared for nothing costs a poll.
 */
static void wait_until_left(const struct spawn_child *child)
{
    uint32_t *word = &child->arena->task.in_memory;
    if (child->rung != SHARED_RUNG)
        return;
    uint32_t value;
    while ((value = __atomic_load_n(word, __ATOMIC_ACQUIRE)) != 0)
        sys_call4(__NR_futex, word, FUTEX_WAIT, value, NULL);
}

/*
 * A traced child that is dead stays readable without being ours to reap until its tracer lets go: a pidfd that is
 * readable and yet gives no verdict is asked again at intervals, not in a loop.
 */
enum spawn_verdict spawn_wait(struct spawn_child *child, struct spawn_outcome *outcome)
{
    bool readable_for_nothing = false;
    wait_until_left(child);
    enum spawn_verdict early = spawn_ask(child, outcome);
    if (early != SPAWN_PENDING)
        return early;
    for (;;) {
        struct pollfd watched[2] = {{child->pidfd, POLLIN, 0}, {child->report_fd, POLLIN, 0}};
        struct sys_timespec interval = {0, MILLISECOND_IN_NANOSECONDS};
        long ready = sys_call5(__NR_ppoll, watched, readable_for_nothing ? 0 : 2,
                               readable_for_nothing ? &interval : NULL, NULL, SYS_SIGSET_SIZE);
        if (ready < 0)
            continue; /* a signal: nothing is known yet */
        enum spawn_verdict verdict = spawn_ask(child, outcome);
        if (verdict != SPAWN_PENDING)
            return verdict;
        readable_for_nothing = !readable_for_nothing && watched[0].revents != 0;
    }
}

/* ---- the end ------------------------------------------------------------------------------------------------- */

static int64_t microseconds(const struct timeval *time)
{
    return (int64_t)time->tv_sec * MICROSECONDS + time->tv_usec;
}

static void fill_usage(const struct spawn_child *child, const struct rusage *from, struct spawn_usage *usage)
{
    *usage = (struct spawn_usage){
        .user_us = microseconds(&from->ru_utime),
        .system_us = microseconds(&from->ru_stime),
        /* the kernel hands the parent's high-water mark on at exec: below it nothing is known */
        .max_rss_kb = from->ru_maxrss > child->parent_rss_kb ? from->ru_maxrss : -1,
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
    };
}

int spawn_reap(const struct spawn_child *child, struct spawn_exit *exit)
{
    struct ending ending = unknown_ending;
    struct rusage usage;
    int answer = wait_for(child, WNOHANG | __WALL, &ending, &usage);
    if (answer == 0 || answer == -EINTR)
        return 0;
    *exit = (struct spawn_exit){.taken = answer < 0};
    if (answer < 0)
        (void)kernel_remembers(child, &ending); /* if not, the ending stays unknown */
    else
        fill_usage(child, &usage, &exit->usage);
    exit->exit_code = ending.exit_code;
    exit->signal = ending.signal;
    exit->core_dumped = ending.core_dumped;
    return 1;
}

bool spawn_has_ended(const struct spawn_child *child)
{
    struct ending ending;
    int answer = peek(child, __WALL, &ending);
    return answer != 0 && answer != -EINTR;
}

/*
 * Whether it has ended is asked before, not after: a signal that was sent may itself have ended it. The pidfd knows
 * also of a dead child that a tracer holds back, which waitid does not show.
 */
int spawn_kill(const struct spawn_child *child, int signal)
{
    struct pollfd ended = {child->pidfd, POLLIN, 0};
    struct sys_timespec no_time = {0, 0};
    sys_call5(__NR_ppoll, &ended, 1, &no_time, NULL, SYS_SIGSET_SIZE);
    if (ended.revents)
        return -ESRCH;
    int error = (int)sys_call4(__NR_pidfd_send_signal, child->pidfd, signal, NULL, 0);
    /* a filter that does not know it: alive a moment ago and ours to reap, so the pid is still this child's */
    if (error == -ENOSYS || error == -EPERM)
        error = (int)sys_call2(__NR_kill, child->pid, signal);
    return error;
}

void spawn_end(const struct spawn_child *child)
{
    if (spawn_kill(child, SIGKILL) != -EPERM) /* a set-id program could not be waited for without end */
        reap(child);
}
