#include "report.h"

#include <linux/errno.h>
#include <linux/fcntl.h>

void report_die(void)
{
    for (;;) {
        sys_call1(__NR_exit_group, 127);
        sys_call1(__NR_exit, 127); /* a filter refuses the other; this process has one thread */
    }
}

/*
 * One write of the whole report, shorter than PIPE_BUF: so the parent reads all of it or nothing. EPIPE means that the
 * parent is gone and nobody is left to tell. The exit status is seen only where the report could not be written.
 */
void report_fail(const struct child_state *child, int error, int32_t step, enum plan_op op)
{
    struct plan_report report;
    report.error = -error;
    report.step = step;
    report.op = op;
    sys_call3(__NR_write, child->report, &report, sizeof report);
    report_die();
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
 * Moving once, before the first step, spares each step a look. F_DUPFD answers EINVAL, not EMFILE, for a minimum at or
 * above RLIMIT_NOFILE: then the pipe stays where it is, and report_make_way() moves it when a step wants its number.
 */
int report_leave_named_numbers(struct child_state *child, int highest)
{
    if (child->report > highest || highest == HIGHEST_FD)
        return 0;
    int error = relocate(child, highest + 1);
    return error == -EINVAL ? 0 : error;
}

int report_make_way(struct child_state *child, int fd)
{
    int error = fd == child->report ? relocate(child, 0) : 0;
    if (error)
        child->blame = OP_REPORT_PIPE;
    return error;
}

int report_check_source(const struct child_state *child, int fd)
{
    return fd == child->report ? -EBADF : 0;
}
