/*
 * Closing many descriptors without close_range(2): kernels before 5.9 do not have it, and seccomp filters that are
 * older than it refuse it. Two ways are left: closing what /proc/self/fd lists, and closing number by
 * number up to the end of the table. Each has cases where it closes too little, and says so; then the start fails,
 * because a descriptor that reaches the program by mistake is worse.
 */
#include "steps.h"

#include <linux/errno.h>
#include <linux/fcntl.h>

/* A table has room for the first at least; beyond the second its numbers are not closed one by one. */
enum { LEAST_NUMBERS = 64, MOST_NUMBERS = 65536 };

/*
 * An error that a file system gives at close (EIO, ENOSPC) does not matter: the number is free all the same. Only where
 * a filter has refused the call is it still open.
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

/* The number that is the entry's name, or -1 for another name. */
static int64_t number_of(const struct entry *entry)
{
    int64_t number = 0;
    const char *digit = entry->name;
    while (*digit >= '0' && *digit <= '9')
        number = number * 10 + (*digit++ - '0');
    return digit != entry->name && !*digit ? number : -1;
}

/*
 * Closes what /proc/self/fd lists of low to high. Not 0: it cannot be read, or it lists something else. What stands at
 * that path may be another folder, or a /proc of another pid namespace, where `self` is another process or nobody: only
 * a list that has the descriptor of the list itself is trusted.
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
 * Whether the table of this child has room for the number. RLIMIT_NOFILE does not tell: it may have been lowered after
 * descriptors were opened. select(2) refuses a closed number with EBADF, but passes over those beyond the table.
 */
static bool table_reaches(int fd)
{
    enum { BITS = 64 };
    uint64_t set[MOST_NUMBERS / BITS + 1];
    struct sys_timespec no_time;
    no_time.seconds = no_time.nanoseconds = 0;
    if (sys_call2(__NR_fcntl, fd, F_GETFD) >= 0)
        return true;
    volatile uint64_t *words = set; /* else a compiler may make a call of memset from the loop */
    for (int i = 0; i <= fd / BITS; i++)
        words[i] = 0;
    words[fd / BITS] = 1ull << fd % BITS;
    return sys_call6(__NR_pselect6, fd + 1, (long)set, 0, 0, (long)&no_time, 0) != 0;
}

/*
 * One by one, up to the end of the table. That was made for this child, with room for the highest open descriptor and
 * little more: a power of two. So asking at powers of two finds the end.
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

/* All numbers from low to high, but never the report pipe. */
int step_sweep(const struct child_state *child, int low, int high)
{
    int report = child->report;
    if (report < low || report > high)
        return close_numbers(low, high);
    int error = close_numbers(low, report - 1);
    return error ? error : close_numbers(report + 1, high);
}
