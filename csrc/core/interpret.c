/* The rules at the head of child.c apply: this code runs in memory that a running parent may share. */
#include "interpret.h"
#include "../steps/steps.h"
#include "fields.h"
#include "guard.h"

#include <linux/errno.h>
#include <linux/signal.h>

/* glibc and musl use these two internally. They are never blocked or ignored in the new program. */
#define LIBC_SIGNALS ((1ull << 31) | (1ull << 32))
#define SIGNAL_BIT(n) (1ull << ((n)-1))

/* EINVAL is not reached: plan_open() has refused such a plan. */
#define STEP(op, name, syscall, fields, call)                                                                          \
    case OP_##op:                                                                                                      \
        if (!find_step_data(plan->head, step, 0 fields, &data))                                                        \
            return -EINVAL;                                                                                            \
        return call;

static int run_step(struct child_state *child, const struct plan *plan, const struct plan_step *step)
{
    struct step_data data;
    switch ((enum plan_op)step->op) {
#include "steps.def"
    default: return -EINVAL;
    }
}

/*
 * In the runner the name tells how far it is: 1 is the first step after `own-memory`. It is seen even when the process
 * is dead.
 */
static void tell_progress(const struct interpret_task *task, int32_t progress)
{
    *task->progress = progress;
    if (task->nonce)
        own_memory_take_name(task->nonce, progress < 0 ? progress : progress - (int32_t)task->first + 1);
}

static int set_action(int number, uintptr_t handler)
{
    struct sys_sigaction action;
    action.handler = handler;
    action.flags = 0;
    action.restorer = 0;
    action.mask = 0;
    return as_int(sys_call4(__NR_rt_sigaction, number, &action, NULL, SYS_SIGSET_SIZE));
}

/* The hazard: a handler of the parent that runs in the child would change the parent's memory. So none may survive. */
static int drop_handler(int number)
{
    struct sys_sigaction action;
    int error = as_int(sys_call4(__NR_rt_sigaction, number, NULL, &action, SYS_SIGSET_SIZE));
    if (error || action.handler == SYS_SIG_DFL || action.handler == SYS_SIG_IGN)
        return error;
    return set_action(number, SYS_SIG_DFL);
}

static int set_dispositions(const struct interpret_task *task)
{
    const struct plan_head *head = task->plan->head;
    uint64_t defaults = (head->sigdefault | LIBC_SIGNALS) & ~head->sigignore;
    for (int number = 1; number <= SYS_SIGNALS; number++) {
        int error = 0;
        if (number == SIGKILL || number == SIGSTOP)
            continue;
        if (head->sigignore & SIGNAL_BIT(number))
            error = set_action(number, SYS_SIG_IGN);
        else if (defaults & SIGNAL_BIT(number))
            error = set_action(number, SYS_SIG_DFL);
        else if (!task->handlers_cleared)
            error = drop_handler(number);
        if (error)
            return error;
    }
    return 0;
}

/* The last call before execve: from here on a signal can kill the child. */
static int set_mask(const struct interpret_task *task)
{
    const struct plan_head *head = task->plan->head;
    uint64_t mask = (head->flags & PLAN_SIGMASK ? head->sigmask : task->caller_mask) & ~LIBC_SIGNALS;
    return as_int(sys_call4(__NR_rt_sigprocmask, SIG_SETMASK, &mask, NULL, SYS_SIGSET_SIZE));
}

/* The script takes the place of argv[0], as the shell's first argument. Then argv[0] is restored for the next
 * candidate. */
static int exec_by_shell(const struct interpret_task *task, const char *path)
{
    static const char shell[] = "/bin/sh";
    const char *name = task->argv[0];
    task->argv[-1] = shell;
    task->argv[0] = path;
    int error = as_int(sys_call3(__NR_execve, shell, task->argv - 1, task->envp));
    task->argv[0] = name;
    return error;
}

/*
 * A program that is given by its descriptor is executed in place of the candidate, whose name then only stands in the
 * error. /bin/sh does not run it, because by that name it may find another file.
 */
