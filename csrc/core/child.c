/*
 * Everything that runs in the child, from clone to exec.
 *
 * The child may share all memory with a parent that runs on at the same time: thread-local storage, errno, locks,
 * the heap. So: no libc, no writes but to this stack and this start's own task, nothing that the compiler could turn
 * into a call (a test holds this object to no undefined symbol). Descriptors, signal actions, cwd and umask are the
 * child's own.
 * All signals are blocked on entry, and stay so until the last moment before execve.
 */
#include "child.h"
#include "sys.h"

#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/futex.h>
#include <linux/ioctl.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <asm-generic/ioctls.h>
#include <asm-generic/poll.h>

/* glibc and musl keep these two for themselves; no program can ask for them blocked or ignored. */
#define LIBC_SIGNALS ((1ull << 31) | (1ull << 32))
#define SIGNAL_BIT(n) (1ull << ((n)-1))
#define HIGHEST_FD 0x7fffffff

/* A table has room for the one at least; beyond the other its numbers are not closed one by one. */
enum { LEAST_NUMBERS = 64, MOST_NUMBERS = 65536 };

struct child {
    const struct plan *plan;
    int report;         /* the write end, wherever it has been moved to */
    int spare;          /* the one descriptor a `save` holds, or -1 */
    enum plan_op blame; /* what to name if the step under way fails */
};

/* Without a word, or after the last one. */
static _Noreturn void die(void)
{
    for (;;) {
        sys_call1(__NR_exit_group, 127);
        sys_call1(__NR_exit, 127); /* a filter refuses the other; this process has one thread */
    }
}

static int as_int(long value)
{
    return (int)value;
}

static int fd_flags(int fd, int flags)
{
    return as_int(sys_call3(__NR_fcntl, fd, F_SETFD, flags));
}

/*
 * Rule A to C of the report pipe: no step may close, replace or inherit it, and no `open` may find it in its place.
 * It moves once above every number the plan names. F_DUPFD's minimum at or above RLIMIT_NOFILE is EINVAL, not EMFILE:
 * then it stays, and make_way() moves it when a step wants its number.
 */
static int relocate(struct child *child, int minimum)
{
    int moved = as_int(sys_call3(__NR_fcntl, child->report, F_DUPFD_CLOEXEC, minimum));
    if (moved < 0)
        return moved;
    sys_call1(__NR_close, child->report);
    child->report = moved;
    return 0;
}

static int leave_named_numbers(struct child *child)
{
    int highest = child->plan->head->highest_fd;
    if (child->report > highest || highest == HIGHEST_FD)
        return 0;
    int error = relocate(child, highest + 1);
    return error == -EINVAL ? 0 : error;
}

static int make_way(struct child *child, int fd)
{
    int error = fd == child->report ? relocate(child, 0) : 0;
    if (error)
        child->blame = OP_REPORT_PIPE;
    return error;
}

/* The report pipe is nobody's source: to the caller it was never there. */
static int source(const struct child *child, int fd)
{
    return fd == child->report ? -EBADF : 0;
}

/*
 * What a file system says when a file is closed does not matter: the number is free then. Only a filter leaves it open.
 */
static int close_number(int fd)
{
    int error = as_int(sys_call1(__NR_close, fd));
    bool is_closed = !error || error == -EBADF || sys_call2(__NR_fcntl, fd, F_GETFD) == -EBADF;
    return is_closed ? 0 : error;
}

/*
 * What /proc/self/fd lists of low to high. Not 0: it cannot be read, or it lists something else. The directory's own
 * descriptor is in the list of this process, and tells it from a folder that has been put there.
 */
static int close_listed(int low, int high)
{
    struct entry {
        uint64_t inode;
        int64_t offset;
        uint16_t size;
        uint8_t type;
        char name[];
    };
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
            int64_t fd = 0;
            const char *digit = entry->name;
            while (*digit >= '0' && *digit <= '9')
                fd = fd * 10 + (*digit++ - '0');
            bool is_number = digit != entry->name && !*digit;
            is_own |= is_number && fd == dir;
            if (is_number && fd >= low && fd <= high && fd != dir && !refused)
                refused = close_number((int)fd);
            at += entry->size;
        }
    }
    sys_call1(__NR_close, dir);
    return size < 0 ? as_int(size) : is_own ? refused : -ENOSYS;
}

