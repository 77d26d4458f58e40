/*
 * The child, from the clone to the first step of its plan.
 *
 * The hazard: the child may share all memory with its parent, which runs at the same time: thread-local storage, errno,
 * locks, the heap. So three things are forbidden here, in guard.c, report.c, interpret.c and csrc/steps/:
 *
 *  - calling libc;
 *  - writing anywhere but to this stack and the task of this start;
 *  - code that a compiler turns into a call (an initializer of a struct may become a call of memset).
 *
 * A test links the objects of these files together, and fails if there is an undefined symbol.
 *
 * Descriptors, signal actions, the current directory and umask are the child's own.
 * All signals are blocked on entry, and stay blocked until just before execve.
 */
#include "child.h"
#include "guard.h"
#include "interpret.h"
#include "report.h"

#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <linux/signal.h>

/*
 * Whether the slot is still open on the file that was duplicated onto it. While the table was shared, other code in the
 * parent may have closed the number and opened another file there.
 */
static bool still_holds_file(const struct table_move *move)
{
    return is_open_on(move->from, &move->file);
}

/*
 * Leaves the shared table with a copy of the numbers below the limit. This is the child's only call about descriptors
 * while the table is shared: any other could change the parent's. If a filter refuses it (one that was installed after
 * the first such start), the child copies the whole table, and the sweep step of the plan closes the rest.
 */
static int unshare_table(const struct child_table *table)
{
    long error = sys_call3(__NR_close_range, table->limit, ~0u, CLOSE_RANGE_UNSHARE);
    return as_int(error ? sys_call1(__NR_unshare, CLONE_FILES) : 0);
}

/* The hazard: if the slot of the report pipe is open on another file by now, a report would corrupt that file. */
static void exit_unless_report_pipe_is_intact(const struct child_table *table)
{
    for (int i = 0; i < table->count; i++)
        if (table->moves[i].to < 0 && !still_holds_file(&table->moves[i]))
            report_exit();
}

/*
 * Duplicates what the plan reads from the slots back to its numbers. If other code has closed a slot or has opened
 * another file there, nothing is put on its number: the step that reads it fails with EBADF.
 *
 * A high number costs time: the child's own table must grow to it before the plan runs. At 19,000 that takes 650 µs
 * instead of 190; with a copied table it takes 2,500.
 */
static int place_descriptors(const struct child_table *table)
{
    for (int i = 0; i < table->count; i++) {
        const struct table_move *move = &table->moves[i];
        if (!still_holds_file(move))
            continue;
        long moved = move->to < 0 ? 0 : sys_call3(__NR_dup3, move->from, move->to, O_CLOEXEC);
        if (moved < 0 && moved != -EBADF)
            return as_int(moved);
    }
    return 0;
}

/*
 * The hazard: a write into a pipe without a reader raises SIGPIPE, which stays pending until the mask is opened. It
 * would then end a child that outlives its parent.
 */
static void drop_pending_sigpipe(void)
{
    uint64_t set = 1ull << (SIGPIPE - 1);
    struct sys_timespec no_time;
    no_time.seconds = no_time.nanoseconds = 0;
    sys_call4(__NR_rt_sigtimedwait, &set, NULL, &no_time, SYS_SIGSET_SIZE);
}

static void report_table_left(int report)
{
    struct plan_report left;
    left.error = 0;
    left.step = -1;
    left.op = OP_TABLE;
    if (as_int(sys_call3(__NR_write, report, &left, sizeof left)) == -EPIPE)
        drop_pending_sigpipe();
}

static int leave_shared_table(struct child_task *task)
{
    const struct child_table *table = &task->table;
    int error = unshare_table(table);
    task->table.refused = error;
    if (error)
        return error;
    /* From here on the parent may return the slots. Release order: it must see `refused` when it sees this. */
    __atomic_store_n(&task->in_memory, IN_MEMORY, __ATOMIC_RELEASE);
    if (table->wakes_parent)
        sys_call3(__NR_futex, &task->in_memory, FUTEX_WAKE, HIGHEST_FD);
    exit_unless_report_pipe_is_intact(table);
    if (table->reports_leaving)
        report_table_left(task->write_fd);
    return place_descriptors(table);
}

/* The pipe and the runner's file may be on slots that are listed as borrowed. */
static void close_hidden(const struct child_table *table, const struct child_state *child)
{
    for (int i = 0; i < table->hidden_count; i++)
        if (!report_check_source(child, table->hidden[i]))
            sys_call1(__NR_close, table->hidden[i]);
}

/*
 * Before the first step, which may close or replace the number. No step before the one that would enter it depends on
 * the working directory. Then the number is closed: to the plan it was never open.
 */
static void enter_directory(const struct child_task *task, const struct child_state *child)
{
    if (task->directory < 0)
        return;
    int error = as_int(sys_call1(__NR_fchdir, task->directory));
    if (error)
        report_fail(child, error, task->directory_step, OP_CHDIR);
    sys_call1(__NR_close, task->directory);
}

void child_main(void *argument)
{
    struct child_task *task = argument;
    struct child_state child;
    child.report = task->write_fd;
    child.highest = task->plan.head->highest_fd;
    child.runner = task->own_memory.step < 0 ? -1 : task->own_memory.file;
    child.spare = child.program = -1;
    child.has_death_signal = false;
    child.failing_op = OP_REPORT_PIPE;

    int error = 0, unknown_parent = 0;
    if (task->maker) {
        task->progress = PROGRESS_STAGE(OP_THREAD);
        unknown_parent = guard_wait_for_end_of(task->maker);
    }
    /* without the guard if the maker may live: its end would kill the child before it can report the error */
    bool sees_parent = task->outlives || unknown_parent || guard_set(task->parent);
    task->progress = PROGRESS_STAGE(OP_TABLE);
    if (task->table.limit)
        error = leave_shared_table(task);
    if (error)
        report_fail(&child, error, -1, OP_TABLE);
    if (unknown_parent)
        report_fail(&child, unknown_parent, -1, OP_THREAD);
    /*
     * Not the pidfd: without CLONE_FILES the kernel copies the table before it makes the pidfd, so the child does not
     * have it. With it, the number may be open here on a file that another thread of the parent has just opened.
     */
    sys_call1(__NR_close, task->read_fd);
    if (!sees_parent)
        guard_check_reader(child.report);
    enter_directory(task, &child);
    close_hidden(&task->table, &child);

    task->progress = PROGRESS_STAGE(OP_REPORT_PIPE);
    error = report_move_above(&child);
    if (error)
        report_fail(&child, error, -1, OP_REPORT_PIPE);

    struct interpret_task rest;
    rest.plan = &task->plan;
    rest.argv = task->argv;
    rest.envp = task->envp;
    rest.caller_mask = task->caller_mask;
    rest.handlers_cleared = task->handlers_cleared != 0;
    rest.parent = task->parent;
    rest.outlives = task->outlives != 0;
    rest.first = 0;
    rest.own_memory = task->own_memory.step < 0 ? NULL : &task->own_memory;
    rest.nonce = NULL;
    rest.step_done = task->directory < 0 ? -1 : task->directory_step;
    rest.progress = &task->progress;
    interpret(&rest, &child);
}
