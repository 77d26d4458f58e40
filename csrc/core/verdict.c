/*
 * The verdict on a start.
 *
 * The proof of exec is the exit signal. The child is cloned without one, and execve sets it to SIGCHLD before it closes
 * any descriptor. waitid(__WCLONE) shows only children whose exit signal is not SIGCHLD. So it shows a child before
 * exec, dead or alive, and returns ECHILD once the child has exec'ed.
 *
 * On rung 3 the exit signal is SIGCHLD from the start, and a filter may refuse waitid. Then other proofs are used, in
 * this order: the kernel's flag that a process has never exec'ed; its memory at the end of file on the report pipe
 * (proof.h); that end of file while the child lives; an exit code that a child before exec cannot have.
 *
 * A child that leaves its parent's memory in the middle of its plan execs twice. Its first exec is proved in these
 * ways, and the second in others: verdict_own_memory.c.
 *
 * The hazard of a wrong verdict: the arena is released while the child still uses its stack, or a program runs although
 * the caller got an error. So if no proof is found, a child that may live stays SPAWN_PENDING, and a dead one is
 * SPAWN_LOST.
 */
#include "arena.h"
#include "ending.h"
#include "fdtable.h"
#include "handle.h"
#include "proof.h"
#include "report_reader.h"
#include "runner_file.h"
#include "spawn.h"
#include "sys.h"
#include "verdict_own_memory.h"

#include <errno.h>
#include <sys/wait.h>

/* Acquire: whatever the child has written before the kernel cleared the word is visible after this. */
static bool is_in_memory(const struct spawn_child *child)
{
    return child->rung == RUNG_CLONE3 && __atomic_load_n(&child->arena->task.in_memory, __ATOMIC_ACQUIRE) != 0;
}

bool spawn_may_be_decided(const struct spawn_child *child)
{
    return !is_in_memory(child);
}

/* ---- giving a verdict ----------------------------------------------------------------------------------------- */

/* Releases what the start has used. After this the arena may be another start's: nothing may read it. */
static enum spawn_verdict settle(struct spawn_child *child, enum spawn_verdict verdict)
{
    report_close(child);
    if (child->shares_table)
        fdtable_release(child->arena);
    child->exec_step = child->own_memory < 0 ? child->arena->task.progress : -1;
    arena_release(child->arena);
    child->arena = NULL;
    child->steps = NULL;
    if (verdict == SPAWN_EXECED || child->outlives)
        child->parent_rss_kb = usage_own_mark();
    return verdict;
}

/*
 * The hazard: execve changes the exit signal a moment before the kernel clears `in_memory`. If the arena were released
 * in between, the next start might get it, and the kernel would clear the word of that start. So the verdict waits
 * until the word is clear.
 */
static enum spawn_verdict settle_exec(struct spawn_child *child)
{
    return is_in_memory(child) ? SPAWN_PENDING : settle(child, SPAWN_EXECED);
}

/*
 * The hazard: a child that has reported a failure still has to call _exit, and it does that on the arena's stack. So
 * there is no verdict before it has ended, or on rung 1 before it has left the memory.
 *
 * A child whose caller believes that it runs is not reaped, however it ended: its pid must not become another process's
 * before the caller hears of the end.
 */
static enum spawn_verdict settle_failure(struct spawn_child *child, struct spawn_outcome *outcome)
{
    struct spawn_exit exit;
    struct ending ending;
    int answer = child->outlives ? ending_look(child, __WALL, &ending) : ending_reap_if_ended(child, &exit);
    if (answer < 0 && answer != -ECHILD)
        answer = (child->rung == RUNG_CLONE3 && !is_in_memory(child)) || handle_has_ended(child) == 1;
    if (answer == 0)
        return SPAWN_PENDING;
    if (child->own_memory >= 0 && child->report.op == OP_OWN_MEMORY && is_refused(-child->report.error))
        runner_file_forget();
    *outcome = child->report;
    outcome->exit_code = -1;
    outcome->signal = 0;
    return settle(child, SPAWN_FAILED);
}

