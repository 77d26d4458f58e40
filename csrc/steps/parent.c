#include "steps.h"

#include <linux/prctl.h>

/*
 * This replaces the guard's SIGKILL (core/guard.h), and stays over the exec. interpret.c then checks that the parent is
 * alive still.
 */
int step_pdeathsig(struct child_state *child, int signal)
{
    int error = as_int(sys_call2(__NR_prctl, PR_SET_PDEATHSIG, signal));
    child->has_death_signal = error == 0;
    return error;
}
