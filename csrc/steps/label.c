#include "steps.h"

#include <linux/fcntl.h>

/* What the blob of the step begins with: the header of lsm_set_self_attr(2). The label follows. */
struct label_header {
    uint64_t module, flags, size, label_size;
};

enum { LABEL_FOR_EXEC = 101 };

#define ATTRIBUTES "/proc/thread-self/attr/"

/* One write: the kernel takes a label in one piece, and cuts off what is longer than a page. Closes `fd`. */
static int write_label(int fd, const char *label, uint32_t size)
{
    int written = as_int(sys_call3(__NR_write, fd, label, size));
    sys_call1(__NR_close, fd);
    if (written < 0)
        return written;
    return (uint32_t)written == size ? 0 : -EINVAL;
}

static int open_file(const char *path, int flags)
{
    return as_int(sys_call4(__NR_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0));
}

/*
 * Which security module answers, if the kernel has not refused the label by the module's number. Of the two, AppArmor
 * alone ends the label of a process with a newline. Without a module, reading is EINVAL.
 */
static bool is_active(bool apparmor)
{
    char label[4096];
    int fd = open_file(ATTRIBUTES "current", O_RDONLY);
    if (fd < 0)
        return true;
    int length = as_int(sys_call3(__NR_read, fd, label, sizeof label));
    sys_call1(__NR_close, fd);
    return length > 0 && (label[length - 1] == '\n') == apparmor;
}

static int write_by_proc(bool apparmor, const char *label, uint32_t size)
{
    int fd = apparmor ? open_file(ATTRIBUTES "apparmor/exec", O_WRONLY) : -ENOENT;
    if (fd == -ENOENT)
        fd = open_file(ATTRIBUTES "exec", O_WRONLY);
    if (fd == -ENOENT && !sys_call3(__NR_faccessat, AT_FDCWD, "/proc/thread-self", 0))
        return -EOPNOTSUPP;
    if (fd < 0)
        return fd;
    int error = write_label(fd, label, size);
    return error == -EINVAL && !is_active(apparmor) ? -EOPNOTSUPP : error;
}

/* Before Linux 6.8, or under a filter that does not know the call, by /proc. */
static int set_label(bool apparmor, const uint32_t *blob)
{
    const char *bytes = (const char *)(blob + 1);
    const uint32_t header = sizeof(struct label_header);
    if (*blob <= header)
        return -EINVAL;
    int error = as_int(sys_call4(__NR_lsm_set_self_attr, LABEL_FOR_EXEC, bytes, *blob, 0));
    if (!is_refused(error))
        return error;
    int error_of_proc = write_by_proc(apparmor, bytes + header, *blob - header);
    /* the module's own refusal, where there is no /proc to ask again */
    return error_of_proc == -ENOENT && error != -ENOSYS ? error : error_of_proc;
}

int step_apparmor(const uint32_t *blob)
{
    return set_label(true, blob);
}

int step_selinux(const uint32_t *blob)
{
    return set_label(false, blob);
}
