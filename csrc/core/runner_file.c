#include "runner_file.h"
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

enum {
    MEMFD_CLOEXEC = 1,
    MEMFD_SEALABLE = 2,
    MEMFD_EXEC = 16, /* since Linux 6.3, which may refuse to execute a memfd without it */
    SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE,
    COPIED_AT_ONCE = 4096
};

enum { LONGEST_NAME = 15 };

enum finding { NOT_ASKED, FOUND, FOUND_NONE };

/* Under the engine's lock, but for `kind`, which is read without. */
static struct {
    char path[PATH_MAX];
    struct runner_file addon, copy;
    enum finding finding;
    enum runner_kind kind;
    enum runner_choice choice;
} state = {.addon = {.fd = -1}, .copy = {.fd = -1}};

static const char copy_name[] = "forkless-runner", copy_file[] = "memfd:forkless-runner";

static bool is_intact(const struct runner_file *file)
{
    return file->fd >= 0 && is_open_on(file->fd, &file->identity);
}

/* O_PATH: the file need not be readable, and its closing drops no lock that other code has on it. */
static bool open_addon(struct runner_file *file)
{
    uint16_t mode;
    int fd = (int)sys_call4(__NR_openat, AT_FDCWD, state.path, O_PATH | O_CLOEXEC, 0);
    if (fd < 0)
        return false;
    *file = (struct runner_file){.fd = fd};
    if (identify(fd, &file->identity, &mode) == 0)
        return true;
    sys_call1(__NR_close, fd);
    file->fd = -1;
    return false;
}

void runner_file_set(const char *path)
{
    const struct engine_hold hold = engine_lock();
    size_t length = strlen(path);
    if (state.path[0] == 0 && length < sizeof state.path) {
        memcpy(state.path, path, length + 1);
        open_addon(&state.addon);
    }
    engine_unlock(&hold);
}

enum runner_kind runner_file_kind(void)
{
    return __atomic_load_n(&state.kind, __ATOMIC_RELAXED);
}

static void set_kind(enum runner_kind kind)
{
    __atomic_store_n(&state.kind, kind, __ATOMIC_RELAXED);
}

void runner_file_choose(int choice)
{
    const struct engine_hold hold = engine_lock();
    state.choice = (enum runner_choice)choice;
    state.finding = NOT_ASKED;
    set_kind(RUNNER_NONE);
    engine_unlock(&hold);
}

void runner_file_forget(void)
{
    const struct engine_hold hold = engine_lock();
    state.finding = NOT_ASKED;
    set_kind(RUNNER_NONE);
    engine_unlock(&hold);
}

/* Whether the kernel makes `name` of the name of a file. */
static bool is_made_of(const char *name, const char *file)
{
    size_t length = strlen(file), kept = length < LONGEST_NAME ? length : LONGEST_NAME;
    return kept > 0 && strlen(name) == kept && memcmp(name, file, kept) == 0;
}

static const char *last_part(const char *path)
{
    const char *last = path;
    for (const char *at = path; *at; at++)
        if (*at == '/')
            last = at + 1;
    return last;
}

static bool is_number(const char *name, int32_t number)
{
    char digits[12];
    int at = sizeof digits - 1;
    digits[at] = 0;
    if (number < 0)
        return false;
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    return strcmp(name, digits + at) == 0;
}

bool runner_file_gives(const char *path, const char *name)
{
    return is_made_of(name, last_part(path));
}

bool runner_file_names(const char *name, int32_t fd)
{
    return is_number(name, fd) || is_made_of(name, copy_file) || runner_file_gives(state.path, name);
}

/* ---- the copy in memory --------------------------------------------------------------------------------------- */

static int make_memfd(void)
{
    int fd = (int)sys_call2(__NR_memfd_create, copy_name, MEMFD_CLOEXEC | MEMFD_SEALABLE | MEMFD_EXEC);
    return fd == -EINVAL ? (int)sys_call2(__NR_memfd_create, copy_name, MEMFD_CLOEXEC | MEMFD_SEALABLE) : fd;
}

static bool write_all(int fd, const char *bytes, long size)
{
    while (size > 0) {
        long written = sys_call3(__NR_write, fd, bytes, size);
        if (written <= 0 && written != -EINTR)
            return false;
        if (written > 0) {
            bytes += written;
            size -= written;
        }
    }
    return true;
}

