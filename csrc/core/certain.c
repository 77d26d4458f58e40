#include "certain.h"
#include "fields.h"
#include "spawn.h"
#include "sys.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/stat.h>
#include <sys/statfs.h>
#include <sys/utsname.h>

/*
 * A plan of this size never fails with E2BIG: the kernel accepts 128 KiB of argv and environment under any limit. The
 * environment may be larger than the rest, because it is mostly this process's own.
 */
enum { LARGEST_PLAN = 32768, LARGEST_IN_ALL = 98304 };

static enum certain_mode mode;

void certain_set_mode(enum certain_mode wanted)
{
    __atomic_store_n(&mode, wanted, __ATOMIC_RELAXED);
}

static uint32_t number_at(const char **text)
{
    uint32_t number = 0;
    while (**text >= '0' && **text <= '9')
        number = number * 10 + (uint32_t)(*(*text)++ - '0');
    return number;
}

/*
 * Linux 5.16 or later. The hazard: before, a signal that dumps core and reaches the child before exec kills every
 * process that shares its memory. Nobody waits for this child, so its parent could send it one.
 */
static bool kernel_kills_one(void)
{
    static int answer; /* 0: not asked yet, 1: yes, 2: no */
    int known = __atomic_load_n(&answer, __ATOMIC_RELAXED);
    if (known == 0) {
        struct utsname names;
        known = 2;
        if (sys_call1(__NR_uname, &names) == 0) {
            const char *text = names.release;
            uint32_t major = number_at(&text);
            text += *text == '.';
            known = major > 5 || (major == 5 && number_at(&text) >= 16) ? 1 : 2;
        }
        __atomic_store_n(&answer, known, __ATOMIC_RELAXED);
    }
    return known == 1;
}

/* Whether a step before `end` has opened or replaced this number: then it is not this process's any more. */
static bool is_made(const struct plan *plan, uint32_t end, int32_t fd)
{
    for (uint32_t i = 0; i < end; i++) {
        const struct plan_step *step = &plan->steps[i];
        unsigned fields = step_fields((enum plan_op)step->op);
        if ((fields & FIELD_TARGET && step->fd == fd) || (fields & FIELD_ONTO && step->arg == fd))
            return true;
    }
    return false;
}

static bool descriptors_are_open(const struct plan *plan)
{
    for (uint32_t i = 0; i < plan->head->first_exec; i++) {
        const struct plan_step *step = &plan->steps[i];
        if (!reads_descriptor(step) || is_made(plan, i, step->fd))
            continue;
        if (sys_call2(__NR_fcntl, step->fd, F_GETFD) < 0)
            return false;
    }
    return true;
}

bool certain_is_exec(const struct known_program *known, const struct plan *plan, size_t size, int rung)
{
    enum certain_mode how = __atomic_load_n(&mode, __ATOMIC_RELAXED);
    bool is_rung_known = rung == RUNG_CLONE3 || rung == RUNG_CLONE || (rung == 0 && how == CERTAIN_ALWAYS);
    if (how == CERTAIN_NEVER || !is_rung_known || !kernel_kills_one() ||
        plan->head->flags & (PLAN_PRIVATE_MEMORY | PLAN_MAIN_PARENT | PLAN_OWN_MEMORY))
        return false;
    if (plan->head->size >= LARGEST_PLAN || size > LARGEST_IN_ALL || !descriptors_are_open(plan))
        return false;
    return how == CERTAIN_ALWAYS ? known_program_exists(plan) : known_program_is_same(known, plan);
}

/*
 * The directories of /proc/self are another process's in the child. A filter may refuse fchdir and allow chdir; no
 * directory has the number -1.
 */
static bool is_same_in_child(int fd)
{
    struct statfs system;
    return sys_call2(__NR_fstatfs, fd, &system) == 0 && system.f_type != PROC_SUPER_MAGIC &&
           sys_call1(__NR_fchdir, -1) == -EBADF;
}

/* O_PATH does not ask for the right to search the directory; a name inside of it does. */
int certain_open_directory(const struct plan *plan, int32_t *step)
{
    *step = -1;
    for (uint32_t i = 0; i < plan->head->first_exec; i++) {
        if (plan->steps[i].op == OP_CHROOT)
            return DIRECTORY_FAILED; /* the path is one of the new root */
        if (plan->steps[i].op == OP_FCHDIR || (plan->steps[i].op == OP_CHDIR && *step >= 0))
            return DIRECTORY_FAILED; /* two of them: the second depends on the first */
        if (plan->steps[i].op == OP_CHDIR)
            *step = (int32_t)i;
    }
    if (*step < 0)
        return NO_DIRECTORY;
    const char *path = plan->bytes + plan->steps[*step].data;
    int fd = (int)sys_call4(__NR_openat, AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    struct statx status;
    if (fd < 0)
        return DIRECTORY_FAILED;
    if (is_same_in_child(fd) && sys_call5(__NR_statx, fd, ".", AT_STATX_DONT_SYNC, STATX_TYPE, &status) == 0)
        return fd;
    sys_call1(__NR_close, fd);
    return DIRECTORY_FAILED;
}
