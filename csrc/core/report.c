#include "report.h"

#include <linux/errno.h>
#include <linux/fcntl.h>

void report_exit(void)
{
    for (;;) {
        sys_call1(__NR_exit_group, FAILED_CHILD_EXIT);
        sys_call1(__NR_exit, FAILED_CHILD_EXIT); /* if a filter refuses exit_group; this process has one thread */
    }
}

/*
 * One write of the whole report, shorter than PIPE_BUF: so the parent reads all of it or nothing. An error is ignored.
 * EPIPE means that the parent is dead; after any other error the parent only sees the exit status.
 */
void report_fail(const struct child_state *child, int error, int32_t step, enum plan_op op)
{
    struct plan_report report;
    report.error = -error;
    report.step = step;
    report.op = op;
    sys_call3(__NR_write, child->report, &report, sizeof report);
    report_exit();
}

static int relocate(int *fd, int minimum)
{
    int moved = as_int(sys_call3(__NR_fcntl, *fd, F_DUPFD_CLOEXEC, minimum));
    if (moved < 0)
        return moved;
    sys_call1(__NR_close, *fd);
    *fd = moved;
    return 0;
}

/*
 * Moved once, before the first step, the pipe is in the way of no step. If the minimum is at or above RLIMIT_NOFILE,
 * F_DUPFD fails with EINVAL (not EMFILE). Then the pipe stays at its number, and report_move_off() moves it when a step
 * needs that number. Moving it to the lowest free number at once would be as likely to be in the way.
 */
static int move_above(int *fd, int highest)
{
    if (*fd < 0 || *fd > highest || highest == HIGHEST_FD)
        return 0;
    int error = relocate(fd, highest + 1);
    return error == -EINVAL ? 0 : error;
}

int report_move_above(struct child_state *child)
{
    int error = move_above(&child->report, child->highest);
    return error ? error : move_above(&child->runner, child->highest);
}

int report_move_off(struct child_state *child, int fd)
{
    int error = 0;
    if (fd == child->report)
        error = relocate(&child->report, 0);
    else if (fd == child->runner)
        error = relocate(&child->runner, 0);
    if (error)
        child->failing_op = OP_REPORT_PIPE;
    return error;
}

int report_check_source(const struct child_state *child, int fd)
{
    return fd == child->report || fd == child->runner ? -EBADF : 0;
}
