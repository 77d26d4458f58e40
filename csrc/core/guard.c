#include "guard.h"
#include "report.h"

#include <asm-generic/poll.h>
#include <linux/errno.h>
#include <linux/prctl.h>
#include <linux/signal.h>

/*
 * The parent may have died before PDEATHSIG was set: then getppid() returns another process by now. In a pid namespace
 * of its own, which its parent has unshared or joined, a child gets 0 for any parent. A filter may refuse the call.
 */
bool guard_check_parent(int32_t parent)
{
    int found = as_int(sys_call0(__NR_getppid));
    if (found <= 0 || parent <= 0)
        return false;
    if (found != parent)
        report_exit();
    return true;
}

bool guard_set(int32_t parent)
{
    sys_call2(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL);
    return guard_check_parent(parent);
}

/*
 * No call waits for the end of a thread, so this looks again and again. Mostly the first look finds that it has ended.
 * getpriority finds any thread, needs no right, and no security module is asked. The kernel removes a thread from the
 * list of threads after it has given its children to another thread.
 */
int guard_wait_for_end_of(int32_t maker)
{
    enum { ONE_THREAD = 0, QUICK_LOOKS = 16, LOOK_INTERVAL_NS = 50000 };
    struct sys_timespec interval;
    interval.seconds = 0;
    interval.nanoseconds = LOOK_INTERVAL_NS;
    int found;
    for (int look = 0; (found = as_int(sys_call2(__NR_getpriority, ONE_THREAD, maker))) >= 0; look++)
        if (look < QUICK_LOOKS || sys_call2(__NR_nanosleep, &interval, NULL) != 0)
            sys_call0(__NR_sched_yield);
    return found == -ESRCH ? 0 : found;
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
