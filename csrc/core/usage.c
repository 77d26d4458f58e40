#include "usage.h"
#include "sys.h"

#include <sys/resource.h>

enum { MICROSECONDS = 1000000 };

static int64_t microseconds(const struct timeval *time)
{
    return (int64_t)time->tv_sec * MICROSECONDS + time->tv_usec;
}

struct spawn_usage usage_of(const struct rusage *from)
{
    return (struct spawn_usage){
        .user_us = microseconds(&from->ru_utime),
        .system_us = microseconds(&from->ru_stime),
        .max_rss_kb = from->ru_maxrss,
        .minor_faults = from->ru_minflt,
        .major_faults = from->ru_majflt,
        .swaps = from->ru_nswap,
        .in_blocks = from->ru_inblock,
        .out_blocks = from->ru_oublock,
        .messages_sent = from->ru_msgsnd,
        .messages_received = from->ru_msgrcv,
        .signals = from->ru_nsignals,
        .voluntary_switches = from->ru_nvcsw,
        .involuntary_switches = from->ru_nivcsw,
    };
}

int64_t usage_own_mark(void)
{
    struct rusage own;
    return sys_call2(__NR_getrusage, RUSAGE_SELF, &own) == 0 ? own.ru_maxrss : INT64_MAX;
}

void usage_hide_inherited_mark(struct spawn_usage *usage, int64_t parent_mark)
{
    if (usage->max_rss_kb <= parent_mark)
        usage->max_rss_kb = -1;
}
