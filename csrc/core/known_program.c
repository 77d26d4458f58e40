#include "known_program.h"
#include "sys.h"

#include <fcntl.h>
#include <linux/stat.h>
#include <string.h>
#include <time.h>

enum { FIRST_BYTES = 256 /* what the kernel reads of a script (BINPRM_BUF_SIZE) */ };

static const char *candidate(const struct plan *plan, uint32_t index)
{
    return plan->bytes + plan->steps[plan->head->first_exec + index].data;
}

/* ---- files and users ------------------------------------------------------------------------------------------ */

static bool read_status(const char *path, int flags, struct statx *status)
{
    long error = sys_call5(__NR_statx, AT_FDCWD, path, AT_STATX_DONT_SYNC | flags, STATX_BASIC_STATS, status);
    return error == 0 && (status->stx_mask & STATX_BASIC_STATS) == STATX_BASIC_STATS;
}

/*
 * False: it is not a regular file, or its status cannot be read. AT_STATX_DONT_SYNC, because statx would otherwise ask
 * the server of a network file system, and would hang if that is dead.
 */
static bool look_at(const char *path, struct program_file *file)
{
    struct statx status, link;
    if (!read_status(path, AT_SYMLINK_NOFOLLOW, &link))
        return false;
    bool is_link = (link.stx_mode & S_IFMT) == S_IFLNK;
    if (!is_link)
        status = link;
    else if (!read_status(path, 0, &status))
        return false;
    *file = (struct program_file){
        .inode = status.stx_ino,
        .size = status.stx_size,
        .changed_s = status.stx_ctime.tv_sec,
        .modified_s = status.stx_mtime.tv_sec,
        .changed_ns = status.stx_ctime.tv_nsec,
        .modified_ns = status.stx_mtime.tv_nsec,
        .major = status.stx_dev_major,
        .minor = status.stx_dev_minor,
        .mode = status.stx_mode,
        .owner = status.stx_uid,
        .group = status.stx_gid,
        .link_inode = is_link ? link.stx_ino : 0,
        .link_changed_s = is_link ? link.stx_ctime.tv_sec : 0,
        .link_changed_ns = is_link ? link.stx_ctime.tv_nsec : 0,
    };
    return (status.stx_mode & S_IFMT) == S_IFREG;
}

/* False: that cannot be found out. Ids are unsigned, so a negative result is a filter's error. */
static bool look_at_user(struct program_user *user)
{
    memset(user, 0, sizeof *user);
    long id = sys_call0(__NR_geteuid), group = sys_call0(__NR_getegid);
    long count = sys_call2(__NR_getgroups, PROGRAM_GROUPS, user->groups);
    if (id < 0 || group < 0 || count < 0)
        return false;
    user->user = (uint32_t)id;
    user->group = (uint32_t)group;
    user->group_count = (uint32_t)count;
    return true;
}

/* Of the real time, which is that of files. -1: it cannot be read, and then no file is settled. */
static int64_t now_s(void)
{
    struct sys_timespec time;
    return sys_call2(__NR_clock_gettime, CLOCK_REALTIME, &time) == 0 ? time.seconds : -1;
}

/* Not if its last change is in the future: the clock has been set back, and the file's age is not known. */
static bool is_settled(const struct program_file *file, int64_t now)
{
    int64_t latest = now - SETTLED_AFTER_S;
    return now >= 0 && file->changed_s <= latest && file->link_changed_s <= latest;
}

/* ---- learning ------------------------------------------------------------------------------------------------- */

static bool add_name(struct known_program *known, const char *name, size_t length)
{
    if (length >= sizeof known->names - known->names_size)
        return false;
    memcpy(known->names + known->names_size, name, length);
    known->names_size += (uint32_t)length;
    known->names[known->names_size++] = 0;
    return true;
}

/* A relative name depends on the working directory, which is the child's own. */
static bool add_candidates(struct known_program *known, const struct plan *plan, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const char *name = candidate(plan, i);
        if (*name != '/' || !add_name(known, name, strlen(name)))
            return false;
    }
    known->candidates = count;
    return true;
}

