#include "report.h"

#include <linux/errno.h>
#include <linux/fcntl.h>

void report_exit(void)
{
    for (;;) {
        sys_call1(__NR_exit_group, 127);
        sys_call1(__NR_exit, 127); /* if a filter refuses exit_group; this process has one thread */
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

static int relocate(struct child_state *child, int minimum)
{
    int moved = as_int(sys_call3(__NR_fcntl, child->report, F_DUPFD_CLOEXEC, minimum));
    if (moved < 0)
        return moved;
    sys_call1(__NR_close, child->report);
    child->report = moved;
    return 0;
}

/*
 * Moved once, before the first step, the pipe is in the way of no step. If the minimum is at or above RLIMIT_NOFILE,
 * F_DUPFD fails with EINVAL (not EMFILE). Then the pipe stays at its number, and report_move_off() moves it when a step
 * needs that number. Moving it to the lowest free number at once would be as likely to be in the way.
 */
int report_move_above(struct child_state *child)
{
    if (child->report > child->highest || child->highest == HIGHEST_FD)
        return 0;
    int error = relocate(child, child->highest + 1);
    return error == -EINVAL ? 0 : error;
}

int report_move_off(struct child_state *child, int fd)
{
    int error = fd == child->report ? relocate(child, 0) : 0;
    if (error)
        child->failing_op = OP_REPORT_PIPE;
    return error;
}

int report_check_source(const struct child_state *child, int fd)
{
    return fd == child->report ? -EBADF : 0;
}
