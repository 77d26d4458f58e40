/*
 * Waiting for a verdict.
 *
 * End of file on the report pipe comes late: the kernel closes close-on-exec descriptors when the new program is about
 * to run, long after it has left this memory. It may not come at all: a child that another thread has forked in between
 * holds a copy of the write end. On rung 1 the kernel also clears the word `in_memory` and wakes who waits on it, at
 * exec and at death. So that word is waited for first, then the pipe and the pidfd; and no wait is longer than a tick.
 */
#include "arena.h"
#include "pause.h"
#include "spawn.h"
#include "sys.h"

#include <errno.h>
#include <linux/futex.h>

enum { FIRST_TICK_MS = 2, LAST_TICK_MS = 64 };

/* True: the pidfd is readable. With `only_time` it sleeps for the tick, unless the child is still in this memory. */
static bool wait_for_news(const struct spawn_child *child, bool only_time, int64_t tick_ms)
{
    int64_t tick = tick_ms * MILLISECOND_NS;
    if (!spawn_may_be_decided(child)) {
        const struct sys_timespec longest = {0, (int64_t)LAST_TICK_MS * MILLISECOND_NS};
        uint32_t *word = &child->arena->task.in_memory;
        uint32_t value = __atomic_load_n(word, __ATOMIC_ACQUIRE);
        long error = value ? sys_call4(__NR_futex, word, FUTEX_WAIT, value, &longest) : 0;
        if (error == 0 || error == -EAGAIN || error == -EINTR || error == -ETIMEDOUT)
            return false;
    }
    struct pollfd watched[2] = {{only_time ? -1 : child->pidfd, POLLIN, 0},
                                {only_time ? -1 : child->report_fd, POLLIN, 0}};
    return pause_poll(watched, 2, tick) > 0 && watched[0].revents != 0;
}

/* Asking at once is worth a system call. On rungs 2 and 4 nothing tells that without asking, and mostly too early. */
static bool has_left_memory(const struct spawn_child *child)
{
    return child->rung == RUNG_VFORK || (child->rung == RUNG_CLONE3 && spawn_may_be_decided(child));
}

/*
 * A traced child that is dead has a readable pidfd, but cannot be reaped until its tracer lets go. So after a readable
 * pidfd that gave no verdict, the next wait is only for time.
 */
enum spawn_verdict spawn_wait(struct spawn_child *child, struct spawn_outcome *outcome)
{
    bool readable_for_nothing = false;
    enum spawn_verdict early = has_left_memory(child) ? spawn_ask(child, outcome) : SPAWN_PENDING;
    if (early != SPAWN_PENDING)
        return early;
    for (int64_t tick = FIRST_TICK_MS;; tick = tick < LAST_TICK_MS ? 2 * tick : LAST_TICK_MS) {
        bool readable = wait_for_news(child, readable_for_nothing, readable_for_nothing ? 1 : tick);
        enum spawn_verdict verdict = spawn_ask(child, outcome);
        if (verdict != SPAWN_PENDING)
            return verdict;
        readable_for_nothing = !readable_for_nothing && readable;
    }
}
