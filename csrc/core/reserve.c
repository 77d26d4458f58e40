#include "reserve.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <linux/stat.h>
#include <sys/resource.h>

enum {
    FIRST_FD = 3,
    CROWDED = 512,      /* open descriptors from which on flat is cheaper: measured, see ARCHITECTURE.md */
    SAMPLE = 16,        /* starts between two looks at how many are open */
    ROOMY = 64,         /* free numbers that must be left over when the reserve is taken */
    HIGHEST_SLOT = 4096 /* above, a copy up to the slots costs what it is to save */
};

struct slot {
    int32_t fd;
    const struct child_task *lent_to; /* NULL: it is not */
    struct identity holds;            /* while lent */
};

/* One slot is never lent: the others are made of it. */
static struct {
    struct identity memfd;
    struct slot slots[RESERVE_SLOTS];
    int count;    /* 0: there is none */
    int32_t low;  /* numbers below this may stay where they are while the caller waits */
    bool refused; /* this system forbids what it takes */
    bool crowded;
    uint32_t starts;
    enum reserve_mode mode;
} reserve;

/* ---- the slots ------------------------------------------------------------------------------------------------ */

/* A slot that is a stranger's by now is forgotten: it is never touched again. */
static void retire(int index)
{
    for (reserve.count--; index < reserve.count; index++)
        reserve.slots[index] = reserve.slots[index + 1];
}

/* 0 where a filter refuses the question: then there is no room for a reserve, and starts are plain. */
static int64_t soft_limit(void)
{
    struct rlimit limit = {0, 0};
    sys_call4(__NR_prlimit64, 0, RLIMIT_NOFILE, NULL, &limit);
    return limit.rlim_cur > INT32_MAX ? INT32_MAX : (int64_t)limit.rlim_cur;
}

/* Descriptors of this process, or 0 where the system does not tell (before Linux 6.2, without /proc). */
static int64_t open_descriptors(void)
{
    struct statx status;
    long error = sys_call5(__NR_statx, AT_FDCWD, "/proc/self/fd", 0, STATX_SIZE, &status);
    return error ? 0 : (int64_t)status.stx_size;
}

static void give_up(void)
{
    for (int i = reserve.count - 1; i >= 0; i--) {
        int32_t fd = reserve.slots[i].fd;
        if (reserve.slots[i].lent_to)
            continue;
        if (is_open_on(fd, &reserve.memfd))
            sys_call1(__NR_close, fd);
        retire(i);
    }
}

/* The lowest holes from 3 on. All or none: what is left of a table that is nearly full is not for us. */
void reserve_build(void)
{
    struct identity made;
    uint16_t mode;
    for (int i = reserve.count - 1; i >= 0; i--)
        if (!reserve.slots[i].lent_to && !is_open_on(reserve.slots[i].fd, &reserve.memfd))
            retire(i);
    if (reserve.count > RESERVE_SLOTS / 2 || reserve.refused || reserve.mode == RESERVE_NEVER ||
        soft_limit() - open_descriptors() < RESERVE_SLOTS + ROOMY)
        return;
    int refused = (int)sys_call3(__NR_close_range, INT32_MAX, INT32_MAX, 0);
    if (refused) {
        reserve_refused(refused);
        return;
    }
    long memfd = sys_call2(__NR_memfd_create, "forkless", MFD_CLOEXEC);
    if (memfd < 0) {
        reserve_refused((int)memfd);
        return;
    }
    int32_t fds[RESERVE_SLOTS];
    int count = 0;
    long fd = identify((int32_t)memfd, &made, &mode);
    for (; fd >= 0 && fd < HIGHEST_SLOT && count < RESERVE_SLOTS; count++) {
        fd = sys_call3(__NR_fcntl, memfd, F_DUPFD_CLOEXEC, FIRST_FD);
        fds[count] = (int32_t)fd;
    }
    sys_call1(__NR_close, memfd);
    if (fd < 0 || fd >= HIGHEST_SLOT) {
        while (count > 0)
            sys_call1(__NR_close, fds[--count]);
        reserve_refused((int)fd);
        return;
    }
    give_up(); /* what is left of the last one */
    reserve.memfd = made;
    for (int i = 0; i < count; i++) {
        if (reserve.count < RESERVE_SLOTS)
            reserve.slots[reserve.count++] = (struct slot){.fd = fds[i]};
        else
            sys_call1(__NR_close, fds[i]);
    }
    reserve.low = (int32_t)fd + 1;
}