/*
 * Whether the table of this child has room for the number, which RLIMIT_NOFILE does not tell: it may have been lowered
 * after descriptors were opened. select(2) refuses a closed number with EBADF, but passes over those beyond the table.
 */
static bool table_reaches(int fd)
{
    enum { BITS = 64 };
    uint64_t set[MOST_NUMBERS / BITS + 1];
    int64_t no_time[2] = {0, 0};
    if (sys_call2(__NR_fcntl, fd, F_GETFD) >= 0)
        return true;
    volatile uint64_t *words = set; /* no memset */
    for (int i = 0; i <= fd / BITS; i++)
        words[i] = 0;
    words[fd / BITS] = 1ull << fd % BITS;
    return sys_call6(__NR_pselect6, fd + 1, (long)set, 0, 0, (long)no_time, 0) != 0;
}

/*
 * One by one, up to the end of the table. It was made for this child, with room for the highest open descriptor and
 * little more: a power of two.
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

/* While the table was shared, somebody in the parent may have closed the number and opened a file of his own there. */
static bool is_as_lent(const struct table_move *move)
{
    return is_open_on(move->from, &move->holds);
}

/* The private table has the numbers below the limit. In the shared one this is the only call about descriptors. */
static int leave_shared_table(struct child_task *task)
{
    const struct child_table *table = &task->table;
    long error = sys_call3(__NR_close_range, table->limit, ~0u, CLOSE_RANGE_UNSHARE);
    if (error) /* a filter that came after the first flat start: the whole table then, the sweep closes the rest */
        error = sys_call1(__NR_unshare, CLONE_FILES);
    task->table.refused = as_int(error);
    if (error)
        return as_int(error);
    __atomic_store_n(&task->in_memory, IN_MEMORY, __ATOMIC_RELEASE);
    if (table->wakes)
        sys_call3(__NR_futex, &task->in_memory, FUTEX_WAKE, HIGHEST_FD);
    for (int i = 0; i < table->count; i++)
        if (table->moves[i].to < 0 && !is_as_lent(&table->moves[i]))
            die(); /* a report would go into a stranger's file */
    if (table->tells) {
        const struct plan_report left = {.error = 0, .step = -1, .op = OP_TABLE};
        sys_call3(__NR_write, task->write_fd, &left, sizeof left);
    }
    for (int i = 0; i < table->count; i++) {
        const struct table_move *move = &table->moves[i];
        if (!is_as_lent(move))
            continue; /* a stranger's by now: the step that wants it will say so */
        long moved = move->to < 0 ? 0 : sys_call3(__NR_dup3, move->from, move->to, O_CLOEXEC);
        if (moved < 0 && moved != -EBADF) /* closed by a stranger: the step that wants it will say so */
            return as_int(moved);
    }
    return 0;
}

static void hide_reserve(const struct child *child, const struct child_table *table)
{
    for (int i = 0; i < table->hidden_count; i++)
        if (table->hidden[i] != child->report)
            sys_call1(__NR_close, table->hidden[i]);
}

/* Kernels before 5.9, and filters that know no close_range, have two other ways; the last one may be none. */
static int close_range(int low, int high)
{
    if (low > high)
        return 0;
    int error = as_int(sys_call3(__NR_close_range, low, high == HIGHEST_FD ? ~0u : (unsigned)high, 0));
    if (error != -ENOSYS && error != -EPERM)
        return error;
    return close_listed(low, high) == 0 ? 0 : close_each(low, high);
}

/* All numbers from low to high, but never the report pipe. */
static int close_around(const struct child *child, int low, int high)
{
    int report = child->report;
    if (report < low || report > high)
        return close_range(low, high);
    int error = close_range(low, report - 1);
    return error ? error : close_range(report + 1, high);
}

/*
 * POSIX: an open descriptor at the target is closed first (so that a full table has room for the new one), and the
 * flags mean the same whether or not open() happens to land on the target.
 */
static int open_onto(struct child *child, int fd, const char *path, int flags, uint32_t mode)
{
    int error = make_way(child, fd);
    if (error)
        return error;
    sys_call1(__NR_close, fd);
    int opened = as_int(sys_call4(__NR_openat, AT_FDCWD, path, flags, mode));
    if (opened < 0 || opened == fd)
        return opened < 0 ? opened : 0;
    int moved = as_int(sys_call3(__NR_dup3, opened, fd, flags & O_CLOEXEC));
    int left = close_number(opened);
    return moved < 0 ? moved : left;
}

