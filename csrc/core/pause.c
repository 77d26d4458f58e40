#include "pause.h"
#include "sys.h"

#include <errno.h>
#include <linux/futex.h>
#include <time.h>

enum { CLOCK_TICK_NS = 10000000 /* of times(2), on every machine */ };

int64_t pause_clock(void)
{
    struct sys_timespec time = {0, 0};
    if (sys_call2(__NR_clock_gettime, CLOCK_MONOTONIC, &time) == 0)
        return time.seconds * SECOND_NS + time.nanoseconds;
    return sys_call1(__NR_times, NULL) * CLOCK_TICK_NS;
}

void pause_sleep(int64_t nanoseconds)
{
    struct sys_timespec time = {nanoseconds / SECOND_NS, nanoseconds % SECOND_NS};
    uint32_t word = 0;
    long error = sys_call4(__NR_clock_nanosleep, CLOCK_MONOTONIC, 0, &time, NULL);
    if (error && error != -EINTR)
        error = sys_call2(__NR_nanosleep, &time, NULL);
    if (error && error != -EINTR) {
        error = sys_call4(__NR_futex, &word, FUTEX_WAIT_PRIVATE, 0, &time);
        if (error != -ETIMEDOUT && error != -EINTR)
            sys_call0(__NR_sched_yield);
    }
}

long pause_poll(struct pollfd *polls, size_t count, int64_t nanoseconds)
{
    struct sys_timespec time = {nanoseconds / SECOND_NS, nanoseconds % SECOND_NS};
    long ready =
        sys_call5(__NR_ppoll, polls, count, nanoseconds == PAUSE_FOREVER ? NULL : &time, NULL, SYS_SIGSET_SIZE);
    if (ready < 0 && ready != -EINTR && nanoseconds > 0)
        pause_sleep(nanoseconds < MILLISECOND_NS ? nanoseconds : MILLISECOND_NS);
    return ready;
}