static int exec_one(const struct interpret_task *task, const struct child_state *child, const char *path)
{
    if (child->program >= 0)
        return as_int(sys_call5(__NR_execveat, child->program, "", task->argv, task->envp, AT_EMPTY_PATH));
    int error = as_int(sys_call3(__NR_execve, path, task->argv, task->envp));
    bool script = error == -ENOEXEC && task->plan->head->flags & PLAN_SHELL_SCRIPTS;
    return script ? exec_by_shell(task, path) : error;
}

/* As in glibc's execvp(3): the file does not exist, or its file system is not available at the moment. */
static bool should_try_next(int error)
{
    return error == -ENOENT || error == -ENOTDIR || error == -ESTALE || error == -ENODEV || error == -ETIMEDOUT;
}

/*
 * Tries the candidates in order. Returns the errno that a shell would report, and sets `at` to the candidate that
 * failed with it. EACCES does not end the search; any other error does, unless should_try_next(). If none of them could
 * be executed, the result is the first EACCES, or else the last error.
 */
static int exec_candidates(const struct interpret_task *task, const struct child_state *child, uint32_t *at)
{
    const struct plan *plan = task->plan;
    int error = -ENOENT, denied = 0;
    for (uint32_t i = plan->head->first_exec; i < plan->head->step_count; i++) {
        tell_progress(task, (int32_t)i);
        error = exec_one(task, child, plan->bytes + plan->steps[i].data);
        if (error == -EACCES) {
            if (!denied)
                *at = i;
            denied = 1;
        } else if (!should_try_next(error)) {
            *at = i;
            return error;
        } else if (!denied) {
            *at = i;
        }
    }
    return denied ? -EACCES : error;
}

static bool changes_ids(enum plan_op op)
{
    return op == OP_RESET_IDS || op == OP_SETGID || op == OP_SETUID;
}

/*
 * The name is taken before the progress shows this step, and before exec. The hazard: the kernel changes the name a
 * moment after the memory. So a parent that sees that the child has exec'ed could still read the name it has from its
 * parent, and take that for the program's. A filter may refuse the name; then the runner's death could be taken for the
 * program's.
 */
static int leave_memory(const struct interpret_task *task, const struct child_state *child)
{
    struct own_memory *own = task->own_memory;
    int error = own_memory_take_name(own->nonce, 0);
    if (error)
        return error;
    own->file = child->runner;
    tell_progress(task, own->step);
    return own_memory_enter(own, task->plan, child, task->caller_mask, task->parent, task->envp);
}

static int carry_out(const struct interpret_task *task, struct child_state *child, uint32_t index)
{
    const struct plan *plan = task->plan;
    child->failing_op = (enum plan_op)plan->steps[index].op;
    if (child->failing_op == OP_OWN_MEMORY && task->own_memory)
        return leave_memory(task, child);
    tell_progress(task, (int32_t)index);
    return (int32_t)index == task->step_done ? 0 : run_step(child, plan, &plan->steps[index]);
}

static void run_steps(const struct interpret_task *task, struct child_state *child)
{
    for (uint32_t i = task->first; i < task->plan->head->first_exec; i++) {
        int error = carry_out(task, child, i);
        if (error)
            report_fail(child, error, (int32_t)i, child->failing_op);
        /* the kernel clears PDEATHSIG when ids change */
        if (changes_ids(child->failing_op) && !task->outlives && !guard_set(task->parent))
            guard_check_reader(child->report);
        /* the parent may have ended before the signal was set */
        if (child->failing_op == OP_PDEATHSIG && !guard_check_parent(task->parent))
            guard_check_reader(child->report);
    }
}

void interpret(const struct interpret_task *task, struct child_state *child)
{
    *task->progress = PROGRESS_STAGE(OP_SIGNALS);
    int error = set_dispositions(task);
    if (error)
        report_fail(child, error, -1, OP_SIGNALS);

    interpret_rest(task, child);
}

void interpret_rest(const struct interpret_task *task, struct child_state *child)
{
    child->envp = task->envp;
    run_steps(task, child);

    tell_progress(task, PROGRESS_STAGE(OP_SIGMASK));
    if (!task->outlives && !child->has_death_signal)
        guard_drop();
    int error = set_mask(task);
    if (error)
        report_fail(child, error, -1, OP_SIGMASK);

    uint32_t at = task->plan->head->first_exec;
    error = exec_candidates(task, child, &at);
    report_fail(child, error, (int32_t)at, OP_EXECVE);
}
