#include "flat.h"
#include "reserve.h"
#include "sys.h"

#include <errno.h>
#include <linux/futex.h>
#include <time.h>

enum { MOMENT_NS = 1000000, SECOND_NS = 1000000000 };

/* Starts whose child had not left the table when they were looked at. */
static struct {
    struct spawn_arena *starts[RESERVE_SLOTS];
    int count;
    bool proven; /* a child has left: it is possible here */
} lent;

static uint32_t state_of(const struct spawn_arena *arena)
{
    return __atomic_load_n(&arena->task.in_memory, __ATOMIC_ACQUIRE);
}

void flat_take_back(struct spawn_arena *arena)
{
    for (int i = lent.count - 1; i >= 0; i--) {
        struct spawn_arena *start = lent.starts[i];
        if (arena ? start != arena : state_of(start) == IN_TABLE)
            continue;
        int32_t refused = start->task.table.refused;
        lent.proven |= refused == 0;
        reserve_refused(refused);
        reserve_take_back(&start->task);
        lent.starts[i] = lent.starts[--lent.count];
    }
}

bool flat_prepare(struct spawn_arena *arena, bool waits)
{
    flat_take_back(NULL);
    if (lent.count == RESERVE_SLOTS || !reserve_lend(&arena->task, waits))
        return false;
    arena->task.table.refused = NOT_TRIED;
    arena->task.table.tells = !waits;
    arena->task.table.wakes = !lent.proven;
    lent.starts[lent.count++] = arena;
    return true;
}

/* Bounded: it may be stopped or frozen, or wait long for a processor. */
static void wait_a_moment(struct spawn_arena *arena)
{
    uint32_t *word = &arena->task.in_memory;
    struct sys_timespec until = {0, 0}; /* where a filter refuses the clock, nothing is waited for */
    sys_call2(__NR_clock_gettime, CLOCK_MONOTONIC, &until);
    until.nanoseconds += MOMENT_NS;
    if (until.nanoseconds >= SECOND_NS) {
        until.nanoseconds -= SECOND_NS;
        until.seconds++;
    }
    long error = 0;
    /* EAGAIN: the word has changed. Any other error, as of a filter, would make this a loop that never sleeps. */
    while (state_of(arena) == IN_TABLE && (error == 0 || error == -EINTR || error == -EAGAIN))
        error = sys_call6(__NR_futex, (long)word, FUTEX_WAIT_BITSET, IN_TABLE, (long)&until, 0,
                          (long)FUTEX_BITSET_MATCH_ANY);
}

/* The first ones are waited for, until one has shown that it works; a filter may forbid what the probe did not try. */
int flat_begun(struct spawn_arena *arena)
{
    if (lent.proven)
        return 0;
    wait_a_moment(arena);
    uint32_t state = state_of(arena);
    int32_t refused = arena->task.table.refused;
    lent.proven = refused == 0;
    return state == 0 && refused < 0 ? refused : 0;
}
