#include "report_reader.h"
#include "fdtable.h"
#include "plan.h"
#include "sys.h"

#include <errno.h>
#include <signal.h>
#include <sys/uio.h>

enum { HIGHEST_ERRNO = 4095 };

void report_close(struct spawn_child *child)
{
    if (child->report_fd >= 0)
        sys_call1(__NR_close, child->report_fd);
    child->report_fd = -1;
}

/* If a filter refuses read, readv. */
static long read_from(int32_t fd, struct plan_report *report)
{
    long got = sys_call3(__NR_read, fd, report, sizeof *report);
    if (!is_refused(got))
        return got;
    struct iovec part = {report, sizeof *report};
    return sys_call3(__NR_readv, fd, &part, 1);
}

/* Whether it names a step of this plan. The child may write anything, and callers use these numbers as indexes. */
static bool is_sound(const struct spawn_child *child, const struct plan_report *report)
{
    bool has_step = report->step >= -1 && (report->step < 0 || (uint32_t)report->step < child->step_count);
    return has_step && report->op < PLAN_OP_COUNT && report->error > 0 && report->error <= HIGHEST_ERRNO;
}

/*
 * A partial or invalid report is an error, never a success. Its child is killed: otherwise it could still exec,
 * although the caller has got an error.
 */
void report_read(struct spawn_child *child)
{
    struct plan_report report;
    long got;
    if (child->reported || child->report_fd < 0)
        return;
    for (;;) {
        got = read_from(child->report_fd, &report);
        if (got == (long)sizeof report && report.error == 0) {
            if (child->shares_table)
                fdtable_release(child->arena);
        } else if (got != -EINTR) {
            break;
        }
    }
    if (got == -EAGAIN)
        return;
    report_close(child);
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
