/*
 * What became of a child: the verdict on its start, and its end.
 *
 * The proof of exec is the exit signal. The child is cloned without one; execve makes it SIGCHLD before it closes a
 * descriptor. waitid(__WCLONE) sees only children whose exit signal is not SIGCHLD: so it sees a child before exec,
 * dead or alive, and answers ECHILD once it has exec'ed. Where that proves nothing (rung 3) or is refused, other proofs
 * serve, in this order: the kernel's flag that a process has never exec'ed, shown by setpgid(2) and by /proc; the end
 * of the report pipe while the child lives; an exit code that a child before exec cannot give.
 */
#include "ending.h"
#include "flat.h"
#include "handle.h"
#include "lock.h"
#include "pause.h"
#include "proc.h"
#include "spawn.h"
#include "sys.h"

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>

enum {
    SHARED_RUNG = 1,
    VFORK_RUNG = 3,
    NEVER_EXECED = 0x40 /* PF_FORKNOEXEC */,
    NO_GROUP = 0x7fffffff /* above the highest pid there can be */,
    FAILED_CHILD_EXIT = 127,
    HIGHEST_ERRNO = 4095,
    FIRST_TICK_MS = 2,
    LAST_TICK_MS = 64
};

/* ---- the report ---------------------------------------------------------------------------------------------- */

static void close_report(struct spawn_child *child)
{
    sys_call1(__NR_close, child->report_fd);
    child->report_fd = -1;
}

/* Its child has left the parent's table: known, or sure because it has left the memory. */
static void take_back(struct spawn_child *child)
{
    if (!child->flat)
        return;
    const struct engine_hold hold = engine_lock();
    flat_take_back(child->arena);
    engine_unlock(&hold);
}

/* readv where read is refused. */
static long read_from(int32_t fd, struct plan_report *report)
{
    long got = sys_call3(__NR_read, fd, report, sizeof *report);
    if (!is_refused(got))
        return got;
    struct iovec part = {report, sizeof *report};
    return sys_call3(__NR_readv, fd, &part, 1);
}

/* It names a step of this plan. What the child wrote is checked: other code indexes lists with it. */
static bool is_sound(const struct spawn_child *child, const struct plan_report *report)
{
    bool has_step = report->step >= -1 && (report->step < 0 || (uint32_t)report->step < child->step_count);
    return has_step && report->op < PLAN_OP_COUNT && report->error > 0 && report->error <= HIGHEST_ERRNO;
}

