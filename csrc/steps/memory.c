/* Flags of the address space, which exec hands on to that of the program. Only with memory of its own. */
#include "steps.h"

#include <linux/prctl.h>

/* PR_SET_MEMORY_MERGE, which the headers have since Linux 6.4. */
enum { SET_MEMORY_MERGE = 67 };

int step_transparent_huge_pages(int allowed)
{
    return as_int(sys_call5(__NR_prctl, PR_SET_THP_DISABLE, !allowed, 0, 0, 0));
}

int step_memory_merge(int wanted)
{
    return as_int(sys_call5(__NR_prctl, SET_MEMORY_MERGE, wanted, 0, 0, 0));
}
