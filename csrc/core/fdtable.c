#include "fdtable.h"
#include "arena.h"
#include "lock.h"
#include "slots.h"
#include "sys.h"

#include <errno.h>
#include <linux/futex.h>
#include <time.h>

enum {
    CROWDED = 512, /* open descriptors from which on sharing is faster: measured, see docs/performance.md */
    SAMPLE = 16,   /* starts between two counts of the open descriptors */
    MOMENT_NS = 1000000,
    SECOND_NS = 1000000000
};

static struct {
    enum fdtable_mode mode;
    bool is_forbidden; /* this system forbids what the mode needs */
    bool is_crowded;
    uint32_t starts;
    /* Starts with borrowed slots: their children had not left the table when they were last looked at. */
    struct spawn_arena *sharing[TABLE_SLOTS];
    int sharing_count;
    bool is_proven; /* a child has left its shared table: it is possible here */
} state;

static void remember_refusal(int error)
{
    state.is_forbidden |= error == -ENOSYS || error == -EPERM;
}

static void open_slots(void)
{
    if (state.mode != FDTABLE_COPY && !state.is_forbidden)
        remember_refusal(slots_open());
}

/* ---- children in the shared table ----------------------------------------------------------------------------- */

static uint32_t word_of(const struct spawn_arena *arena)
{
    return __atomic_load_n(&arena->task.in_memory, __ATOMIC_ACQUIRE);
}

static void return_slots(int index)
{
    struct spawn_arena *arena = state.sharing[index];
    int32_t refused = arena->task.table.refused;
    state.is_proven |= refused == 0;
    remember_refusal(refused);
    slots_return(&arena->task);
    state.sharing[index] = state.sharing[--state.sharing_count];
}

static void return_slots_of(const struct spawn_arena *arena)
{
    for (int i = state.sharing_count - 1; i >= 0; i--)
        if (state.sharing[i] == arena)
            return_slots(i);
}

static void return_slots_of_all_that_left(void)
{
    for (int i = state.sharing_count - 1; i >= 0; i--)
        if (word_of(state.sharing[i]) != IN_TABLE)
            return_slots(i);
}

/* At most a moment: the child may be stopped or frozen, or wait long for a processor, and the lock is held. */
static void wait_a_moment(struct spawn_arena *arena)
{
    uint32_t *word = &arena->task.in_memory;
    struct sys_timespec until = {0, 0}; /* where a filter refuses the clock, there is no wait */
    sys_call2(__NR_clock_gettime, CLOCK_MONOTONIC, &until);
    until.nanoseconds += MOMENT_NS;
    if (until.nanoseconds >= SECOND_NS) {
        until.nanoseconds -= SECOND_NS;
        until.seconds++;
    }
    long error = 0;
    /* EAGAIN: the word has changed. Any other error, as of a filter, would make this a loop that never sleeps. */
    while (word_of(arena) == IN_TABLE && (error == 0 || error == -EINTR || error == -EAGAIN))
        error = sys_call6(__NR_futex, (long)word, FUTEX_WAIT_BITSET, IN_TABLE, (long)&until, 0,
                          (long)FUTEX_BITSET_MATCH_ANY);
}

/* ---- whether it pays ------------------------------------------------------------------------------------------ */

/*
 * Cheap where the table is not crowded: the descriptors are counted once in SAMPLE starts, or the number that a new
 * descriptor got says it. With each count one slot is checked: code that closes all descriptors that it does not know
 * closes the slots too, and they must be reserved again while low numbers are free.
 */
static bool pays(const struct child_task *task)
{
    if (!(task->plan.head->flags & PLAN_ONLY_NAMED) || state.mode == FDTABLE_COPY || state.is_forbidden)
        return false;
    bool sample = state.starts % SAMPLE == 0;
    if (sample)
        state.is_crowded = slots_open_descriptors() >= CROWDED;
    bool pays = state.is_crowded || task->write_fd >= CROWDED || state.mode == FDTABLE_SHARE;
    if (sample && (pays || !slots_check_one(state.starts / SAMPLE)))
        open_slots();
    state.starts++;
    return pays && slots_all().count > 1;
}

/* ---- what the child needs ------------------------------------------------------------------------------------- */

static bool reads(const struct plan_step *step)
{
    switch ((enum plan_op)step->op) {
    case OP_DUP2:
    case OP_FCHDIR:
    case OP_INHERIT:
    case OP_KEEP_IF_OPEN:
    case OP_TCSETPGRP:
    case OP_SAVE:
    case OP_SET_BLOCKING: return true;
    default: return false;
    }
}

static bool is_moved(const struct child_table *table, int32_t fd)
{
    for (int i = 0; i < table->count; i++)
        if (table->moves[i].to == fd)
            return true;
    return false;
}

static void keep_below_limit(struct child_table *table, int32_t fd)
{
    if (fd >= table->limit)
        table->limit = fd + 1;
}

/* Duplicates `fd` onto a slot, from where the child moves it to `to`. The slot's number, or -1. */
static int32_t borrow(struct child_task *task, int32_t fd, int32_t to, const struct identity *identity)
{
    struct child_table *table = &task->table;
    int32_t slot = slots_borrow(task, fd, identity);
    if (slot >= 0) {
        table->moves[table->count++] = (struct table_move){slot, to, *identity};
        keep_below_limit(table, slot);
    }
    return slot;
}

