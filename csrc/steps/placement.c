/*
 * Where the program is counted, and what the kernel thinks of it: cgroups, and files of the kernel that belong to the
 * process. Only with memory of its own: a child in a memory cgroup that runs out of memory is killed with all processes
 * that share its memory, and so would be the parent; and the score and the filter belong to the memory.
 */
#include "steps.h"

#include <asm/statfs.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/magic.h>

/*
 * The hazard: something else may lie at the path, and would take the text as well: a regular file, say. Then nothing is
 * in force, and nobody knows.
 */
static int check_file_system(int fd, long magic, long other)
{
    struct statfs about;
    int error = as_int(sys_call2(__NR_fstatfs, fd, &about));
    if (error)
        return error;
    return about.f_type == magic || about.f_type == other ? 0 : -EINVAL;
}

static int write_all(int fd, const char *text, long length)
{
    long written = sys_call3(__NR_write, fd, text, length);
    return written < 0 ? as_int(written) : written == length ? 0 : -EIO;
}

/* Writes the number as text, from the end of the buffer backwards. */
static int write_number(int fd, int number)
{
    char text[12];
    int at = sizeof text;
    unsigned rest = number < 0 ? 0u - (unsigned)number : (unsigned)number;
    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (number < 0)
        text[--at] = '-';
    return write_all(fd, text + at, (long)sizeof text - at);
}

static int write_to_proc(const char *path, int number)
{
    int fd = as_int(sys_call4(__NR_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0));
    if (fd < 0)
        return fd;
    int error = check_file_system(fd, PROC_SUPER_MAGIC, PROC_SUPER_MAGIC);
    if (!error)
        error = write_number(fd, number);
    sys_call1(__NR_close, fd);
    return error;
}

int step_oom_score_adj(int score)
{
    return write_to_proc("/proc/self/oom_score_adj", score);
}

int step_coredump_filter(int filter)
{
    return write_to_proc("/proc/self/coredump_filter", filter);
}

/* `0` is the process that writes. */
static int join(int procs)
{
    int error = check_file_system(procs, CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC);
    return error ? error : write_all(procs, "0", 1);
}

static int join_and_close(int procs)
{
    if (procs < 0)
        return procs;
    int error = join(procs);
    sys_call1(__NR_close, procs);
    return error;
}

/*
 * The path is that of cgroup.procs. The kernel decides by the rights of the process that opened it, which are still
 * those of the caller here: the ids are changed later, and so is the root directory.
 */
int step_join_cgroup(const char *path)
{
    return join_and_close(as_int(sys_call4(__NR_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0)));
}

/* The longest path that the kernel shows. */
enum { LONGEST_PATH = 4096 };

/*
 * The hazard: "0" in another file of a cgroup changes something else. In memory.max it would kill all that are in
 * there.
 */
static int check_is_procs(int fd)
{
    static const char name[] = "/cgroup.procs";
    enum { LENGTH = sizeof name - 1 };
    char link[32], path[LONGEST_PATH];
    static const char folder[] = "/proc/self/fd/";
    int at = sizeof link, to = 0;
    link[--at] = 0;
    for (unsigned rest = (unsigned)fd, first = 1; first || rest; rest /= 10, first = 0)
        link[--at] = (char)('0' + rest % 10);
    for (int i = sizeof folder - 2; i >= 0; i--)
        link[--at] = folder[i];
    long length = sys_call4(__NR_readlinkat, AT_FDCWD, link + at, path, sizeof path);
    if (length < 0)
        return as_int(length);
    if (length < LENGTH)
        return -EINVAL;
    while (to < LENGTH && path[length - LENGTH + to] == name[to])
        to++;
    return to == LENGTH ? 0 : -EINVAL;
}

/* A descriptor of the folder of a cgroup, or of its cgroup.procs. */
int step_join_cgroup_fd(const struct child_state *child, int fd)
{
    int error = report_check_source(child, fd);
    if (error)
        return error;
    int procs = as_int(sys_call4(__NR_openat, fd, "cgroup.procs", O_WRONLY | O_CLOEXEC, 0));
    if (procs != -ENOTDIR)
        return join_and_close(procs);
    error = check_file_system(fd, CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC);
    if (!error)
        error = check_is_procs(fd);
    return error ? error : join(fd);
}
