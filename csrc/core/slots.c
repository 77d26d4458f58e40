#include "slots.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <linux/stat.h>
#include <sys/resource.h>

enum {
    FREE_NUMBERS_LEFT = 64, /* numbers that must remain free for the program after slots are reserved */
    HIGHEST_SLOT = 4096,    /* copying a table up to a higher slot costs as much as the shared-table mode saves */
};

static struct {
    struct identity memfd;
    struct slot slots[TABLE_SLOTS];
    int count;
    int32_t end; /* above the highest slot */
} pool;

/* ---- the descriptor table of this process --------------------------------------------------------------------- */

int64_t slots_soft_limit(void)
{
    struct rlimit limit = {0, 0};
    sys_call4(__NR_prlimit64, 0, RLIMIT_NOFILE, NULL, &limit);
    return limit.rlim_cur > INT32_MAX ? INT32_MAX : (int64_t)limit.rlim_cur;
}

int64_t slots_count_descriptors(void)
{
    struct statx status;
    long error = sys_call5(__NR_statx, AT_FDCWD, "/proc/self/fd", 0, STATX_SIZE, &status);
    return error ? 0 : (int64_t)status.stx_size;
}

/* ---- which slots are still the pool's -------------------------------------------------------------------------- */

/* Removes the slot from the pool, but does not close its number: that may be open on a file of other code by now. */
static void give_up(int index)
{
    for (pool.count--; index < pool.count; index++)
        pool.slots[index] = pool.slots[index + 1];
}

static bool is_free(const struct slot *slot)
{
    return !slot->borrower && is_open_on(slot->fd, &pool.memfd);
}

/* A borrowed slot is not compared here, but when it is returned. */
static bool is_usable(const struct slot *slot)
{
    return slot->borrower || is_open_on(slot->fd, &pool.memfd);
}

static void give_up_lost_slots(void)
{
    for (int i = pool.count - 1; i >= 0; i--)
        if (!is_usable(&pool.slots[i]))
            give_up(i);
}

bool slots_contain(int32_t fd)
{
    for (int i = 0; i < pool.count; i++)
        if (pool.slots[i].fd == fd)
            return is_usable(&pool.slots[i]);
    return false;
}

bool slots_check_one(uint32_t which)
{
    return pool.count > 0 && is_usable(&pool.slots[which % (uint32_t)pool.count]);
}

struct slots slots_all(void)
{
    return (struct slots){pool.slots, pool.count};
}

int32_t slots_end(void)
{
    return pool.end;
}

/* ---- reserving and closing ------------------------------------------------------------------------------------ */

void slots_close_free(void)
{
    for (int i = pool.count - 1; i >= 0; i--) {
        if (pool.slots[i].borrower)
            continue;
        if (is_open_on(pool.slots[i].fd, &pool.memfd))
            sys_call1(__NR_close, pool.slots[i].fd);
        give_up(i);
    }
}

/* 0: all are reserved. 1: the free numbers are too high. Or -errno. Unless it is 0, none of them is left open. */
static int reserve_numbers(int32_t memfd, struct identity *made, int32_t fds[TABLE_SLOTS])
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

/*
 * The hazard: slots that are borrowed now cannot be closed, as their children still need them. They stay in the list
 * until they are returned, and then get the new memfd. The new numbers fill the rest of the list.
 */
