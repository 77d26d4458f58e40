#include "steps.h"

#include <linux/prctl.h>

/* The kernel does not set the slack of a process with a real-time policy, and reports success. 0 has no value to
 * compare with. */
int step_timer_slack(uint64_t nanoseconds)
{
    int error = as_int(sys_call5(__NR_prctl, PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0));
    if (error || nanoseconds == 0)
        return error;
    long set = sys_call5(__NR_prctl, PR_GET_TIMERSLACK, 0, 0, 0, 0);
    if (set < 0)
        return as_int(set);
    return (uint64_t)set == nanoseconds ? 0 : -EINVAL;
}

int step_no_new_privs(void)
{
    return as_int(sys_call5(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

int step_child_subreaper(void)
{
    return as_int(sys_call5(__NR_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
}

int step_securebits(uint32_t bits)
{
    return as_int(sys_call5(__NR_prctl, PR_SET_SECUREBITS, bits, 0, 0, 0));
}

/* The result is the personality before: it has 32 bits, so a negative one is an error. */
int step_personality(uint32_t personality)
{
    long before = sys_call1(__NR_personality, personality);
    return before < 0 ? as_int(before) : 0;
}
