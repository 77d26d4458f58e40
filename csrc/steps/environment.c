#include "steps.h"

#include <linux/errno.h>

/*
 * The variable that sd_listen_fds(3) reads, with room for any pid. `%` in place of the digits: no pid looks like this,
 * so a variable of the parent's is never taken for it. lib/service/listen.ts writes the same text.
 */
static const char variable[] = "LISTEN_PID=%%%%%%%%%%";
enum { NAME = sizeof "LISTEN_PID=" - 1, DIGITS = sizeof variable - 1 - NAME };

static bool is_placeholder(const char *entry)
{
    for (unsigned i = 0; i < sizeof variable; i++)
        if (entry[i] != variable[i])
            return false;
    return true;
}

/*
 * The hazard: the parent runs in the same memory. So only the text above is overwritten, no byte beyond its end, and it
 * must be a copy that belongs to this start. plan_open() sees to that: the environment must be in the plan.
 */
int step_listen_pid(const char *const *envp)
{
    while (*envp && !is_placeholder(*envp))
        envp++;
    if (!*envp)
        return -EINVAL;
    int pid = as_int(sys_call0(__NR_getpid));
    if (pid <= 0) /* a filter's error */
        return pid ? pid : -EINVAL;
    char *at = (char *)(uintptr_t)*envp + NAME;
    int length = 1;
    for (int rest = pid; rest >= 10; rest /= 10)
        length++;
    at[length] = 0; /* at most the text's own end */
    for (; length > 0; pid /= 10)
        at[--length] = (char)('0' + pid % 10);
    return 0;
}

_Static_assert(DIGITS == sizeof "2147483647" - 1, "room for the highest pid");