static void replace_pool(const struct identity *memfd, const int32_t fds[TABLE_SLOTS])
{
    slots_close_free();
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
 * Called at import, because low numbers are free then. Later the lowest free number may be 10,000, and a child that
 * copies its table up to such a slot saves nothing.
 *
 * Reserves none if the table is nearly full: the program needs the numbers that are left. A child could not leave a
 * shared table without close_range, so that call is tried first, on a number that is not open.
 */
int slots_reserve(void)
{
    struct identity made;
    int32_t fds[TABLE_SLOTS];
    give_up_lost_slots();
    if (pool.count > TABLE_SLOTS / 2 ||
        slots_soft_limit() - slots_count_descriptors() < TABLE_SLOTS + FREE_NUMBERS_LEFT)
        return 0;
    int error = (int)sys_call3(__NR_close_range, INT32_MAX, INT32_MAX, 0);
    if (error)
        return error;
    int32_t memfd = (int32_t)sys_call2(__NR_memfd_create, "forkless", MFD_CLOEXEC);
    if (memfd < 0)
        return memfd;
    error = reserve_numbers(memfd, &made, fds);
    sys_call1(__NR_close, memfd);
    if (error)
        return error < 0 ? error : 0;
    replace_pool(&made, fds);
    return 0;
}

/* ---- borrowing and returning ---------------------------------------------------------------------------------- */

/* A slot that is free now, and so is open on the memfd; or -1. */
static int32_t find_free_slot(void)
{
    for (int i = pool.count - 1; i >= 0; i--)
        if (is_free(&pool.slots[i]))
            return pool.slots[i].fd;
    return -1;
}

/* Whether this or another process holds a lock on the file. True as well if a filter refuses the call. */
static bool may_be_locked(int32_t fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return sys_call3(__NR_fcntl, fd, F_OFD_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

/*
 * The hazard: the duplicate is closed when the slot is returned. Closing any duplicate of a file ends this process's
 * record locks on it (POSIX) and its dnotify watches, and runs the close operation of the file system. So only files
 * without these are duplicated: sockets, pipes and devices that are not locked.
 */
bool slots_can_hold(int32_t fd, uint16_t mode)
{
    mode &= S_IFMT;
    return (mode == S_IFSOCK || mode == S_IFIFO || mode == S_IFCHR) && !may_be_locked(fd);
}

int32_t slots_borrow(const struct child_task *borrower, int32_t fd, const struct identity *identity)
{
    int32_t free_slot = find_free_slot(); /* must stay free: slots_return() duplicates the memfd from it */
    for (int i = 0; i < pool.count; i++) {
        struct slot *slot = &pool.slots[i];
        if (slot->borrower || slot->fd == free_slot)
            continue;
        if (!is_free(slot)) { /* other code has closed it or uses its number */
            give_up(i--);
            continue;
        }
        if (sys_call3(__NR_dup3, fd, slot->fd, O_CLOEXEC) < 0)
            return -1;
        slot->borrower = borrower;
        slot->file = *identity;
        return slot->fd;
    }
    return -1;
}

static bool is_pipe_or_socket(uint16_t mode)
{
    return (mode & S_IFMT) == S_IFSOCK || (mode & S_IFMT) == S_IFIFO;
}

/*
 * Whether this number may be closed. A directory and the runner's file are held with O_PATH only (fdtable.c): they
 * cannot be locked, and the question whether they are fails. Other code that has opened the same file here has mostly
 * done so without O_PATH.
 */
static bool may_be_closed(int32_t fd, uint16_t mode)
{
    long flags = sys_call2(__NR_fcntl, fd, F_GETFL);
    if (flags >= 0 && flags & O_PATH)
        return true;
    return (mode & S_IFMT) != S_IFDIR && !may_be_locked(fd);
}

/*
 * Returns one slot. False: it must be given up.
 *
 * The hazard: other code may have closed the number and opened a file of its own there. So nothing is done unless the
 * number is still open on the file that was duplicated for the borrower. The comparison of inodes is not enough if all
 * free slots are gone (`memfd` is -1): other code has closed all descriptors that it does not know, and may have opened
 * the same device here. Then only a pipe or a socket is closed, because opening a path does not give the same inode.
 * And it must be closed: otherwise the reader at its other end would get no end of file.
 */
static bool return_slot(const struct slot *slot, int32_t memfd)
{
    int32_t fd = slot->fd;
    struct identity found;
    uint16_t mode;
    if (identify(fd, &found, &mode) != 0 || !is_same(&found, &slot->file))
        return false;
    if (memfd < 0) {
        if (is_pipe_or_socket(mode))
            sys_call1(__NR_close, fd);
        return false;
    }
    if (!may_be_closed(fd, mode))
        return false;
    if (sys_call3(__NR_dup3, memfd, fd, O_CLOEXEC) >= 0)
        return true;
    sys_call1(__NR_close, fd); /* RLIMIT_NOFILE was lowered, and dup3 refuses a number above it */
    return false;
}

void slots_return(const struct child_task *borrower)
{
    int32_t memfd = find_free_slot();
    for (int i = pool.count - 1; i >= 0; i--) {
        struct slot *slot = &pool.slots[i];
        if (slot->borrower != borrower)
            continue;
        slot->borrower = NULL;
        if (!return_slot(slot, memfd))
            give_up(i);
    }
}
