#include "steps.h"

#include <linux/errno.h>
#include <linux/limits.h>

/* The working directory is moved too: from one outside of the new root, every path that begins with .. leads outside.
 */
int step_chroot(const char *path)
{
    int error = as_int(sys_call1(__NR_chroot, path));
    return error ? error : as_int(sys_call1(__NR_chdir, "/"));
}

/*
 * The hazard: a path in the new root may lead out of it after all, through a link in /proc. The kernel then says
 * "(unreachable)" in place of a path. EXDEV, as openat2(2) has it for a path that leaves its root.
 */
int step_check_cwd(void)
{
    char path[PATH_MAX];
    int size = as_int(sys_call2(__NR_getcwd, path, sizeof path));
    if (size < 0)
        return size;
    return path[0] == '/' ? 0 : -EXDEV;
}
