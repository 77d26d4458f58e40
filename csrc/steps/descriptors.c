#include "steps.h"

#include <linux/errno.h>
#include <linux/fcntl.h>

/*
 * As POSIX demands, an open descriptor at the target is closed first, so that a full table has room for the new one.
 * The flags have the same effect whether or not open() returns the target number itself.
 */
int step_open(struct child_state *child, int fd, const char *path, int flags, uint32_t mode)
{
    int error = report_move_off(child, fd);
    if (error)
        return error;
    sys_call1(__NR_close, fd);
    int opened = as_int(sys_call4(__NR_openat, AT_FDCWD, path, flags, mode));
    if (opened < 0 || opened == fd)
        return opened < 0 ? opened : 0;
    int moved = as_int(sys_call3(__NR_dup3, opened, fd, flags & O_CLOEXEC));
    int left = close_number(opened);
    return moved < 0 ? moved : left;
}

static int set_fd_flags(int fd, int flags)
{
    return as_int(sys_call3(__NR_fcntl, fd, F_SETFD, flags));
}

int step_dup2(struct child_state *child, int fd, int new_fd)
{
    int error = report_check_source(child, fd);
    if (error)
        return error;
    if (fd == new_fd) /* dup2(n, n) would leave close-on-exec set; POSIX 2024 demands that it is cleared here */
        return set_fd_flags(fd, 0);
    error = report_move_off(child, new_fd);
    if (!error)
        error = report_check_source(child, fd); /* the report pipe may have moved there just now */
    if (error)
        return error;
    int moved = as_int(sys_call3(__NR_dup3, fd, new_fd, 0));
    return moved < 0 ? moved : 0;
}

int step_close(const struct child_state *child, int fd)
{
    return report_check_source(child, fd) ? 0 : close_number(fd);
}

int step_inherit(const struct child_state *child, int fd)
{
    int error = report_check_source(child, fd);
    return error ? error : set_fd_flags(fd, 0);
}

int step_keep_if_open(const struct child_state *child, int fd)
{
    int error = step_inherit(child, fd);
    return error == -EBADF ? 0 : error;
}

/* The lowest free number is safe: until `restore`, steps only replace the descriptors of one cycle, which are open. */
int step_save(struct child_state *child, int fd)
{
    int error = report_check_source(child, fd);
    if (error)
        return error;
    int spare = as_int(sys_call3(__NR_fcntl, fd, F_DUPFD_CLOEXEC, 0));
    if (spare < 0)
        return spare;
    child->spare = spare;
    return 0;
}

int step_restore(struct child_state *child, int new_fd)
{
    int spare = child->spare;
    int error = step_dup2(child, spare, new_fd);
    if (!error)
        sys_call1(__NR_close, spare);
    return error;
}

/*
 * Programs expect that reads of their standard descriptors wait; libuv clears O_NONBLOCK too. The flag belongs to the
 * open file, so all processes that share the file see the change. If the flag cannot be changed, it stays as it is.
 */
int step_set_blocking(const struct child_state *child, int fd)
{
    if (report_check_source(child, fd))
        return 0;
    int flags = as_int(sys_call2(__NR_fcntl, fd, F_GETFL));
    if (flags >= 0 && flags & O_NONBLOCK)
        sys_call3(__NR_fcntl, fd, F_SETFL, flags & ~O_NONBLOCK);
    return 0;
}

/*
 * The program's descriptor gets a number above all that steps name: they may replace or close the one that it had, but
 * not this one. The duplicate is close-on-exec, so the program does not inherit it. F_DUPFD fails with EINVAL where the
 * new number would not be below RLIMIT_NOFILE.
 */
int step_exec_fd(struct child_state *child, int fd)
{
    int error = report_check_source(child, fd);
    if (error)
        return error;
    int program = -EINVAL;
    if (child->highest < HIGHEST_FD)
        program = as_int(sys_call3(__NR_fcntl, fd, F_DUPFD_CLOEXEC, child->highest + 1));
    if (program < 0)
        return program == -EINVAL ? -EMFILE : program;
    child->program = program;
    return 0;
}

int step_chdir(const char *path)
{
    return as_int(sys_call1(__NR_chdir, path));
}

int step_fchdir(const struct child_state *child, int fd)
{
    int error = report_check_source(child, fd);
    return error ? error : as_int(sys_call1(__NR_fchdir, fd));
}