/* A number that duplicates of the memfd are made of, or -1. */
static int32_t master(void)
{
    for (int i = reserve.count - 1; i >= 0; i--)
        if (!reserve.slots[i].lent_to && is_open_on(reserve.slots[i].fd, &reserve.memfd))
            return reserve.slots[i].fd;
    return -1;
}

static struct slot *slot_of(int32_t fd)
{
    for (int i = 0; i < reserve.count; i++)
        if (reserve.slots[i].fd == fd)
            return &reserve.slots[i];
    return NULL;
}

/* And not a stranger's by now. */
static bool is_reserved(int32_t fd)
{
    const struct slot *slot = slot_of(fd);
    return slot && (slot->lent_to || is_open_on(fd, &reserve.memfd));
}

/* ---- one start ------------------------------------------------------------------------------------------------ */

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

/*
 * Closing any duplicate of a file ends this process's record locks on it (POSIX), its dnotify watch, and calls what
 * the file system does at close. So only what has none of these is duplicated: sockets, pipes and devices that are not
 * locked.
 */
static bool is_locked(int32_t fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return sys_call3(__NR_fcntl, fd, F_OFD_GETLK, &lock) != 0 || lock.l_type != F_UNLCK; /* not known: may be */
}

static bool may_be_duplicated(int32_t fd, uint16_t mode)
{
    mode &= S_IFMT;
    return (mode == S_IFSOCK || mode == S_IFIFO || mode == S_IFCHR) && !is_locked(fd);
}

static bool is_moved(const struct child_table *table, int32_t fd)
{
    for (int i = 0; i < table->count; i++)
        if (table->moves[i].to == fd)
            return true;
    return false;
}

static void cover(struct child_table *table, int32_t fd)
{
    if (fd >= table->limit)
        table->limit = fd + 1;
}

/* A duplicate on a free slot. Its number, or -1. */
static int32_t place(struct child_task *task, int32_t fd, int32_t to, const struct identity *identity)
{
    struct child_table *table = &task->table;
    int32_t kept = master(); /* whichever it is: what is lent is taken back with it */
    for (int i = 0; i < reserve.count; i++) {
        struct slot *slot = &reserve.slots[i];
        if (slot->lent_to || slot->fd == kept)
            continue;
        if (!is_open_on(slot->fd, &reserve.memfd)) {
            retire(i--);
            continue;
        }
        if (sys_call3(__NR_dup3, fd, slot->fd, O_CLOEXEC) < 0)
            return -1;
        slot->lent_to = task;
        slot->holds = *identity;
        table->moves[table->count++] = (struct table_move){slot->fd, to, *identity};
        cover(table, slot->fd);
        return slot->fd;
    }
    return -1;
}

/*
 * One descriptor that the plan reads. False: not in this way. It gets a number that stays the child's whatever the
 * caller does next; what cannot have one may stay where it is only while the caller waits.
 */
static bool bring(struct child_task *task, int32_t fd, bool waits)
{
    struct child_table *table = &task->table;
    struct identity identity;
    uint16_t mode;
    if (is_moved(table, fd) || is_reserved(fd))
        return true;
    /* closed here, but in a table that is shared it need not stay so: the pidfd, or what the caller opens next */
    if (fd == task->read_fd || fd == task->write_fd || identify(fd, &identity, &mode) != 0)
        return false;
    if (may_be_duplicated(fd, mode))
        return fd < soft_limit() && place(task, fd, fd, &identity) >= 0;
    if (waits && fd < reserve.low)
        cover(table, fd);
    return waits && fd < reserve.low;
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
    int32_t slot = error ? -1 : place(task, task->write_fd, -1, &identity);
    if (slot >= 0)
        task->write_fd = slot;
    return slot >= 0;
}

