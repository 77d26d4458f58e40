#include "steps.h"

#include <linux/sched.h>

/*
 * The hazard: the kernel drops the CPUs and nodes of a mask that it does not have, and fails only if none is left. So
 * what was set is read back: a start that asks for one that is not there must fail.
 */
enum { WORD_BITS = 32, CPU_WORDS = 8192 / WORD_BITS, NODE_WORDS = 1024 / WORD_BITS };

/* Whether all bits of `list`, a count and words, are set in the first `count` words. */
static bool has_all(const uint32_t *words, uint32_t count, const uint32_t *list)
{
    for (uint32_t i = 0; i < *list; i++)
        if (list[1 + i] & ~(i < count ? words[i] : 0))
            return false;
    return true;
}

int step_affinity(const uint32_t *mask)
{
    uint32_t set[CPU_WORDS];
    int error = as_int(sys_call3(__NR_sched_setaffinity, 0, *mask * sizeof *mask, mask + 1));
    if (error)
        return error;
    int bytes = as_int(sys_call3(__NR_sched_getaffinity, 0, sizeof set, set));
    if (bytes < 0)
        return bytes;
    return has_all(set, (uint32_t)bytes / sizeof *set, mask) ? 0 : -EINVAL;
}

/* One is added to the number of bits because the kernel takes one off. */
int step_numa_policy(int mode, const uint32_t *mask)
{
    uint32_t set[NODE_WORDS];
    int mode_set;
    if (*mask == 0)
        return as_int(sys_call3(__NR_set_mempolicy, mode, NULL, 0));
    int error = as_int(sys_call3(__NR_set_mempolicy, mode, mask + 1, *mask * WORD_BITS + 1));
    if (error)
        return error;
    error = as_int(sys_call5(__NR_get_mempolicy, &mode_set, set, NODE_WORDS * WORD_BITS + 1, NULL, 0));
    if (error)
        return error;
    return has_all(set, NODE_WORDS, mask) ? 0 : -EINVAL;
}

enum { IOPRIO_OF_PROCESS = 1, THIS_PROCESS = 0 };

int step_io_priority(int priority)
{
    return as_int(sys_call3(__NR_ioprio_set, IOPRIO_OF_PROCESS, THIS_PROCESS, priority));
}

/* The flag can be set only together with a policy and a priority. */
int step_reset_on_fork(void)
{
    int priority;
    int policy = as_int(sys_call1(__NR_sched_getscheduler, THIS_PROCESS));
    if (policy < 0)
        return policy;
    int error = as_int(sys_call2(__NR_sched_getparam, THIS_PROCESS, &priority));
    if (error)
        return error;
    return as_int(sys_call3(__NR_sched_setscheduler, THIS_PROCESS, policy | SCHED_RESET_ON_FORK, &priority));
}
