/*
 * Where the child begins: from the clone to the first step of its plan.
 *
 * The child may share all memory with a parent that runs on at the same time: thread-local storage, errno, locks,
 * the heap. So nothing that runs here, in guard.c, report.c, interpret.c and csrc/steps/ may call libc, write anywhere
 * but to this stack and this start's own task, or be written so that a compiler makes a call of it (memset for a
 * struct that is filled by an initializer): a test holds these objects, linked together, to no undefined symbol.
 * Descriptors, signal actions, the current directory and umask are the child's own.
 * All signals are blocked on entry, and stay so until the last moment before execve.
 */
#include "child.h"
#include "guard.h"
#include "interpret.h"
#include "report.h"

#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/futex.h>
#include <linux/sched.h>

/* While the table was shared, other code in the parent may have closed the number and opened another file there. */
static bool is_as_lent(const struct table_move *move)
{
    return is_open_on(move->from, &move->holds);
}

/*
 * Unsharing copies the numbers below the limit; the others stay with the parent. The one call about descriptors in the
 * shared table. Where a filter that came after the first such start refuses it, the whole table is copied, and the
 * plan's own sweep closes the rest.
 */
static int unshare_table(const struct child_table *table)
{
    long error = sys_call3(__NR_close_range, table->limit, ~0u, CLOSE_RANGE_UNSHARE);
    return as_int(error ? sys_call1(__NR_unshare, CLONE_FILES) : 0);
}

/* Writing a report into a file that is not the report pipe would corrupt it. */
static void die_unless_report_pipe_is_ours(const struct child_table *table)
{
    for (int i = 0; i < table->count; i++)
        if (table->moves[i].to < 0 && !is_as_lent(&table->moves[i]))
            report_die();
}

/*
 * Puts what the plan reads where the plan expects it. A number that other code has closed or used again meanwhile is
 * left alone: the step that wants it fails with EBADF.
 */
static int place_descriptors(const struct child_table *table)
{
    for (int i = 0; i < table->count; i++) {
        const struct table_move *move = &table->moves[i];
        if (!is_as_lent(move))
            continue;
        long moved = move->to < 0 ? 0 : sys_call3(__NR_dup3, move->from, move->to, O_CLOEXEC);
        if (moved < 0 && moved != -EBADF)
            return as_int(moved);
    }
    return 0;
}

static void tell_parent_that_table_is_left(int report)
{
    struct plan_report left;
    left.error = 0;
    left.step = -1;
    left.op = OP_TABLE;
    sys_call3(__NR_write, report, &left, sizeof left);
}

static int leave_shared_table(struct child_task *task)
{
    const struct child_table *table = &task->table;
    int error = unshare_table(table);
    task->table.refused = error;
    if (error)
        return error;
    /* from here on the parent may take back what it has lent */
    __atomic_store_n(&task->in_memory, IN_MEMORY, __ATOMIC_RELEASE);
    if (table->wakes)
        sys_call3(__NR_futex, &task->in_memory, FUTEX_WAKE, HIGHEST_FD);
    die_unless_report_pipe_is_ours(table);
    if (table->tells)
        tell_parent_that_table_is_left(task->write_fd);
    return place_descriptors(table);
}

static void close_hidden(const struct child_table *table, int report)
{
    for (int i = 0; i < table->hidden_count; i++)
        if (table->hidden[i] != report)
            sys_call1(__NR_close, table->hidden[i]);
}

void child_main(void *argument)
{
    struct child_task *task = argument;
    struct child_state child;
    child.report = task->write_fd;
    child.spare = -1;
    child.blame = OP_REPORT_PIPE;

    int error = 0;
    bool sees_parent = guard_set(task->parent);
    task->progress = PROGRESS_STAGE(OP_TABLE);
    if (task->table.limit)
        error = leave_shared_table(task);
    if (error)
        report_fail(&child, error, -1, OP_TABLE);
    sys_call1(__NR_close, task->read_fd);
    if (!sees_parent)
        guard_check_reader(child.report);
    close_hidden(&task->table, child.report);

    task->progress = PROGRESS_STAGE(OP_REPORT_PIPE);
    error = report_leave_named_numbers(&child, task->plan.head->highest_fd);
    if (error)
        report_fail(&child, error, -1, OP_REPORT_PIPE);

    struct interpret_task rest;
    rest.plan = &task->plan;
    rest.argv = task->argv;
    rest.envp = task->envp;
    rest.caller_mask = task->caller_mask;
    rest.handlers_cleared = task->handlers_cleared != 0;
    rest.parent = task->parent;
    rest.progress = &task->progress;
    interpret(&rest, &child);
}