static int duplicate_onto(struct child *child, int fd, int new_fd)
{
    int error = source(child, fd);
    if (error)
        return error;
    if (fd == new_fd) /* dup2(n, n) would leave close-on-exec set; POSIX 2024 wants it cleared here */
        return fd_flags(fd, 0);
    error = make_way(child, new_fd);
    if (!error)
        error = source(child, fd); /* where the report may have moved to just now */
    if (error)
        return error;
    int moved = as_int(sys_call3(__NR_dup3, fd, new_fd, 0));
    return moved < 0 ? moved : 0;
}

static int close_one(const struct child *child, int fd)
{
    return fd == child->report ? 0 : close_number(fd);
}

static int inherit(const struct child *child, int fd)
{
    int error = source(child, fd);
    return error ? error : fd_flags(fd, 0);
}

static int keep_if_open(const struct child *child, int fd)
{
    int error = inherit(child, fd);
    return error == -EBADF ? 0 : error;
}

static int use_directory(const struct child *child, int fd)
{
    int error = source(child, fd);
    return error ? error : as_int(sys_call1(__NR_fchdir, fd));
}

/* SIGTTOU is blocked with all the others: from the background this neither stops nor fails. */
static int take_terminal(const struct child *child, int fd)
{
    int error = source(child, fd);
    if (error)
        return error;
    int group = as_int(sys_call1(__NR_getpgid, 0));
    if (group < 0)
        return group;
    return as_int(sys_call3(__NR_ioctl, fd, TIOCSPGRP, &group));
}

/* The lowest free number will do: between save and restore only descriptors of one cycle are written, all open. */
static int save(struct child *child, int fd)
{
    int error = source(child, fd);
    if (error)
        return error;
    int spare = as_int(sys_call3(__NR_fcntl, fd, F_DUPFD_CLOEXEC, 0));
    if (spare < 0)
        return spare;
    child->spare = spare;
    return 0;
}

static int restore(struct child *child, int new_fd)
{
    int spare = child->spare;
    int error = duplicate_onto(child, spare, new_fd);
    if (!error)
        sys_call1(__NR_close, spare);
    return error;
}

/* Effective ids back to the real ones; execve then copies them to the saved ids. Group first: after it is too late. */
static int reset_ids(void)
{
    /* ids are 32 bits without a sign: what is negative is a refusal, and would be set as an id */
    long group = sys_call0(__NR_getgid), user = sys_call0(__NR_getuid);
    if (group < 0 || user < 0)
        return as_int(group < 0 ? group : user);
    int error = as_int(sys_call3(__NR_setresgid, -1, group, -1));
    return error ? error : as_int(sys_call3(__NR_setresuid, -1, user, -1));
}

/*
 * Shared with whoever else has the same open file: as libuv does it for a child's standard descriptors, whose programs
 * expect reads that wait. What cannot be changed stays as it is.
 */
static int set_blocking(const struct child *child, int fd)
{
    if (source(child, fd))
        return 0;
    int flags = as_int(sys_call2(__NR_fcntl, fd, F_GETFL));
    if (flags >= 0 && flags & O_NONBLOCK)
        sys_call3(__NR_fcntl, fd, F_SETFL, flags & ~O_NONBLOCK);
    return 0;
}

static int set_umask(int mask)
{
    int before = as_int(sys_call1(__NR_umask, mask));
    return before < 0 ? before : 0;
}

static int set_scheduler(int policy, int priority)
{
    return as_int(sys_call3(__NR_sched_setscheduler, 0, policy, &priority));
}

static int set_priority(int priority)
{
    return as_int(sys_call2(__NR_sched_setparam, 0, &priority));
}

