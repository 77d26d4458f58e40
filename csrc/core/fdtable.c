#include "fdtable.h"
#include "arena.h"
#include "fields.h"
#include "lock.h"
#include "slots.h"
#include "sys.h"

#include <errno.h>
#include <linux/futex.h>
#include <time.h>

/*
 * Open descriptors from which on the mode is used. Measured in Node on 2 cores, a table of the child's own : a shared
 * one, in µs, at 20, 400, 1,000, 4,000 and 19,000 descriptors:
 *
 *   spawn, stdio ignored, blocks the loop    179 : 185   220 : 183   312 : 186   700 : 190     2,400 : 183
 *   posixSpawn until `exited`                768 : 690   734 : 685   846 : 706   1,180 : 730   3,000 : 710
 *
 * Below 400 nothing is gained, and the exec of posixSpawn is known later (250 : 670 µs), because the watcher must run
 * once more in between.
 */
enum { MANY_DESCRIPTORS = 512 };

enum {
    COUNT_INTERVAL = 16, /* starts between two counts of the open descriptors */
    LONGEST_WAIT_NS = 1000000,
    SECOND_NS = 1000000000
};

static struct {
    enum fdtable_mode mode;
    bool is_forbidden;         /* this system refuses a call that the mode needs */
    bool has_many_descriptors; /* at the last count */
    uint32_t starts;
    /* Starts with borrowed slots: at the last look their children had not left the table. */
    struct spawn_arena *sharing[TABLE_SLOTS];
    int sharing_count;
    bool is_proven; /* a child has left its shared table: it is possible here */
} state;

/* Only these two errors are permanent. Others, such as EMFILE or ENOMEM, may not occur at the next start. */
static void remember_refusal(int error)
{
    state.is_forbidden |= error == -ENOSYS || error == -EPERM;
}

static void reserve_slots(void)
{
    if (state.mode != FDTABLE_NEVER && !state.is_forbidden)
        remember_refusal(slots_reserve());
}

/* ---- children in the shared table ----------------------------------------------------------------------------- */

/*
 * IN_TABLE until the child has left the shared table. Acquire pairs with the child's release (child.c): what the child
 * wrote before, `refused` above all, is visible here.
 */
static uint32_t memory_word(const struct spawn_arena *arena)
{
    return __atomic_load_n(&arena->task.in_memory, __ATOMIC_ACQUIRE);
}

/*
 * The child has left, or is dead. `refused`: 0 if it has left, -errno if it could not, NOT_TRIED if it died before.
 * Only 0 proves that the mode works here.
 */
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

static void return_slots_of_children_that_left(void)
{
    for (int i = state.sharing_count - 1; i >= 0; i--)
        if (memory_word(state.sharing[i]) != IN_TABLE)
            return_slots(i);
}

/*
 * The hazard: the engine's lock is held, and the child may be stopped or frozen, or wait long for a processor. So this
 * waits for at most LONGEST_WAIT_NS; the caller then goes on without an answer.
 */
static void wait_until_left(struct spawn_arena *arena)
{
    uint32_t *word = &arena->task.in_memory;
    struct sys_timespec until = {0, 0}; /* if a filter refuses the clock, the time is over at once: no wait */
    sys_call2(__NR_clock_gettime, CLOCK_MONOTONIC, &until);
    until.nanoseconds += LONGEST_WAIT_NS;
    if (until.nanoseconds >= SECOND_NS) {
        until.nanoseconds -= SECOND_NS;
        until.seconds++;
    }
    long error = 0;
    /* EAGAIN: the word has changed. Any other error, such as a filter's, ends the loop: it would never sleep. */
    while (memory_word(arena) == IN_TABLE && (error == 0 || error == -EINTR || error == -EAGAIN))
        error = sys_call6(__NR_futex, (long)word, FUTEX_WAIT_BITSET, IN_TABLE, (long)&until, 0,
                          (long)FUTEX_BITSET_MATCH_ANY);
}

