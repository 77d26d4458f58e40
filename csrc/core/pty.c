#include "pty.h"
#include "sys.h"

#include <asm/ioctls.h>
#include <asm/termios.h>
#include <linux/fcntl.h>

static long control(int fd, unsigned long request, const void *argument)
{
    return sys_call3(__NR_ioctl, fd, request, argument);
}

/*
 * The slave is opened through the master. By its path it might be another one: /dev/pts may be the file system of
 * another container.
 */
static long open_slave(int master, const struct pty_size *size, int32_t *number)
{
    const int unlocked = 0;
    unsigned of_slave = 0;
    long error = control(master, TIOCSPTLCK, &unlocked);
    if (!error)
        error = control(master, TIOCGPTN, &of_slave);
    if (!error)
        error = pty_set_size(master, size);
    *number = (int32_t)of_slave;
    return error ? error : sys_call3(__NR_ioctl, master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

int pty_open(const struct pty_size *size, int32_t numbers[3])
{
    long master = sys_call4(__NR_openat, AT_FDCWD, "/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
    if (master < 0)
        return (int)master;
    long slave = open_slave((int)master, size, &numbers[2]);
    if (slave < 0) {
        sys_call1(__NR_close, master);
        return (int)slave;
    }
    numbers[0] = (int32_t)master;
    numbers[1] = (int32_t)slave;
    return 0;
}

int pty_get_size(int fd, struct pty_size *size)
{
    struct winsize window = {0};
    long error = control(fd, TIOCGWINSZ, &window);
    *size = (struct pty_size){window.ws_row, window.ws_col};
    return (int)error;
}

/* The foreground group gets SIGWINCH if the size has changed. */
int pty_set_size(int fd, const struct pty_size *size)
{
    const struct winsize window = {.ws_row = size->rows, .ws_col = size->columns};
    return (int)control(fd, TIOCSWINSZ, &window);
}

int pty_foreground(int fd)
{
    int group = 0;
    long error = control(fd, TIOCGPGRP, &group);
    return error ? (int)error : group;
}
