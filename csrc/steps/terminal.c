#include "steps.h"

#include <asm-generic/ioctls.h>

int step_setsid(void)
{
    int session = as_int(sys_call0(__NR_setsid));
    return session < 0 ? session : 0;
}

int step_setpgid(int group)
{
    return as_int(sys_call2(__NR_setpgid, 0, group));
}

/* SIGTTOU is blocked, as all signals are. So from a background group this neither stops the child nor fails. */
int step_tcsetpgrp(const struct child_state *child, int fd)
{
    int error = report_check_source(child, fd);
    if (error)
        return error;
    int group = as_int(sys_call1(__NR_getpgid, 0));
    if (group < 0)
        return group;
    return as_int(sys_call3(__NR_ioctl, fd, TIOCSPGRP, &group));
}