/*
 * Which step or stage a dead child had reached. The hazard: a child with private memory may run under another user, who
 * may have written anything to `progress` and to the steps. Callers use both as indexes, so they are checked.
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

/* DIED or LOST: which step the child had reached, and how it ended. */
static enum spawn_verdict settle_death(struct spawn_child *child, enum spawn_verdict verdict,
                                       const struct ending *ending, struct spawn_outcome *outcome)
{
    locate(child, outcome);
    outcome->exit_code = ending->exit_code;
    outcome->signal = ending->signal;
    return settle(child, verdict);
}

/*
 * The child is dead, and `seen` is how it ended. Other code may reap it before this does; then `seen` is still right. A
 * report that the child has written before it died is worth more: it has the errno.
 */
static enum spawn_verdict reap_death(struct spawn_child *child, enum spawn_verdict verdict, const struct ending *seen,
                                     struct spawn_outcome *outcome)
{
    report_read(child);
    if (child->reported)
        return settle_failure(child, outcome);
    if (!child->outlives)
        ending_wait_and_reap(child);
    return settle_death(child, verdict, seen, outcome);
}

/* ---- a child that is dead ------------------------------------------------------------------------------------- */

/* After `own-memory` the progress stays as it is. */
static bool may_have_execed(const struct spawn_child *child, uint32_t op)
{
    return op == OP_EXECVE || (op == OP_OWN_MEMORY && child->own_memory >= 0);
}

/*
 * If the child had not reached execve, it died before exec. If its exit code is not that of a failed child, it has
 * exec'ed. Otherwise this cannot be decided: the program may have ended in the same way. So the verdict is LOST.
 */
static enum spawn_verdict judge_dead(struct spawn_child *child, const struct ending *ending,
                                     struct spawn_outcome *outcome)
{
    locate(child, outcome);
    if (!may_have_execed(child, outcome->op))
        return reap_death(child, SPAWN_DIED, ending, outcome);
    if (ending_proves_exec(ending))
        return settle(child, SPAWN_EXECED);
    return reap_death(child, SPAWN_LOST, ending, outcome);
}

/*
 * Other code has reaped the child, or the kernel has, because SIGCHLD is ignored. From Linux 6.15 on, the pidfd still
 * has the exit code.
 */
static enum spawn_verdict judge_reaped_elsewhere(struct spawn_child *child, struct spawn_outcome *outcome)
{
    struct ending ending = unknown_ending;
    report_read(child);
    if (child->reported)
        return settle_failure(child, outcome);
    (void)ending_read_from_pidfd(child, &ending); /* if it fails, the ending stays unknown */
    return judge_dead(child, &ending, outcome);
}

/* ---- between two execs ---------------------------------------------------------------------------------------- */

/* A child that has certainly exec'ed. It uses the arena no more. */
static enum spawn_verdict judge_own_memory(struct spawn_child *child, struct spawn_outcome *outcome)
{
    struct ending ending = unknown_ending;
    int32_t progress = child->own_memory;
    switch (own_memory_look(child, &ending, &progress)) {
    case RUNS_PROGRAM: return settle(child, SPAWN_EXECED);
    case DIED_IN_RUNNER: child->arena->task.progress = progress; return reap_death(child, SPAWN_DIED, &ending, outcome);
    case DIED_SOMEWHERE: return reap_death(child, SPAWN_LOST, &ending, outcome);
    case REAPED_ELSEWHERE: return judge_reaped_elsewhere(child, outcome);
    default: return SPAWN_PENDING;
    }
}

/* ---- without the exit signal ---------------------------------------------------------------------------------- */