/* ---- whether to share ----------------------------------------------------------------------------------------- */

/*
 * Only for plans that close all unnamed descriptors: any other child needs the whole table. The check must be cheap
 * with few descriptors, so they are counted only once in COUNT_INTERVAL starts. In between, the number that the new
 * pipe got shows a table that has grown. With each count one slot is checked: other code that closes all descriptors
 * that it does not know closes the slots too. Then they are reserved again, as long as low numbers are free.
 */
static bool should_share(const struct child_task *task)
{
    if (!(task->plan.head->flags & PLAN_ONLY_NAMED) || state.mode == FDTABLE_NEVER || state.is_forbidden)
        return false;
    bool counts_now = state.starts % COUNT_INTERVAL == 0;
    if (counts_now)
        state.has_many_descriptors = slots_count_descriptors() >= MANY_DESCRIPTORS;
    bool is_faster = state.has_many_descriptors || task->write_fd >= MANY_DESCRIPTORS || state.mode == FDTABLE_ALWAYS;
    if (counts_now && (is_faster || !slots_check_one(state.starts / COUNT_INTERVAL)))
        reserve_slots();
    state.starts++;
    return is_faster && slots_all().count > 1; /* one slot is never borrowed */
}

/* ---- what the child needs ------------------------------------------------------------------------------------- */

static bool is_made_available(const struct child_table *table, int32_t fd)
{
    for (int i = 0; i < table->count; i++)
        if (table->moves[i].to == fd)
            return true;
    return false;
}

/* Whatever the child copies when it leaves must be below the limit. Numbers at or above it stay with the parent. */
static void keep_below_limit(struct child_table *table, int32_t fd)
{
    if (fd >= table->limit)
        table->limit = fd + 1;
}

/* Duplicates `fd` onto a slot, from which the child duplicates it to `to`. Returns the slot's number, or -1. */
static int32_t duplicate_to_slot(struct child_task *task, int32_t fd, int32_t to, const struct identity *identity)
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
 * Makes one descriptor that the plan reads available to the child. False: this start cannot share the table.
 *
 * The hazard: the caller may close the number, or open another file there, before the child has left the table. So the
 * file is duplicated onto a slot, and the child duplicates it back to its number. A file that must not be duplicated
 * (slots_can_hold: a regular file or a directory, say) can only stay at its number. That is safe if the caller waits
 * and leaves it open (the drop-in), and if the number is below the end of the slots: a higher one would make the copy
 * as expensive as that of the whole table. In all other cases the child gets a table of its own.
 */
static bool make_available(struct child_task *task, int32_t fd, bool waits)
{
    struct child_table *table = &task->table;
    struct identity identity;
    uint16_t mode;
    if (is_made_available(table, fd) || slots_contain(fd))
        return true;
    /* A number that is closed now may be open in the shared table a moment later: clone may give it to the pidfd, or
     * the caller may open a file there. The plan must get EBADF, so the child needs a table of its own. The same is
     * true of the report pipe: to the plan its numbers are closed. */
    if (fd == task->read_fd || fd == task->write_fd || identify(fd, &identity, &mode) != 0)
        return false;
    /* the child cannot put a file back on a number that is not below RLIMIT_NOFILE */
    if (slots_can_hold(fd, mode))
        return fd < slots_soft_limit() && duplicate_to_slot(task, fd, fd, &identity) >= 0;
    if (!waits || fd >= slots_end())
        return false;
    keep_below_limit(table, fd);
    return true;
}

/*
 * What the plan does not name takes a slot too, and its number need not be kept (`to` is -1). The hazard: until the
 * child has left the table, the caller closes the number of the directory. Closing the duplicate is harmless: O_PATH
 * has no locks.
 */