static int run_step(struct child *child, const struct plan_step *step)
{
    const char *text = child->plan->bytes + step->text;
    switch ((enum plan_op)step->op) {
    case OP_OPEN: return open_onto(child, step->fd, text, step->arg, step->mode);
    case OP_DUP2: return duplicate_onto(child, step->fd, step->arg);
    case OP_CLOSE: return close_one(child, step->fd);
    case OP_CHDIR: return as_int(sys_call1(__NR_chdir, text));
    case OP_FCHDIR: return use_directory(child, step->fd);
    case OP_CLOSEFROM: return close_around(child, step->fd, HIGHEST_FD);
    case OP_INHERIT: return inherit(child, step->fd);
    case OP_KEEP_IF_OPEN: return keep_if_open(child, step->fd);
    case OP_TCSETPGRP: return take_terminal(child, step->fd);
    case OP_SAVE: return save(child, step->fd);
    case OP_RESTORE: return restore(child, step->arg);
    case OP_SWEEP: return close_around(child, step->fd, step->arg);
    case OP_SETSID: {
        int session = as_int(sys_call0(__NR_setsid));
        return session < 0 ? session : 0;
    }
    case OP_SETPGID: return as_int(sys_call2(__NR_setpgid, 0, step->arg));
    case OP_RESET_IDS: return reset_ids();
    case OP_SETSCHEDULER: return set_scheduler(step->arg, (int)step->mode);
    case OP_SETPARAM: return set_priority((int)step->mode);
    case OP_UMASK: return set_umask(step->arg);
    case OP_SET_BLOCKING: return set_blocking(child, step->fd);
    case OP_SETGROUPS: return as_int(sys_call2(__NR_setgroups, step->arg, text));
    case OP_DROP_GROUPS_IF_ALLOWED: sys_call2(__NR_setgroups, 0, NULL); return 0;
    case OP_SETGID: return as_int(sys_call1(__NR_setgid, (uint32_t)step->arg));
    case OP_SETUID: return as_int(sys_call1(__NR_setuid, (uint32_t)step->arg));
    default: return -EINVAL; /* plan_open() lets nothing else through */
    }
}

static int set_action(int number, uintptr_t handler)
{
    struct sys_sigaction action = {.handler = handler, .flags = 0, .restorer = 0, .mask = 0};
    return as_int(sys_call4(__NR_rt_sigaction, number, &action, NULL, SYS_SIGSET_SIZE));
}

/* A handler of the parent's that ran here would run on the parent's memory: none may survive. */
static int drop_handler(int number)
{
    struct sys_sigaction action;
    int error = as_int(sys_call4(__NR_rt_sigaction, number, NULL, &action, SYS_SIGSET_SIZE));
    if (error || action.handler == SYS_SIG_DFL || action.handler == SYS_SIG_IGN)
        return error;
    return set_action(number, SYS_SIG_DFL);
}

static int set_dispositions(const struct child_task *task)
{
    const struct plan_head *head = task->plan.head;
    uint64_t defaults = (head->sigdefault | LIBC_SIGNALS) & ~head->sigignore;
    for (int number = 1; number <= SYS_SIGNALS; number++) {
        int error = 0;
        if (number == SIGKILL || number == SIGSTOP)
            continue;
        if (head->sigignore & SIGNAL_BIT(number))
            error = set_action(number, SYS_SIG_IGN);
        else if (defaults & SIGNAL_BIT(number))
            error = set_action(number, SYS_SIG_DFL);
        else if (!task->handlers_cleared)
            error = drop_handler(number);
        if (error)
            return error;
    }
    return 0;
}

/* The last act before execve: from here a signal can kill, and may then dump core. */
static int set_mask(const struct child_task *task)
{
    const struct plan_head *head = task->plan.head;
    uint64_t mask = (head->flags & PLAN_SIGMASK ? head->sigmask : task->caller_mask) & ~LIBC_SIGNALS;
    return as_int(sys_call4(__NR_rt_sigprocmask, SIG_SETMASK, &mask, NULL, SYS_SIGSET_SIZE));
}

/* Its first argument is the script, in place of argv[0]; that is put back, should another candidate follow. */
static int exec_by_shell(struct child_task *task, const char *path)
{
    static const char shell[] = "/bin/sh";
    const char *name = task->argv[0];
    task->argv[-1] = shell;
    task->argv[0] = path;
    int error = as_int(sys_call3(__NR_execve, shell, task->argv - 1, task->envp));
    task->argv[0] = name;
    return error;
}

static int exec_one(struct child_task *task, const char *path)
{
    int error = as_int(sys_call3(__NR_execve, path, task->argv, task->envp));
    bool script = error == -ENOEXEC && task->plan.head->flags & PLAN_SHELL_SCRIPTS;
    return script ? exec_by_shell(task, path) : error;
}

/* The file is not there, or lies on a file system that is gone for now: the next one may be. As in glibc. */
static bool go_on(int error)
{
    return error == -ENOENT || error == -ENOTDIR || error == -ESTALE || error == -ENODEV || error == -ETIMEDOUT;
}

