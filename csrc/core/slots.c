#include "slots.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <linux/stat.h>
#include <sys/resource.h>

enum {
    ROOMY = 64,          /* free numbers that must remain when slots are taken */
    HIGHEST_SLOT = 4096, /* a table copy up to a higher slot costs what the shared-table mode saves */
};

static struct {
    struct identity memfd;
    struct slot slots[TABLE_SLOTS];
    int count;
    int32_t end;
} pool;

/* ---- what the system tells ------------------------------------------------------------------------------------ */

int64_t slots_soft_limit(void)
{
    struct rlimit limit = {0, 0};
    sys_call4(__NR_prlimit64, 0, RLIMIT_NOFILE, NULL, &limit);
    return limit.rlim_cur > INT32_MAX ? INT32_MAX : (int64_t)limit.rlim_cur;
}

int64_t slots_open_descriptors(void)
{
    struct statx status;
    long error = sys_call5(__NR_statx, AT_FDCWD, "/proc/self/fd", 0, STATX_SIZE, &status);
    return error ? 0 : (int64_t)status.stx_size;
}

/* ---- which slots are still ours ------------------------------------------------------------------------------- */

/* The number is not closed: if it is open on another file, it is that file's owner who closes it. */
static void give_up(int index)
{
    for (pool.count--; index < pool.count; index++)
        pool.slots[index] = pool.slots[index + 1];
}

static bool is_free(const struct slot *slot)
{
    return !slot->borrower && is_open_on(slot->fd, &pool.memfd);
}

/* A borrowed slot counts as ours: what it holds is compared when it is returned. */
static bool is_ours(const struct slot *slot)
{
    return slot->borrower || is_open_on(slot->fd, &pool.memfd);
}

static void give_up_lost_slots(void)
{
    for (int i = pool.count - 1; i >= 0; i--)
        if (!is_ours(&pool.slots[i]))
            give_up(i);
}

bool slots_have(int32_t fd)
{
    for (int i = 0; i < pool.count; i++)
        if (pool.slots[i].fd == fd)
            return is_ours(&pool.slots[i]);
    return false;
}

bool slots_check_one(uint32_t which)
{
    return pool.count > 0 && is_ours(&pool.slots[which % (uint32_t)pool.count]);
}

struct slots slots_all(void)
{
    return (struct slots){pool.slots, pool.count};
}

int32_t slots_end(void)
{
    return pool.end;
}

/* ---- taking and closing --------------------------------------------------------------------------------------- */

void slots_close(void)
{
    for (int i = pool.count - 1; i >= 0; i--) {
        if (pool.slots[i].borrower)
            continue;
        if (is_open_on(pool.slots[i].fd, &pool.memfd))
            sys_call1(__NR_close, pool.slots[i].fd);
        give_up(i);
    }
}

/* 0: all are taken. 1: the free numbers are too high. -errno. Unless 0, none is left open. */
static int take_numbers(int32_t memfd, struct identity *made, int32_t fds[TABLE_SLOTS])
{
    uint16_t mode;
    int count = 0;
    int error = identify(memfd, made, &mode);
    while (!error && count < TABLE_SLOTS) {
        int fd = (int)sys_call3(__NR_fcntl, memfd, F_DUPFD_CLOEXEC, SLOTS_FIRST_FD);
        if (fd >= 0)
            fds[count++] = fd;
        error = fd < 0 ? fd : fd >= HIGHEST_SLOT;
    }
    while (error && count > 0)
        sys_call1(__NR_close, fds[--count]);
    return error;
}

/* Borrowed slots of an older pool stay in the list until they are returned; the new ones fill it up. */
static void replace_pool(const struct identity *memfd, const int32_t fds[TABLE_SLOTS])
{
    slots_close();
    pool.memfd = *memfd;
    pool.end = fds[TABLE_SLOTS - 1] + 1;
    for (int i = 0; i < TABLE_SLOTS; i++) {
        if (pool.count < TABLE_SLOTS)
            pool.slots[pool.count++] = (struct slot){.fd = fds[i]};
        else
            sys_call1(__NR_close, fds[i]);
    }
}

/*
 * Not if the table is nearly full: the program needs what is left of it. close_range is tried on a number that is not
 * open, because a child could not leave a shared table without it.
 */