/*
 * A child that lives. End of file on its report pipe means that it has exec'ed or is dying. In both cases a process
 * leaves its memory before it closes its descriptors, so the child does not use the arena any more. If it had not
 * reached execve, it is dying, and has ended soon, unless filters hide its end (`end_is_hidden`). On rung 3 one might
 * take the return of the clone for a proof of exec, but emulators replace vfork by fork.
 */
static enum spawn_verdict judge_living(struct spawn_child *child, enum proof proof, bool end_is_hidden,
                                       struct spawn_outcome *outcome)
{
    if (proof == HAS_EXECED)
        return settle_exec(child);
    if (proof == HAS_NOT_EXECED || child->report_fd >= 0)
        return SPAWN_PENDING;
    locate(child, outcome);
    if (outcome->op == OP_EXECVE)
        return settle_exec(child);
    return end_is_hidden ? settle_death(child, SPAWN_DIED, &unknown_ending, outcome) : SPAWN_PENDING;
}

/* If nothing is proven, the progress decides: the child had taken its name before it showed this step. */
static bool may_be_in_runner(const struct spawn_child *child, struct spawn_outcome *outcome)
{
    locate(child, outcome);
    return outcome->op == OP_OWN_MEMORY;
}

static enum spawn_verdict judge_by_proof(struct spawn_child *child, struct spawn_outcome *outcome)
{
    struct ending ending = unknown_ending;
    enum proof proof = proof_at_once(child);
    int answer = ending_look(child, __WALL, &ending);
    if (answer == -ECHILD)
        return judge_reaped_elsewhere(child, outcome);
    int ended = answer < 0 ? handle_has_ended(child) : answer;
    /* the first proof was before the look: the child may have exec'ed in between */
    if (ended != 0 && proof != HAS_EXECED)
        proof = proof_of_exec(child);
    else if (proof == NOTHING_PROVEN)
        proof = proof_at_end_of_file(child);
    if (child->own_memory >= 0 && proof != HAS_NOT_EXECED && may_be_in_runner(child, outcome))
        return judge_own_memory(child, outcome);
    if (ended != 1)
        return judge_living(child, proof, ended < 0, outcome);
    if (proof == HAS_EXECED)
        return settle(child, SPAWN_EXECED);
    if (proof == HAS_NOT_EXECED)
        return reap_death(child, SPAWN_DIED, &ending, outcome);
    report_read(child);
    return child->reported ? settle_failure(child, outcome) : judge_dead(child, &ending, outcome);
}

/* ---- asking --------------------------------------------------------------------------------------------------- */

/*
 * The report is read first. The hazard: a child may write its report after that, and end before the waitid; so
 * reap_death() reads again. With __WCLONE, ECHILD means that the child has exec'ed or that other code has reaped it. A
 * second waitid with __WALL finds out which.
 */
enum spawn_verdict spawn_ask(struct spawn_child *child, struct spawn_outcome *outcome)
{
    struct ending ending;
    spawn_ensure_pidfd(child, false);
    report_read(child);
    if (child->reported)
        return settle_failure(child, outcome);
    /*
     * is_kept: wait4 has reaped it, and its result does not have the exit signal. is_traced: waitid shows it to its
     * tracer whatever its exit signal is.
     */
    if (child->rung == RUNG_VFORK || child->is_kept || child->is_traced)
        return judge_by_proof(child, outcome);
    int answer = ending_look(child, (int)__WCLONE, &ending);
    if (answer == 1)
        return reap_death(child, SPAWN_DIED, &ending, outcome);
    if (answer == 0)
        return SPAWN_PENDING;
    if (answer == -ECHILD)
        answer = ending_look(child, __WALL, &ending);
    if (answer == -ECHILD)
        return judge_reaped_elsewhere(child, outcome);
    if (answer < 0)
        return judge_by_proof(child, outcome);
    if (child->own_memory >= 0)
        return judge_own_memory(child, outcome);
    return answer == 0 ? settle_exec(child) : settle(child, SPAWN_EXECED);
}
