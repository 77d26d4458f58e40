#include "steps.h"

#include <asm-generic/ioctls.h>
#include <linux/errno.h>
#include <linux/fcntl.h>

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

/* 0: a terminal that another session has is not taken from it, even by root (EPERM). */
int step_ctty(const struct child_state *child, int fd)
{
    int error = report_check_source(child, fd);
    return error ? error : as_int(sys_call3(__NR_ioctl, fd, TIOCSCTTY, 0));
}

/*
 * /dev/tty is the terminal of the session, whichever descriptors are open on it. ENXIO: there is none, as was asked
 * for. The child leads no session, so the terminal stays with the others of the session, and nobody gets a SIGHUP.
 */
int step_noctty(void)
{
    int fd = as_int(sys_call4(__NR_openat, AT_FDCWD, "/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0));
    if (fd < 0)
        return fd == -ENXIO ? 0 : fd;
    int error = as_int(sys_call3(__NR_ioctl, fd, TIOCNOTTY, 0));
    sys_call1(__NR_close, fd);
    return error;
}