/* Tries the candidates; returns the errno that a shell would give, and sets `at` to the candidate it came from. */
static int exec_candidates(struct child_task *task, uint32_t *at)
{
    const struct plan *plan = &task->plan;
    int error = -ENOENT, denied = 0;
    for (uint32_t i = plan->head->first_exec; i < plan->head->step_count; i++) {
        task->progress = (int32_t)i;
        error = exec_one(task, plan->bytes + plan->steps[i].text);
        if (error == -EACCES) {
            if (!denied)
                *at = i;
            denied = 1;
        } else if (!go_on(error)) {
            *at = i;
            return error;
        } else if (!denied) {
            *at = i;
        }
    }
    return denied ? -EACCES : error;
}

/*
 * One write of the whole report. EPIPE means that the parent is gone: there is nobody to tell. The exit code is seen
 * only where the report could not be written at all.
 */
static _Noreturn void fail(const struct child *child, int error, int32_t step, enum plan_op op)
{
    struct plan_report report = {.error = -error, .step = step, .op = op};
    sys_call3(__NR_write, child->report, &report, sizeof report);
    die();
}

/*
 * An orphan would keep the parent's whole memory alive, and with all signals blocked only SIGKILL could end it: so
 * the child dies with the thread that made it, until the moment of exec. The parent may be gone already: then another
 * process is the parent by now. Returns false where that cannot be seen. To a child in a pid namespace of its own,
 * which its parent has unshared or joined, every parent is 0 (and a filter may refuse the question).
 */
static bool die_with_parent(const struct child_task *task)
{
    sys_call2(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL);
    int parent = as_int(sys_call0(__NR_getppid));
    if (parent <= 0 || task->parent <= 0)
        return false;
    if (parent != task->parent)
        die();
    return true;
}

/*
 * For that case: the parent keeps the read end until it knows of the exec, so a pipe that nobody can read (POLLERR) has
 * lost its parent. This child's own copy of the read end must be closed by now. Where a filter refuses the poll,
 * PDEATHSIG alone must do.
 */
static void die_without_reader(const struct child *child)
{
    struct {
        int fd;
        short events, revents;
    } report = {child->report, 0, 0};
    int64_t no_time[2] = {0, 0};
    if (sys_call5(__NR_ppoll, &report, 1, no_time, NULL, 0) == 1 && report.revents & POLLERR)
        die();
}

static bool changes_ids(enum plan_op op)
{
    return op == OP_RESET_IDS || op == OP_SETGID || op == OP_SETUID;
}

void child_main(void *argument)
{
    struct child_task *task = argument;
    struct child child = {.plan = &task->plan, .report = task->write_fd, .spare = -1, .blame = OP_REPORT_PIPE};
    const struct plan *plan = &task->plan;

    int error = 0;
    bool sees_parent = die_with_parent(task);
    task->progress = PROGRESS_STAGE(OP_TABLE);
    if (task->table.limit)
        error = leave_shared_table(task);
    if (error)
        fail(&child, error, -1, OP_TABLE);
    sys_call1(__NR_close, task->read_fd);
    if (!sees_parent)
        die_without_reader(&child);
    hide_reserve(&child, &task->table);

    task->progress = PROGRESS_STAGE(OP_REPORT_PIPE);
    error = leave_named_numbers(&child);
    if (error)
        fail(&child, error, -1, OP_REPORT_PIPE);

    task->progress = PROGRESS_STAGE(OP_SIGNALS);
    error = set_dispositions(task);
    if (error)
        fail(&child, error, -1, OP_SIGNALS);

    for (uint32_t i = 0; i < plan->head->first_exec; i++) {
        task->progress = (int32_t)i;
        child.blame = (enum plan_op)plan->steps[i].op;
        error = run_step(&child, &plan->steps[i]);
        if (error)
            fail(&child, error, (int32_t)i, child.blame);
        /* a change of ids has cleared it */
        if (changes_ids(child.blame) && !die_with_parent(task))
            die_without_reader(&child);
    }

    task->progress = PROGRESS_STAGE(OP_SIGMASK);
    sys_call2(__NR_prctl, PR_SET_PDEATHSIG, 0);
    error = set_mask(task);
    if (error)
        fail(&child, error, -1, OP_SIGMASK);

    uint32_t at = plan->head->first_exec;
    error = exec_candidates(task, &at);
    fail(&child, error, (int32_t)at, OP_EXECVE);
}