/*
 * Before it is crowded one slot at a time is looked at: who closes what he does not know closes them all, and the low
 * numbers must be taken again while they are free.
 */
static bool one_is_ours(uint32_t which)
{
    if (reserve.count == 0)
        return false;
    const struct slot *slot = &reserve.slots[which % (uint32_t)reserve.count];
    return slot->lent_to || is_open_on(slot->fd, &reserve.memfd);
}

/* Cheap where it is not crowded: a look every so often, or a new number that says it by itself. */
bool reserve_pays(const struct child_task *task)
{
    if (!(task->plan.head->flags & PLAN_ONLY_NAMED) || reserve.mode == RESERVE_NEVER || reserve.refused)
        return false;
    bool sample = reserve.starts % SAMPLE == 0;
    if (sample)
        reserve.crowded = open_descriptors() >= CROWDED;
    bool pays = reserve.crowded || task->write_fd >= CROWDED || reserve.mode == RESERVE_ALWAYS;
    if (sample && (pays || !one_is_ours(reserve.starts / SAMPLE)))
        reserve_build();
    reserve.starts++;
    return pays && reserve.count > 1;
}

bool reserve_lend(struct child_task *task, bool waits)
{
    int32_t write_fd = task->write_fd;
    task->table.limit = FIRST_FD;
    if (bring_all(task, waits))
        return true;
    reserve_take_back(task);
    task->table = (struct child_table){0};
    task->write_fd = write_fd;
    return false;
}

static bool has_an_end(int32_t fd)
{
    struct identity identity;
    uint16_t mode;
    return identify(fd, &identity, &mode) == 0 && ((mode & S_IFMT) == S_IFSOCK || (mode & S_IFMT) == S_IFIFO);
}

/*
 * What stands on a slot is what was put there, or it is not touched. Where every slot is a stranger's, somebody has
 * closed them all, and even a file that looks the same is his.
 */
void reserve_take_back(const struct child_task *task)
{
    int32_t memfd = master();
    for (int i = reserve.count - 1; i >= 0; i--) {
        struct slot *slot = &reserve.slots[i];
        int32_t fd = slot->fd;
        if (slot->lent_to != task)
            continue;
        slot->lent_to = NULL;
        /* a stranger's socket or pipe is never this one, and somebody may wait for its end of file; a device may be */
        if (memfd < 0 && has_an_end(fd) && is_open_on(fd, &slot->holds))
            sys_call1(__NR_close, fd);
        bool is_there = memfd >= 0 && is_open_on(fd, &slot->holds) && !is_locked(fd);
        if (is_there && sys_call3(__NR_dup3, memfd, fd, O_CLOEXEC) >= 0)
            continue;
        if (is_there) /* above the limit of descriptors, which was lowered */
            sys_call1(__NR_close, fd);
        retire(i);
    }
}

void reserve_hide(struct child_task *task)
{
    const struct plan *plan = &task->plan;
    struct child_table *table = &task->table;
    bool sweeps = plan->head->flags & PLAN_ONLY_NAMED;
    table->hidden_count = 0;
    for (int i = 0; i < reserve.count; i++) {
        const struct slot *slot = &reserve.slots[i];
        /* the sweep closes it whoever has it now, but may hang at the close of a lower one */
        bool swept = sweeps && slot->fd > plan->head->highest_fd;
        bool hide = slot->lent_to && (swept || is_open_on(slot->fd, &slot->holds));
        for (uint32_t step = 0; plan->head->highest_fd >= FIRST_FD && step < plan->head->first_exec && !hide; step++)
            hide = reads(&plan->steps[step]) && plan->steps[step].fd == slot->fd && is_reserved(slot->fd);
        if (hide)
            table->hidden[table->hidden_count++] = slot->fd;
    }
}

void reserve_refused(int error)
{
    reserve.refused |= error == -ENOSYS || error == -EPERM;
}

void reserve_set_mode(enum reserve_mode mode)
{
    reserve.mode = mode;
    reserve.starts = 0;
    if (mode == RESERVE_NEVER)
        give_up();
}