static long read_start(const char *path, char *start)
{
    int fd = (int)sys_call4(__NR_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
    if (fd < 0)
        return fd;
    long size = sys_call3(__NR_read, fd, start, FIRST_BYTES);
    sys_call1(__NR_close, fd);
    return size;
}

/*
 * The file that the kernel, or the child, runs this one with. 0: there is none. -1: it cannot be found out. Otherwise
 * the length of its name. Scripts without `#!` are run by /bin/sh.
 */
static int find_interpreter(const char *path, char *start, const char **name)
{
    static const char shell[] = "/bin/sh";
    long size = read_start(path, start), at = 2;
    if (size < 0)
        return -1;
    if (size >= 4 && memcmp(start, "\177ELF", 4) == 0)
        return 0;
    if (size < 2 || memcmp(start, "#!", 2) != 0) {
        *name = shell;
        return sizeof shell - 1;
    }
    while (at < size && (start[at] == ' ' || start[at] == '\t'))
        at++;
    long end = at;
    while (end < size && start[end] != ' ' && start[end] != '\t' && start[end] != '\n' && start[end] != 0)
        end++;
    *name = start + at;
    bool is_whole = end < size || size < FIRST_BYTES;
    return is_whole && at < size && start[at] == '/' ? (int)(end - at) : -1;
}

/* The program and all that it is run with. Each must be readable, because its first bytes name the next. */
static bool add_files(struct known_program *known, const char *path)
{
    char start[FIRST_BYTES];
    const char *interpreter;
    for (;;) {
        if (known->file_count == PROGRAM_FILES || !look_at(path, &known->files[known->file_count]))
            return false;
        known->file_count++;
        int length = find_interpreter(path, start, &interpreter);
        if (length <= 0)
            return length == 0;
        uint32_t at = known->names_size;
        if (!add_name(known, interpreter, (size_t)length))
            return false;
        path = known->names + at;
    }
}

void known_program_learn(struct known_program *known, const struct plan *plan, uint32_t step)
{
    memset(known, 0, sizeof *known);
    bool is_candidate = step >= plan->head->first_exec && step < plan->head->step_count;
    if (!is_candidate || !look_at_user(&known->user) ||
        !add_candidates(known, plan, step - plan->head->first_exec + 1) ||
        !add_files(known, plan->bytes + plan->steps[step].data))
        known->file_count = 0;
}

/* ---- knowing it again ----------------------------------------------------------------------------------------- */

/* The name of the candidate that was exec'ed, or NULL: this plan tries others before it. */
static const char *find_same_candidate(const struct known_program *known, const struct plan *plan)
{
    const char *name = known->names, *last = NULL;
    if (known->candidates > plan->head->step_count - plan->head->first_exec)
        return NULL;
    for (uint32_t i = 0; i < known->candidates; i++) {
        size_t size = strlen(name) + 1;
        const char *wanted = candidate(plan, i);
        if (strlen(wanted) + 1 != size || memcmp(name, wanted, size) != 0)
            return NULL;
        last = name;
        name += size;
    }
    return last;
}

bool known_program_is_same(const struct known_program *known, const struct plan *plan)
{
    struct program_user user;
    if (known->file_count == 0)
        return false;
    const char *name = find_same_candidate(known, plan);
    if (!name || !look_at_user(&user) || memcmp(&user, &known->user, sizeof user) != 0)
        return false;
    int64_t now = now_s();
    for (uint32_t i = 0; i < known->file_count; i++, name += strlen(name) + 1) {
        struct program_file file;
        if (!is_settled(&known->files[i], now) || !look_at(name, &file))
            return false;
        if (memcmp(&file, &known->files[i], sizeof file) != 0)
            return false;
    }
    return true;
}

bool known_program_exists(const struct plan *plan)
{
    struct program_file file;
    for (uint32_t i = 0; i < plan->head->step_count - plan->head->first_exec; i++) {
        const char *name = candidate(plan, i);
        long error = sys_call3(__NR_faccessat, AT_FDCWD, name, X_OK);
        if (error != -ENOENT)
            return error == 0 && *name == '/' && look_at(name, &file);
    }
    return false;
}
