#include "guard.h"
#include "report.h"

#include <asm-generic/poll.h>
#include <linux/prctl.h>
#include <linux/signal.h>

/*
 * The parent may have died before PDEATHSIG was set: then getppid() returns another process by now. In a pid namespace
 * of its own, which its parent has unshared or joined, a child gets 0 for any parent. A filter may refuse the call.
 */
bool guard_set(int32_t parent)
{
    sys_call2(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL);
    int found = as_int(sys_call0(__NR_getppid));
    if (found <= 0 || parent <= 0)
        return false;
    if (found != parent)
        report_exit();
    return true;
}

/*
 * The parent keeps the read end open until it knows of the exec. So if the pipe has no reader (POLLERR), the parent is
 * dead. The child must have closed its own copy of the read end before. If a filter refuses the poll, or the plan has
 * set RLIMIT_NOFILE to 0 (EINVAL), there is only PDEATHSIG.
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
        report_exit();
}

void guard_drop(void)
{
    sys_call2(__NR_prctl, PR_SET_PDEATHSIG, 0);
}