static bool move_to_slot(struct child_task *task, int32_t *fd)
{
    struct identity identity;
    uint16_t mode;
    int error = identify(*fd, &identity, &mode);
    int32_t slot = error ? -1 : duplicate_to_slot(task, *fd, -1, &identity);
    if (slot >= 0)
        *fd = slot;
    return slot >= 0;
}

/* What no step names is last: the directory, the runner's file, the report pipe. */
static bool make_all_available(struct child_task *task, bool waits)
{
    const struct plan *plan = &task->plan;
    for (uint32_t i = 0; i < plan->head->first_exec; i++)
        if (reads_descriptor(&plan->steps[i]) && !make_available(task, plan->steps[i].fd, waits))
            return false;
    struct own_memory *own = &task->own_memory;
    const int32_t directory = task->directory, file = own->file;
    if ((directory < 0 || move_to_slot(task, &task->directory)) && (own->step < 0 || move_to_slot(task, &own->file)) &&
        move_to_slot(task, &task->write_fd))
        return true;
    task->directory = directory;
    own->file = file;
    return false;
}

static bool prepare_to_share(struct spawn_arena *arena, bool waits)
{
    struct child_task *task = &arena->task;
    return_slots_of_children_that_left();
    if (state.sharing_count == TABLE_SLOTS)
        return false;
    task->table.limit = SLOTS_FIRST_FD;
    if (!make_all_available(task, waits)) {
        slots_return(task);
        task->table = (struct child_table){0};
        return false;
    }
    task->table.refused = NOT_TRIED;
    task->table.reports_leaving = !waits;        /* a parent that waits reads the word instead */
    task->table.wakes_parent = !state.is_proven; /* fdtable_cloned() waits only until then */
    state.sharing[state.sharing_count++] = arena;
    return true;
}

/*
 * Lists the slots that the child must close before its first step.
 *
 * The hazards: the caller has not opened what is on the slots. A plan that does dup2 from such a number must get EBADF,
 * not the memfd; so a slot that a step reads is listed. A borrowed slot may hold another start's report pipe: a child
 * that hangs would keep that pipe open, and the other start would not see its end of file. So every borrowed slot is
 * listed. The sweep step would close those above the plan's numbers too, but it may hang at the close of a lower one.
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
        /* Swept numbers are closed in any case. Below them, a slot may be open on a file of other code by now. */
        bool is_swept = sweeps && slot->fd > head->highest_fd;
        bool hide = slot->borrower && (is_swept || is_open_on(slot->fd, &slot->file));
        for (uint32_t step = 0; head->highest_fd >= SLOTS_FIRST_FD && step < head->first_exec && !hide; step++)
            hide = reads_descriptor(&plan->steps[step]) && plan->steps[step].fd == slot->fd && slots_contain(slot->fd);
        if (hide)
            table->hidden[table->hidden_count++] = slot->fd;
    }
}

/* ---- the four calls ------------------------------------------------------------------------------------------- */

bool fdtable_prepare(struct spawn_arena *arena, bool can_share, bool waits)
{
    struct child_task *task = &arena->task;
    task->table = (struct child_table){0};
    bool shares = should_share(task) && can_share && prepare_to_share(arena, waits);
    hide_slots(task);
    return shares;
}

/*
 * A filter may refuse in the child what slots_reserve() could do in the parent: just the flag CLOSE_RANGE_UNSHARE. So
 * the parent waits for the first children, for at most 1 ms each, until one has left its shared table. Later it does
 * not wait. A later child that cannot leave, because there is no memory for its table (ENOMEM), makes the start fail
 * with that error, at the stage `table`. Without the mode, clone would have failed with the same error.
 */
int fdtable_cloned(struct spawn_arena *arena)
{
    if (state.is_proven)
        return 0;
    wait_until_left(arena);
    uint32_t word = memory_word(arena);
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
    reserve_slots();
}

void fdtable_set_mode(enum fdtable_mode mode)
{
    state.mode = mode;
    state.starts = 0;
    if (mode == FDTABLE_NEVER)
        slots_close_free();
}