/* Takes what stands in the pipe. End of file closes it; a report that is not whole is an error, never a success. */
static void read_report(struct spawn_child *child)
{
    struct plan_report report;
    long got;
    for (;;) {
        got = read_from(child->report_fd, &report);
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
    if (got == (long)sizeof report && is_sound(child, &report)) {
        child->report = (struct spawn_outcome){.error = report.error, .step = report.step, .op = report.op};
    } else {
        spawn_kill(child, SIGKILL);
        child->report = (struct spawn_outcome){.error = got < 0 ? (int32_t)-got : EPROTO, .step = -1, .op = OP_VERDICT};
    }
}

static void take_last_report(struct spawn_child *child)
{
    if (!child->reported && child->report_fd >= 0)
        read_report(child);
}

/* ---- the verdict --------------------------------------------------------------------------------------------- */

static bool is_in_memory(const struct spawn_child *child)
{
    return child->rung == SHARED_RUNG && __atomic_load_n(&child->arena->task.in_memory, __ATOMIC_ACQUIRE) != 0;
}

static enum spawn_verdict settle(struct spawn_child *child, enum spawn_verdict verdict)
{
    struct rusage own;
    if (child->report_fd >= 0)
        close_report(child);
    take_back(child);
    arena_release(child->arena);
    child->arena = NULL;
    child->steps = NULL;
    if (verdict == SPAWN_EXECED)
        child->parent_rss_kb = sys_call2(__NR_getrusage, RUSAGE_SELF, &own) == 0 ? own.ru_maxrss : INT64_MAX;
    return verdict;
}

/* The exit signal changes a moment before the kernel clears the word: that must not hit the next start. */
static enum spawn_verdict settle_exec(struct spawn_child *child)
{
    return is_in_memory(child) ? SPAWN_PENDING : settle(child, SPAWN_EXECED);
}

/* The child only has its _exit left, but it does that on the arena's stack: wait for its end. */
static enum spawn_verdict settle_failure(struct spawn_child *child, struct spawn_outcome *outcome)
{
    struct spawn_exit exit;
    int answer = ending_take(child, &exit);
    if (answer < 0 && answer != -ECHILD)
        answer = (child->rung == SHARED_RUNG && !is_in_memory(child)) || handle_has_ended(child) == 1;
    if (answer == 0)
        return SPAWN_PENDING;
    *outcome = child->report;
    outcome->exit_code = -1;
    outcome->signal = 0;
    return settle(child, SPAWN_FAILED);
}

/*
 * Where the child was: the index of a step, or a stage. Only it wrote there, and it is dead; but it may have written
 * anything, there and into the steps.
 */
static void locate(const struct spawn_child *child, struct spawn_outcome *outcome)
{
    int32_t progress = child->arena->task.progress;
    uint32_t stage = (uint32_t)(-1 - (int64_t)progress);
    *outcome = (struct spawn_outcome){.step = -1, .op = OP_VERDICT};
    if (progress >= 0 && (uint32_t)progress < child->step_count) {
        uint32_t op = __atomic_load_n(&child->steps[progress].op, __ATOMIC_RELAXED);
        outcome->step = progress;
        outcome->op = op < PLAN_STEP_COUNT ? op : OP_VERDICT;
    } else if (progress < 0 && stage < PLAN_OP_COUNT - OP_PLAN) {
        outcome->op = stage + OP_PLAN;
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
static enum spawn_verdict reap_death(struct spawn_child *child, enum spawn_verdict verdict, const struct ending *seen,
                                     struct spawn_outcome *outcome)
{
    take_last_report(child);
    if (child->reported)
        return settle_failure(child, outcome);
    ending_reap(child);
    return settle_death(child, verdict, seen, outcome);
}

/* An exit code that a child before exec cannot give. */
static bool proves_exec(const struct ending *ending)
{
    return ending->signal == 0 && ending->exit_code >= 0 && ending->exit_code != FAILED_CHILD_EXIT;
}

/*
 * Of a child that is dead. Exec is proven by its exit code, and death before exec by a step before execve; the rest
 * nobody can know.
 */
static enum spawn_verdict judge_dead(struct spawn_child *child, const struct ending *ending,
                                     struct spawn_outcome *outcome)
{
    locate(child, outcome);
    if (outcome->op != OP_EXECVE)
        return reap_death(child, SPAWN_DIED, ending, outcome);
    if (proves_exec(ending))
        return settle(child, SPAWN_EXECED);
    return reap_death(child, SPAWN_LOST, ending, outcome);
}

/* Reaped by somebody else, or by the kernel, SIGCHLD being ignored. */
static enum spawn_verdict judge_taken(struct spawn_child *child, struct spawn_outcome *outcome)
{
    struct ending ending = unknown_ending;
    take_last_report(child);
    if (child->reported)
        return settle_failure(child, outcome);
    (void)ending_is_remembered(child, &ending); /* if not, the ending stays unknown */
    return judge_dead(child, &ending, outcome);
}

/* ---- the verdict without the exit signal ---------------------------------------------------------------------- */

enum proof { NOTHING_PROVEN, HAS_EXECED, HAS_NOT_EXECED };

/*
 * setpgid(2) of a child in the caller's session is EACCES exactly when it has exec'ed; else this group, which cannot
 * be, is EPERM. A filter gives the same errors: it also gives them where the kernel looks at the group first.
 */
static enum proof proof_by_setpgid(const struct spawn_child *child)
{
    if (sys_call2(__NR_setpgid, child->pid, -1) != -EINVAL)
        return NOTHING_PROVEN;
    long error = sys_call2(__NR_setpgid, child->pid, NO_GROUP);
    if (error == -EACCES)
        return HAS_EXECED;
    long session = sys_call1(__NR_getsid, child->pid);
    if (error == -EPERM && session > 0 && session == sys_call1(__NR_getsid, 0))
        return HAS_NOT_EXECED;
    return NOTHING_PROVEN;
}

/* A zombie still shows the flag, by both ways. The pid of one that is reaped may be another child's. */
static enum proof proof_of_exec(const struct spawn_child *child)
{
    if (child->is_kept || child->is_gone)
        return NOTHING_PROVEN;
    enum proof proof = proof_by_setpgid(child);
    if (proof != NOTHING_PROVEN)
        return proof;
    int64_t flags = proc_flags(child->pid);
    if (flags < 0)
        return NOTHING_PROVEN;
    return flags & NEVER_EXECED ? HAS_NOT_EXECED : HAS_EXECED;
}

/*
 * Of a living child: it has exec'ed. The end of the report pipe says so too, or that it is dying: a process leaves its
 * memory before it closes its descriptors, so the arena is free in both cases. Emulators make a VFORK a fork, so that
 * the clone has returned proves nothing.
 */
static enum spawn_verdict judge_living(struct spawn_child *child, enum proof proof)
{
    if (proof == HAS_EXECED || (proof == NOTHING_PROVEN && child->report_fd < 0))
        return settle_exec(child);
    return SPAWN_PENDING;
}

static enum spawn_verdict judge_by_proof(struct spawn_child *child, struct spawn_outcome *outcome)
{
    struct ending ending = unknown_ending;
    enum proof proof = proof_of_exec(child);
    int answer = ending_look(child, __WALL, &ending);
    if (answer == -ECHILD)
        return judge_taken(child, outcome);
    if (answer == 0 || (answer < 0 && handle_has_ended(child) != 1))
        return judge_living(child, proof);
    if (proof != HAS_EXECED)
        proof = proof_of_exec(child); /* it may have exec'ed and ended since */
    if (proof == HAS_EXECED)
        return settle(child, SPAWN_EXECED);
    if (proof == HAS_NOT_EXECED)
        return reap_death(child, SPAWN_DIED, &ending, outcome);
    take_last_report(child);
    return child->reported ? settle_failure(child, outcome) : judge_dead(child, &ending, outcome);
}

/* ---- asking --------------------------------------------------------------------------------------------------- */

enum spawn_verdict spawn_ask(struct spawn_child *child, struct spawn_outcome *outcome)
{
    struct ending ending;
    spawn_hold(child, false);
    take_last_report(child);
    if (child->reported)
        return settle_failure(child, outcome);
    if (child->rung == VFORK_RUNG || child->is_kept) /* reaped by a look that did not ask which kind it was */
        return judge_by_proof(child, outcome);
    int answer = ending_look(child, (int)__WCLONE, &ending);
    if (answer == 1)
        return reap_death(child, SPAWN_DIED, &ending, outcome);
    if (answer == 0)
        return SPAWN_PENDING;
    if (answer == -ECHILD)
        answer = ending_look(child, __WALL, &ending);
    if (answer == -ECHILD)
        return judge_taken(child, outcome);
    if (answer < 0)
        return judge_by_proof(child, outcome);
    return answer == 0 ? settle_exec(child) : settle(child, SPAWN_EXECED);
}

bool spawn_may_be_decided(const struct spawn_child *child)
{
    return !is_in_memory(child);
}

/*
 * The pipe's end of file comes late: the kernel releases descriptors that exec closes when the new program is about to
 * run, long after it has left this memory. It says when that is, too: it clears a word and wakes who waits for it, at
 * exec and at death. What became of the child is asked after; a word that is cleared for nothing costs a poll.
 *
 * Nor need it come at all: a child that another thread has forked meanwhile holds a copy of the write end. So no wait
 * is longer than a tick.
 *
 * True: the pidfd is readable.
 */
static bool wait_for_news(const struct spawn_child *child, bool only_time, int64_t tick_ms)
{
    int64_t tick = tick_ms * MILLISECOND_NS;
    if (is_in_memory(child)) {
        const struct sys_timespec longest = {0, (int64_t)LAST_TICK_MS * MILLISECOND_NS};
        uint32_t *word = &child->arena->task.in_memory;
        uint32_t value = __atomic_load_n(word, __ATOMIC_ACQUIRE);
        long error = value ? sys_call4(__NR_futex, word, FUTEX_WAIT, value, &longest) : 0;
        if (error == 0 || error == -EAGAIN || error == -EINTR || error == -ETIMEDOUT)
            return false;
    }
    struct pollfd watched[2] = {{only_time ? -1 : child->pidfd, POLLIN, 0},
                                {only_time ? -1 : child->report_fd, POLLIN, 0}};
    return pause_poll(watched, 2, tick) > 0 && watched[0].revents != 0;
}

/* Nothing is left to wait for. Of rungs 2 and 4 nothing says so but a question, which would mostly come too early. */
static bool has_left(const struct spawn_child *child)
{
    return child->rung == VFORK_RUNG || (child->rung == SHARED_RUNG && !is_in_memory(child));
}

/*
 * A traced child that is dead stays readable without being ours to reap until its tracer lets go: a pidfd that is
 * readable and yet gives no verdict is asked again at intervals, not in a loop.
 */
enum spawn_verdict spawn_wait(struct spawn_child *child, struct spawn_outcome *outcome)
{
    bool readable_for_nothing = false;
    enum spawn_verdict early = has_left(child) ? spawn_ask(child, outcome) : SPAWN_PENDING;
    if (early != SPAWN_PENDING)
        return early;
    for (int64_t tick = FIRST_TICK_MS;; tick = tick < LAST_TICK_MS ? 2 * tick : LAST_TICK_MS) {
        bool readable = wait_for_news(child, readable_for_nothing, readable_for_nothing ? 1 : tick);
        enum spawn_verdict verdict = spawn_ask(child, outcome);
        if (verdict != SPAWN_PENDING)
            return verdict;
        readable_for_nothing = !readable_for_nothing && readable;
    }
}

/* ---- the end ------------------------------------------------------------------------------------------------- */

int spawn_reap(struct spawn_child *child, struct spawn_exit *exit)
{
    spawn_hold(child, false);
    int answer = ending_take(child, exit);
    if (answer < 0 && answer != -ECHILD)
        answer = handle_has_ended(child) == 1 ? -ECHILD : 0;
    if (answer == 0)
        return 0;
    if (answer == 1) {
        /* the kernel hands the parent's high-water mark on at exec: below it nothing is known */
        if (exit->usage.max_rss_kb <= child->parent_rss_kb)
            exit->usage.max_rss_kb = -1;
        return 1;
    }
    struct ending ending = unknown_ending;
    (void)ending_is_remembered(child, &ending); /* if not, the ending stays unknown */
    *exit = (struct spawn_exit){ending.exit_code, ending.signal, ending.core_dumped, .taken = 1};
    return 1;
}

bool spawn_has_ended(struct spawn_child *child)
{
    struct ending ending;
    spawn_hold(child, false);
    int answer = ending_look(child, __WALL, &ending);
    return answer == 1 || answer == -ECHILD || (answer < 0 && handle_has_ended(child) == 1);
}

/*
 * Whether it has ended is asked before, not after: a signal that was sent may itself have ended it. The pidfd knows
 * also of a dead child that a tracer holds back, which waitid does not show.
 */
static bool is_known_to_be_dead(struct spawn_child *child)
{
    struct ending ending;
    int ended = handle_has_ended(child);
    if (ended < 0)
        ended = ending_look(child, __WALL, &ending);
    return ended == 1 || ended == -ECHILD;
}

/* By its pid, which a child keeps until it is reaped. */
static int kill_by_pid(struct spawn_child *child, int signal)
{
    struct ending ending;
    if (ending_look(child, __WALL, &ending) != 0)
        return -ESRCH;
    return (int)sys_call2(__NR_kill, child->pid, signal);
}

int spawn_kill(struct spawn_child *child, int signal)
{
    spawn_hold(child, true);
    if (!handle_is_certain(child))
        return kill_by_pid(child, signal);
    if (is_known_to_be_dead(child))
        return -ESRCH;
    int error = (int)sys_call4(__NR_pidfd_send_signal, child->pidfd, signal, NULL, 0);
    /* a filter that does not know it: alive a moment ago and ours to reap, so the pid is still this child's */
    return is_refused(error) ? (int)sys_call2(__NR_kill, child->pid, signal) : error;
}

void spawn_end(struct spawn_child *child)
{
    if (spawn_kill(child, SIGKILL) != -EPERM) /* a set-id program could not be waited for without end */
        ending_reap(child);
}
