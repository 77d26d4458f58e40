#include "steps.h"

enum { THIS_PROCESS = 0, PRIORITY_OF_PROCESS = 0 };

int step_umask(int mask)
{
    int before = as_int(sys_call1(__NR_umask, mask));
    return before < 0 ? before : 0;
}

int step_nice(int nice)
{
    return as_int(sys_call3(__NR_setpriority, PRIORITY_OF_PROCESS, THIS_PROCESS, nice));
}

enum { SOFT, HARD, LIMITS };

/* A limit that is not given must not change. So both are read first, and then both are set by one call. */
int step_rlimit(int resource, uint32_t given, const uint64_t *limits)
{
    uint64_t wanted[LIMITS];
    int error = as_int(sys_call4(__NR_prlimit64, THIS_PROCESS, resource, NULL, wanted));
    if (error)
        return error;
    for (int i = 0; i < LIMITS; i++)
        if (given >> i & 1)
            wanted[i] = limits[i];
    return as_int(sys_call4(__NR_prlimit64, THIS_PROCESS, resource, wanted, NULL));
}

int step_setscheduler(int policy, int priority)
{
    return as_int(sys_call3(__NR_sched_setscheduler, THIS_PROCESS, policy, &priority));
}

int step_setparam(int priority)
{
    return as_int(sys_call2(__NR_sched_setparam, THIS_PROCESS, &priority));
}
