#include "fds.h"
#include "sys.h"

#include <linux/fcntl.h>

enum { SOCKET_STREAM = 1, SOCKET_CLOEXEC = O_CLOEXEC, FAMILY_UNIX = 1 };

int fds_pipe(int pair[2])
{
    return (int)sys_call2(__NR_pipe2, pair, O_CLOEXEC);
}

int fds_socket_pair(int pair[2])
{
    return (int)sys_call4(__NR_socketpair, FAMILY_UNIX, SOCKET_STREAM | SOCKET_CLOEXEC, 0, pair);
}

int fds_socket_pairs(int *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int pair[2];
        int error = fds_socket_pair(pair);
        if (error) {
            fds_close_all(numbers, i);
            fds_close_all(numbers + count, i);
            return error;
        }
        numbers[i] = pair[0];
        numbers[count + i] = pair[1];
    }
    return 0;
}

void fds_close_all(const int *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fds_close(numbers[i]);
}

int fds_close(int fd)
{
    return (int)sys_call1(__NR_close, fd);
}

int fds_get_cloexec(int fd)
{
    int flags = (int)sys_call2(__NR_fcntl, fd, F_GETFD);
    return flags < 0 ? flags : flags & FD_CLOEXEC;
}

int fds_set_cloexec(int fd, bool on)
{
    int flags = (int)sys_call2(__NR_fcntl, fd, F_GETFD);
    if (flags < 0)
        return flags;
    return (int)sys_call3(__NR_fcntl, fd, F_SETFD, on ? flags | FD_CLOEXEC : flags & ~FD_CLOEXEC);
}
