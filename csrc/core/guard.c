#include "guard.h"
#include "report.h"

#include <linux/prctl.h>
#include <linux/signal.h>
#include <asm-generic/poll.h>

/*
 * The parent may have died before the guard was set: then getppid() shows another process by now. A child in a pid
 * namespace of its own, which its parent has unshared or joined, sees 0 for every parent; a filter may refuse the
 * question.
 */
bool guard_set(int32_t parent)
{
    sys_call2(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL);
    int found = as_int(sys_call0(__NR_getppid));
    if (found <= 0 || parent <= 0)
        return false;
    if (found != parent)
        report_die();
    return true;
}

/*
 * The parent keeps the read end until it knows of the exec, so a pipe that nobody can read (POLLERR) has lost its
 * parent. This child's own copy of the read end must be closed by now. Where a filter refuses the poll, PDEATHSIG alone
 * must do.
 */
void guard_check_reader(int report)
{
    struct {
        int fd;
        short events, revents;
    } reader;
    struct sys_timespec no_time;
    reader.fd = report;
    reader.events = reader.revents = 0;
    no_time.seconds = no_time.nanoseconds = 0;
    if (sys_call5(__NR_ppoll, &reader, 1, &no_time, NULL, 0) == 1 && reader.revents & POLLERR)
        report_die();
}

void guard_drop(void)
{
    sys_call2(__NR_prctl, PR_SET_PDEATHSIG, 0);
}