static bool copy_all(int from, int to)
{
    char bytes[COPIED_AT_ONCE];
    for (;;) {
        long size = sys_call3(__NR_read, from, bytes, sizeof bytes);
        if (size == 0)
            return true;
        if (size < 0 ? size != -EINTR : !write_all(to, bytes, size))
            return false;
    }
}

/* The descriptor of the addon is not for reading. The file that its path names by now may be another. */
static int open_to_read(void)
{
    int fd = (int)sys_call4(__NR_openat, AT_FDCWD, state.path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0 || is_open_on(fd, &state.addon.identity))
        return fd;
    sys_call1(__NR_close, fd);
    return -ESTALE;
}

static bool make_copy(struct runner_file *file)
{
    uint16_t mode;
    int from = open_to_read(), to = from < 0 ? -1 : make_memfd();
    bool is_made = to >= 0 && copy_all(from, to) && sys_call3(__NR_fcntl, to, F_ADD_SEALS, SEALS) == 0 &&
                   identify(to, &file->identity, &mode) == 0;
    if (from >= 0)
        sys_call1(__NR_close, from);
    if (to >= 0 && !is_made)
        sys_call1(__NR_close, to);
    file->fd = is_made ? to : -1;
    return is_made;
}

/* ---- which ---------------------------------------------------------------------------------------------------- */

/* Under the lock. The addon's file, if it is not open any more but still has its name, is opened again. */
static bool take_addon(struct runner_file *file)
{
    struct runner_file again;
    if (!is_intact(&state.addon) && state.path[0] && open_addon(&again)) {
        if (state.addon.fd < 0 || is_same(&again.identity, &state.addon.identity))
            state.addon = again;
        else
            sys_call1(__NR_close, again.fd);
    }
    *file = state.addon;
    return is_intact(file);
}

/* A descriptor of it that is not intact is another file's by now, and is not closed. */
static bool take_copy(struct runner_file *file)
{
    if (!is_intact(&state.copy))
        make_copy(&state.copy);
    *file = state.copy;
    return is_intact(file);
}

static bool may_pass(int error)
{
    return error == -EAGAIN || error == -ENOMEM || error == -EMFILE || error == -ENFILE || error == -ETXTBSY ||
           error == -EINTR;
}

static bool take(enum runner_kind kind, struct runner_file *file)
{
    const struct engine_hold hold = engine_lock();
    bool is_there = kind == RUNNER_ADDON ? take_addon(file) : take_copy(file);
    engine_unlock(&hold);
    return is_there;
}

static void remember(enum finding finding, enum runner_kind kind)
{
    const struct engine_hold hold = engine_lock();
    state.finding = finding;
    set_kind(kind);
    engine_unlock(&hold);
}

/* Two threads may do this one after the other, and find the same. EBUSY: another has found out something meanwhile. */
static bool try_each(int (*try)(const struct runner_file *file), enum runner_choice choice, struct runner_file *file)
{
    static const struct {
        enum runner_kind kind;
        enum runner_choice only;
    } kinds[] = {{RUNNER_ADDON, RUNNER_ONLY_ADDON}, {RUNNER_MEMFD, RUNNER_ONLY_MEMFD}};
    bool is_final = true;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if ((choice != RUNNER_ANY && choice != kinds[i].only) || !take(kinds[i].kind, file))
            continue;
        int error = try(file);
        if (error == 0) {
            remember(FOUND, kinds[i].kind);
            return true;
        }
        if (error == -EBUSY)
            return false;
        is_final &= !may_pass(error);
    }
    if (is_final)
        remember(FOUND_NONE, RUNNER_NONE);
    return false;
}

bool runner_file_find(int (*try)(const struct runner_file *file), struct runner_file *file)
{
    enum { TURNS = 2 };
    for (int turn = 0; turn < TURNS; turn++) {
        const struct engine_hold hold = engine_lock();
        enum finding finding = state.finding;
        enum runner_kind kind = state.kind;
        enum runner_choice choice = state.choice;
        engine_unlock(&hold);
        if (finding == FOUND_NONE || choice == RUNNER_NEVER)
            return false;
        if ((finding == FOUND && take(kind, file)) || try_each(try, choice, file))
            return true;
    }
    return false;
}