/*
 * Makes one descriptor that the plan reads available to the child. It is duplicated onto a slot, so that the child
 * keeps it whatever the caller does next. A file that must not be duplicated (slots_can_hold) may stay where it is if
 * the number is low and the caller waits. False: the start cannot share the table.
 */
static bool bring(struct child_task *task, int32_t fd, bool waits)
{
    struct child_table *table = &task->table;
    struct identity identity;
    uint16_t mode;
    if (is_moved(table, fd) || slots_have(fd))
        return true;
    /* A number that is closed now need not stay so in a shared table: it may be the pidfd's, or a file's that the
     * caller opens next. */
    if (fd == task->read_fd || fd == task->write_fd || identify(fd, &identity, &mode) != 0)
        return false;
    if (slots_can_hold(fd, mode))
        return fd < slots_soft_limit() && borrow(task, fd, fd, &identity) >= 0;
    if (!waits || fd >= slots_end())
        return false;
    keep_below_limit(table, fd);
    return true;
}

static bool bring_all(struct child_task *task, bool waits)
{
    const struct plan *plan = &task->plan;
    struct identity identity;
    uint16_t mode;
    for (uint32_t i = 0; i < plan->head->first_exec; i++)
        if (reads(&plan->steps[i]) && !bring(task, plan->steps[i].fd, waits))
            return false;
    int error = identify(task->write_fd, &identity, &mode);
    int32_t slot = error ? -1 : borrow(task, task->write_fd, -1, &identity);
    if (slot >= 0)
        task->write_fd = slot;
    return slot >= 0;
}

static bool prepare_to_share(struct spawn_arena *arena, bool waits)
{
    struct child_task *task = &arena->task;
    return_slots_of_all_that_left();
    if (state.sharing_count == TABLE_SLOTS)
        return false;
    task->table.limit = SLOTS_FIRST_FD;
    if (!bring_all(task, waits)) {
        slots_return(task);
        task->table = (struct child_table){0};
        return false;
    }
    task->table.refused = NOT_TRIED;
    task->table.tells = !waits;
    task->table.wakes = !state.is_proven;
    state.sharing[state.sharing_count++] = arena;
    return true;
}

/*
 * The caller never opened what stands on the slots, so to the steps of the plan these numbers must be closed: a dup2
 * from one is EBADF. The child closes those that are listed here. A slot that a step names is listed, and each that is
 * borrowed, by any start: a child that hangs would else keep another start's pipe open. The sweep closes the slots
 * above the plan's numbers whatever stands there, but it may hang at the close of a lower number; so borrowed ones are
 * listed.
 */
static void hide_slots(struct child_task *task)
{
    const struct plan *plan = &task->plan;
    const struct plan_head *head = plan->head;
    struct child_table *table = &task->table;
    const struct slots slots = slots_all();
    bool sweeps = head->flags & PLAN_ONLY_NAMED;
    table->hidden_count = 0;
    for (int i = 0; i < slots.count; i++) {
        const struct slot *slot = &slots.list[i];
        bool is_swept = sweeps && slot->fd > head->highest_fd;
        bool hide = slot->borrower && (is_swept || is_open_on(slot->fd, &slot->holds));
        for (uint32_t step = 0; head->highest_fd >= SLOTS_FIRST_FD && step < head->first_exec && !hide; step++)
            hide = reads(&plan->steps[step]) && plan->steps[step].fd == slot->fd && slots_have(slot->fd);
        if (hide)
            table->hidden[table->hidden_count++] = slot->fd;
    }
}

/* ---- the four calls ------------------------------------------------------------------------------------------- */

bool fdtable_prepare(struct spawn_arena *arena, bool can_share, bool waits)
{
    struct child_task *task = &arena->task;
    task->table = (struct child_table){0};
    bool shares = pays(task) && can_share && prepare_to_share(arena, waits);
    hide_slots(task);
    return shares;
}

/*
 * A filter may forbid in the child what slots_open() found allowed in the parent. So the parent waits for the first
 * children, until one has left its shared table.
 */
int fdtable_cloned(struct spawn_arena *arena)
{
    if (state.is_proven)
        return 0;
    wait_a_moment(arena);
    uint32_t word = word_of(arena);
    int32_t refused = arena->task.table.refused;
    state.is_proven = refused == 0;
    return word == 0 && refused < 0 ? refused : 0;
}

void fdtable_failed(struct spawn_arena *arena)
{
    remember_refusal(arena->task.table.refused);
    return_slots_of(arena);
    arena->task.table = (struct child_table){0};
    hide_slots(&arena->task);
}

void fdtable_release(struct spawn_arena *arena)
{
    const struct engine_hold hold = engine_lock();
    return_slots_of(arena);
    engine_unlock(&hold);
}

/* ---- at load, and for tests ----------------------------------------------------------------------------------- */

void fdtable_reserve_slots(void)
{
    open_slots();
}

void fdtable_set_mode(enum fdtable_mode mode)
{
    state.mode = mode;
    state.starts = 0;
    if (mode == FDTABLE_COPY)
        slots_close();
}