int slots_open(void)
{
    struct identity made;
    int32_t fds[TABLE_SLOTS];
    give_up_lost_slots();
    if (pool.count > TABLE_SLOTS / 2 || slots_soft_limit() - slots_open_descriptors() < TABLE_SLOTS + ROOMY)
        return 0;
    int error = (int)sys_call3(__NR_close_range, INT32_MAX, INT32_MAX, 0);
    if (error)
        return error;
    int32_t memfd = (int32_t)sys_call2(__NR_memfd_create, "forkless", MFD_CLOEXEC);
    if (memfd < 0)
        return memfd;
    error = take_numbers(memfd, &made, fds);
    sys_call1(__NR_close, memfd);
    if (error)
        return error < 0 ? error : 0;
    replace_pool(&made, fds);
    return 0;
}

/* ---- borrowing and returning ---------------------------------------------------------------------------------- */

/* A slot that is free now, of which duplicates of the memfd are made; or -1. */
static int32_t find_memfd(void)
{
    for (int i = pool.count - 1; i >= 0; i--)
        if (is_free(&pool.slots[i]))
            return pool.slots[i].fd;
    return -1;
}

/* A write lock of anybody, or a read lock; also where a filter refuses the question. */
static bool may_be_locked(int32_t fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return sys_call3(__NR_fcntl, fd, F_OFD_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

/*
 * The hazard: the duplicate is closed when the slot is returned, and closing any duplicate of a file ends this
 * process's record locks on it (POSIX) and its dnotify watches, and calls what the file system does at close. So only
 * files that have none of these are duplicated: sockets, pipes and devices that are not locked.
 */
bool slots_can_hold(int32_t fd, uint16_t mode)
{
    mode &= S_IFMT;
    return (mode == S_IFSOCK || mode == S_IFIFO || mode == S_IFCHR) && !may_be_locked(fd);
}

int32_t slots_borrow(const struct child_task *borrower, int32_t fd, const struct identity *identity)
{
    int32_t kept = find_memfd(); /* must stay free: the others get the memfd back from it */
    for (int i = 0; i < pool.count; i++) {
        struct slot *slot = &pool.slots[i];
        if (slot->borrower || slot->fd == kept)
            continue;
        if (!is_free(slot)) {
            give_up(i--);
            continue;
        }
        if (sys_call3(__NR_dup3, fd, slot->fd, O_CLOEXEC) < 0)
            return -1;
        slot->borrower = borrower;
        slot->holds = *identity;
        return slot->fd;
    }
    return -1;
}

static bool is_pipe_or_socket(int32_t fd)
{
    struct identity identity;
    uint16_t mode;
    return identify(fd, &identity, &mode) == 0 && ((mode & S_IFMT) == S_IFSOCK || (mode & S_IFMT) == S_IFIFO);
}

/*
 * Returns one slot; false: it must be given up.
 *
 * The slot is touched only if it is open on what it was borrowed for. If no slot holds the memfd any more (`memfd` is
 * -1), other code has closed all of them, and an equal device file on this number may be its own: then only a pipe or a
 * socket is closed, whose inode no other open of that code can have. It must be closed, or its reader would get no end
 * of file.
 */
static bool return_slot(const struct slot *slot, int32_t memfd)
{
    int32_t fd = slot->fd;
    if (memfd < 0) {
        if (is_pipe_or_socket(fd) && is_open_on(fd, &slot->holds))
            sys_call1(__NR_close, fd);
        return false;
    }
    if (!is_open_on(fd, &slot->holds) || may_be_locked(fd))
        return false;
    if (sys_call3(__NR_dup3, memfd, fd, O_CLOEXEC) >= 0)
        return true;
    sys_call1(__NR_close, fd); /* RLIMIT_NOFILE was lowered: the number is above it */
    return false;
}

void slots_return(const struct child_task *borrower)
{
    int32_t memfd = find_memfd();
    for (int i = pool.count - 1; i >= 0; i--) {
        struct slot *slot = &pool.slots[i];
        if (slot->borrower != borrower)
            continue;
        slot->borrower = NULL;
        if (!return_slot(slot, memfd))
            give_up(i);
    }
}
