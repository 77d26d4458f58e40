/*
 * Closing many descriptors, also without close_range(2): kernels before 5.9 do not have it, and filters that are older
 * than it refuse it. There are two other ways: to close what /proc/self/fd lists, and to close one number after the
 * other up to the end of the table.
 *
 * The hazard: each of these can close too few. Then it returns an error and the start fails, because a descriptor that
 * the program gets by mistake is worse.
 */
#include "steps.h"

#include <linux/errno.h>
#include <linux/fcntl.h>

/* Every table has room for the first number. Tables larger than the second are not closed one by one. */
enum { LEAST_NUMBERS = 64, MOST_NUMBERS = 65536 };

/*
 * If a file system returns an error at close (EIO, ENOSPC), the number is free all the same. Only if a filter refuses
 * the call is it still open.
 */
int close_number(int fd)
{
    int error = as_int(sys_call1(__NR_close, fd));
    bool is_closed = !error || error == -EBADF || sys_call2(__NR_fcntl, fd, F_GETFD) == -EBADF;
    return is_closed ? 0 : error;
}

/* What getdents64(2) writes. */
struct entry {
    uint64_t inode;
    int64_t offset;
    uint16_t size;
    uint8_t type;
    char name[];
};

/* The entry's name as a number, or -1 if it is not a number. */
static int64_t number_of(const struct entry *entry)
{
    int64_t number = 0;
    const char *digit = entry->name;
    while (*digit >= '0' && *digit <= '9')
        number = number * 10 + (*digit++ - '0');
    return digit != entry->name && !*digit ? number : -1;
}

/*
 * Closes the numbers from low to high that /proc/self/fd lists. Not 0: the list cannot be read, or is not this
 * process's.
 *
 * The hazard: at that path there may be another folder, or a /proc of another pid namespace, where `self` is another
 * process or does not exist. So only a list that contains the descriptor of the folder itself is trusted.
 */
static int close_listed(int low, int high)
{
    char buffer[2048] __attribute__((aligned(8)));
    int dir = as_int(sys_call4(__NR_openat, AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));
    if (dir < 0)
        return dir;
    long size;
    bool is_own = false;
    int refused = 0;
    while ((size = sys_call3(__NR_getdents64, dir, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < size;) {
            const struct entry *entry = (const struct entry *)(buffer + at);
            int64_t fd = number_of(entry);
            is_own |= fd == dir;
            if (fd >= low && fd <= high && fd != dir && !refused)
                refused = close_number((int)fd);
            at += entry->size;
        }
    }
    sys_call1(__NR_close, dir);
    return size < 0 ? as_int(size) : is_own ? refused : -ENOSYS;
}

/*
 * Whether the table of this child has room for the number. RLIMIT_NOFILE does not show that: it may have been lowered
 * after descriptors were opened. select(2) fails with EBADF for a closed number in the table, but ignores those beyond.
 */
static bool table_reaches(int fd)
{
    enum { BITS = 64 };
    uint64_t set[MOST_NUMBERS / BITS + 1];
    struct sys_timespec no_time;
    no_time.seconds = no_time.nanoseconds = 0;
    if (sys_call2(__NR_fcntl, fd, F_GETFD) >= 0)
        return true;
    volatile uint64_t *words = set; /* otherwise a compiler may turn the loop into a call of memset */
    for (int i = 0; i <= fd / BITS; i++)
        words[i] = 0;
    words[fd / BITS] = 1ull << fd % BITS;
    return sys_call6(__NR_pselect6, fd + 1, (long)set, 0, 0, (long)&no_time, 0) != 0;
}

/*
 * One by one, up to the end of the table. The kernel has made the table for this child, and its size is a power of two
 * just above the highest open descriptor. So it is enough to test powers of two. A table that reaches MOST_NUMBERS is
 * an error (ENOSYS), because closing so many takes too long.
 */
static int close_each(int low, int high)
{
    int end = LEAST_NUMBERS;
    while (end <= high && table_reaches(end)) {
        if (end == MOST_NUMBERS)
            return -ENOSYS;
        end *= 2;
    }
    int refused = 0;
    for (int fd = low; fd <= high && fd < end && !refused; fd++)
        refused = close_number(fd);
    return refused;
}

static int close_numbers(int low, int high)
{
    if (low > high)
        return 0;
    int error = as_int(sys_call3(__NR_close_range, low, high == HIGHEST_FD ? ~0u : (unsigned)high, 0));
    if (error != -ENOSYS && error != -EPERM)
        return error;
    return close_listed(low, high) == 0 ? 0 : close_each(low, high);
}

/* Of the numbers that the child itself needs: the lowest one from low to high, or -1. */
static int lowest_kept(const struct child_state *child, int low, int high)
{
    const int kept[] = {child->report, child->runner, child->program};
    int lowest = -1;
    for (unsigned i = 0; i < sizeof kept / sizeof *kept; i++)
        if (kept[i] >= low && kept[i] <= high && (lowest < 0 || kept[i] < lowest))
            lowest = kept[i];
    return lowest;
}

/* All numbers from low to high, but never the report pipe, the runner's file, or the program that is executed by its
 * descriptor. */
int step_sweep(const struct child_state *child, int low, int high)
{
    for (;;) {
        const int kept = lowest_kept(child, low, high);
        const int error = close_numbers(low, kept < 0 ? high : kept - 1);
        if (error || kept < 0 || kept == high)
            return error;
        low = kept + 1;
    }
}
