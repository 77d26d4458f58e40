#include "steps.h"

#include <linux/ptrace.h>

int step_trace_me(void)
{
    return as_int(sys_call4(__NR_ptrace, PTRACE_TRACEME, 0, 0, 0));
}
