#include "spawn.h"
#include "arena.h"
#include "certain.h"
#include "ending.h"
#include "fdtable.h"
#include "handle.h"
#include "lock.h"
#include "maker.h"
#include "runner_caller.h"
#include "runner_probe.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* The state of the whole process. spawn.h explains the lock. */
static struct {
    pthread_mutex_t lock;
    int rung;   /* the first that works here; 0: not known yet */
    int forced; /* by the caller; 0: none */
    uint64_t counts[SPAWN_RUNGS];
    uint64_t shared_table; /* of them, in the shared-table mode */
    uint64_t certain;      /* of them, as good as certain to exec */
} process = {PTHREAD_MUTEX_INITIALIZER, 0, 0, {0}, 0, 0};

struct engine_hold engine_lock(void)
{
    /* a raw call, because libc's sigfillset leaves out the two signals that libc uses itself */
    uint64_t all = ~0ull;
    struct engine_hold hold = {0, 0};
    hold.error = (int)sys_call4(__NR_rt_sigprocmask, SIG_BLOCK, &all, &hold.mask, SYS_SIGSET_SIZE);
    pthread_mutex_lock(&process.lock);
    return hold;
}

void engine_unlock(const struct engine_hold *hold)
{
    pthread_mutex_unlock(&process.lock);
    if (!hold->error)
        sys_call4(__NR_rt_sigprocmask, SIG_SETMASK, &hold->mask, NULL, SYS_SIGSET_SIZE);
}

/* The first version of struct clone_args, which every kernel with clone3 accepts. Later headers have a longer one. */
struct clone3_args {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
};

/*
 * CLONE_CHILD_CLEARTID makes the kernel clear the word `in_memory` when the child leaves its memory.
 *
 * The hazard: the arena is a shared mapping, and with private memory the parent releases it without reading the word.
 * If the kernel cleared the word later, it would be that of another start, which got the same arena. So the flag is set
 * only for shared memory.
 *
 * There is no CLONE_VFORK: the parent is not suspended, so a child that hangs before exec blocks nothing.
 */
static int clone_by_clone3(struct spawn_arena *arena, uint64_t memory, int32_t *pidfd)
{
    struct clone3_args args = {
        .flags = memory | CLONE_PIDFD | CLONE_CLEAR_SIGHAND | (memory ? CLONE_CHILD_CLEARTID : 0),
        .pidfd = (uintptr_t)pidfd,
        .child_tid = (uintptr_t)&arena->task.in_memory,
        .exit_signal = 0,
        .stack = (uintptr_t)arena_stack(arena),
        .stack_size = ARENA_STACK,
    };
    arena->task.handlers_cleared = 1;
    arena->task.in_memory = memory & CLONE_FILES ? IN_TABLE : memory ? IN_MEMORY : 0;
    return (int)sys_clone_call(__NR_clone3, (long)&args, sizeof args, 0, 0, child_main, &arena->task);
}

static int clone_by_clone(struct spawn_arena *arena, long flags, int32_t *pidfd)
{
    char *top = (char *)arena_stack(arena) + ARENA_STACK;
    arena->task.handlers_cleared = 0;
    arena->task.in_memory = 0;
    return (int)sys_clone_call(__NR_clone, flags, (long)top, (long)pidfd, 0, child_main, &arena->task);
}

/* The kernel does not have this kind of clone, or a filter refuses it: try the next rung. */
static bool is_unavailable(int error)
{
    return error == -ENOSYS || error == -EINVAL || error == -EPERM || error == -E2BIG;
}

/* Reaps a child that is ending. Signals are blocked, so only a tracer or the freezer causes EINTR. */
static void reap_by_pid(int pid)
{
    long error;
    do
        error = sys_call5(__NR_waitid, P_PID, pid, NULL, WEXITED | __WALL, NULL);
    while (error == -EINTR);
    if (is_refused(error))
        while (sys_call4(__NR_wait4, pid, NULL, __WALL, NULL) == -EINTR) {
        }
}

/*
 * For emulators, which may have vfork but not CLONE_PIDFD. pidfd_open cannot open another process, because this child
 * is not reaped yet. Without a pidfd there is no safe way to name the child, so it is killed.
 *
 * VFORK suspends the thread that clones until the child has exec'ed. A maker must end before that, so it forks.
 */
static int clone_by_vfork(struct spawn_arena *arena, int32_t *pidfd)
{
    const long memory = arena->task.plan.head->flags & PLAN_MAIN_PARENT ? 0 : CLONE_VM | CLONE_VFORK;
    int pid = clone_by_clone(arena, memory | CLONE_PIDFD | SIGCHLD, pidfd);
    if (!is_unavailable(pid))
        return pid;
    pid = clone_by_clone(arena, memory | SIGCHLD, pidfd);
    if (pid < 0)
        return pid;
    *pidfd = (int32_t)sys_call2(__NR_pidfd_open, pid, 0);
    if (*pidfd >= 0)
        return pid;
    sys_call2(__NR_kill, pid, SIGKILL);
    reap_by_pid(pid);
    return *pidfd;
}

/* RUNG_PRIVATE is clone3 without shared memory, or clone if the kernel has no clone3. */
static int clone_by_rung(int rung, struct spawn_arena *arena, int32_t *pidfd)
{
    switch (rung) {
    case RUNG_CLONE3: return clone_by_clone3(arena, CLONE_VM, pidfd);
    case RUNG_CLONE: return clone_by_clone(arena, CLONE_VM | CLONE_PIDFD, pidfd);
    case RUNG_VFORK: return clone_by_vfork(arena, pidfd);
    default: break;
    }
    arena->task.own_memory.step = -1;
    int pid = clone_by_clone3(arena, 0, pidfd);
    return is_unavailable(pid) ? clone_by_clone(arena, CLONE_PIDFD, pidfd) : pid;
}

/* Valgrind has no clone3, and aborts the program on a clone with VM and without VFORK: so neither is tried. */
static int first_rung(void)
{
    return sys_under_valgrind() ? RUNG_VFORK : RUNG_CLONE3;
}

/* Nothing of it may happen in shared memory, or what may not cannot be left to the runner. */
static bool needs_private_memory(const struct child_task *task)
{
    bool stays = task->plan.own_memory >= 0 && task->own_memory.step < 0;
    return stays || task->plan.head->flags & PLAN_PRIVATE_MEMORY;
}

/*
 * Tries one rung after the other until one works, and remembers it. If a rung is forced, only that one is tried. A plan
 * that needs private memory does not change what is remembered.
 */
static int clone_child(struct spawn_arena *arena, struct spawn_child *child)
{
    bool private_memory = needs_private_memory(&arena->task);
    if (private_memory)
        child->rung = RUNG_PRIVATE;
    else if (process.forced)
        child->rung = process.forced;
    else
        child->rung = process.rung ? process.rung : first_rung();
    int pid = clone_by_rung(child->rung, arena, &child->pidfd);
    while (is_unavailable(pid) && !process.forced && child->rung < SPAWN_RUNGS) {
        child->rung++;
        pid = clone_by_rung(child->rung, arena, &child->pidfd);
    }
    if (pid < 0)
        return pid;
    if (!private_memory && !process.forced)
        process.rung = child->rung;
    process.counts[child->rung - 1]++;
    child->pid = pid;
    return 0;
}

/* Only on rung 1: on other rungs there is no word that shows when the child has left the table. */
static bool may_share_table(const struct spawn_arena *arena)
{
    int rung = process.forced ? process.forced : process.rung;
    return rung == RUNG_CLONE3 && !needs_private_memory(&arena->task);
}

struct making {
    struct spawn_arena *arena;
    struct spawn_child *child;
    bool shares_table;
    int result; /* of the clone */
};

static void make_child(void *argument)
{
    struct making *making = argument;
    making->result = making->shares_table
                         ? clone_by_clone3(making->arena, CLONE_VM | CLONE_FILES, &making->child->pidfd)
                         : clone_child(making->arena, making->child);
}

/* By the thread that the plan wants. -errno: there is no child; *op is then the stage that failed. */
static int clone_by_thread(struct spawn_arena *arena, struct spawn_child *child, bool shares_table, uint32_t *op)
{
    struct making making = {arena, child, shares_table, 0};
    *op = OP_THREAD;
    int error = 0;
    if (arena->task.plan.head->flags & PLAN_MAIN_PARENT)
        error = maker_run(make_child, &making, &arena->task.maker);
    else
        make_child(&making);
    if (error)
        return error;
    *op = OP_CLONE;
    return making.result;
}

/* If fdtable_prepare() returned true. -errno: there is no child now; clone_child() can be tried with a new pipe. */
static int clone_with_shared_table(struct spawn_arena *arena, struct spawn_child *child, uint32_t *op)
{
    int pid = clone_by_thread(arena, child, true, op);
    int error = pid < 0 ? pid : fdtable_cloned(arena);
    if (!error) {
        child->pid = pid;
        child->rung = RUNG_CLONE3;
        process.counts[RUNG_CLONE3 - 1]++;
        process.shared_table++;
        return 0;
    }
    if (pid >= 0) {
        reap_by_pid(pid);
        sys_call1(__NR_close, child->pidfd);
    }
    fdtable_failed(arena);
    return error;
}

/* Afterwards the parent uses the numbers in `pair`, not those in the task, which the child could have changed. */
static int open_pipe(struct child_task *task, int32_t pair[2])
{
    int error = (int)sys_call2(__NR_pipe2, pair, O_CLOEXEC | O_NONBLOCK);
    task->read_fd = error ? -1 : pair[0];
    task->write_fd = error ? -1 : pair[1];
    return error;
}

static void close_pipe(const int32_t pair[2])
{
    sys_call1(__NR_close, pair[1]);
    sys_call1(__NR_close, pair[0]);
}

/* Under the lock, with all signals blocked, because the child must not run a signal handler of this process. */
static int start_locked(struct spawn_arena *arena, struct spawn_child *child, uint32_t *op, bool waits)
{
    struct child_task *task = &arena->task;
    const int32_t directory = task->directory, runner = task->own_memory.file;
    int32_t pair[2];
    *op = OP_VERDICT;
    int error = ending_check_allowed();
    if (error)
        return error;
    *op = OP_PIPE;
    error = open_pipe(task, pair);
    if (error)
        return error;
    task->parent = (int32_t)sys_call0(__NR_getpid);
    task->maker = 0;
    task->progress = PROGRESS_STAGE(OP_CLONE);
    bool shares_table = fdtable_prepare(arena, may_share_table(arena), waits);
    if (shares_table && clone_with_shared_table(arena, child, op) != 0) {
        /*
         * The start is tried again with a table of its own, and with a new pipe: the dead child may have written into
         * this one that it could not leave the table. The parent would take that for the report of the next child.
         */
        close_pipe(pair);
        *op = OP_PIPE;
        error = open_pipe(task, pair);
        if (error)
            return error;
        *op = OP_CLONE;
        task->directory = directory; /* the slots are returned */
        task->own_memory.file = runner;
        shares_table = false;
    }
    if (!shares_table)
        error = clone_by_thread(arena, child, false, op);
    if (error) {
        close_pipe(pair);
        return error;
    }
    sys_call1(__NR_close, pair[1]);
    child->report_fd = pair[0];
    child->shares_table = shares_table;
    return 0;
}

/* Without the lock, which is held for as short as possible: the ladder may go on meanwhile (see start()). */
static int usable_rung(void)
{
    int forced = __atomic_load_n(&process.forced, __ATOMIC_RELAXED);
    int rung = forced ? forced : __atomic_load_n(&process.rung, __ATOMIC_RELAXED);
    return rung ? rung : first_rung() == RUNG_CLONE3 ? 0 : first_rung();
}

/* Fills what the task needs for a child that nobody waits for. False: the caller must wait. */
static bool prepare_to_outlive(struct spawn_arena *arena, const struct known_program *known)
{
    struct child_task *task = &arena->task;
    if (!known || !certain_is_exec(known, &task->plan, arena_used(arena), usable_rung()))
        return false;
    int fd = certain_open_directory(&task->plan, &task->directory_step);
    if (fd == DIRECTORY_FAILED)
        return false;
    task->directory = fd;
    task->outlives = 1;
    return true;
}

static bool is_traced(const struct plan *plan)
{
    for (uint32_t i = 0; i < plan->head->first_exec; i++)
        if (plan->steps[i].op == OP_PTRACE)
            return true;
    return false;
}

/* Fills what the task needs to leave this memory. False: the plan has no such step, or this start cannot. */
static bool prepare_to_leave(struct child_task *task, const struct runner_file *tried)
{
    struct own_memory *own = &task->own_memory;
    struct runner_file file;
    if (task->plan.own_memory < 0 || task->plan.head->flags & PLAN_PRIVATE_MEMORY || usable_rung() == RUNG_PRIVATE ||
        !runner_caller_allows(&own->capabilities))
        return false;
    if (tried)
        file = *tried;
    else if (!runner_file_find(runner_probe, &file))
        return false;
    own->step = task->plan.own_memory;
    own->file = file.fd;
    own->identity = file.identity;
    runner_make_nonce(own->nonce);
    return true;
}

/* Under the lock: a child that was made only to find out something is not counted. */
static void discount(const struct spawn_child *child)
{
    process.counts[child->rung - 1]--;
    process.shared_table -= child->shares_table;
}

struct start_options {
    bool waits;
    const struct known_program *known;
    const struct runner_file *tried; /* NULL, or the runner that this start is to try */
};

static int start(const void *plan, size_t size, struct spawn_child *child, struct spawn_failure *failure,
                 const struct start_options *options)
{
    int error;
    struct spawn_arena *arena = arena_acquire(plan, size, &error);
    *failure = (struct spawn_failure){-1, error == -EINVAL ? OP_PLAN : OP_ARENA};
    if (!arena)
        return error;
    const struct plan *own = &arena->task.plan;
    *child = (struct spawn_child){.arena = arena,
                                  .steps = own->steps,
                                  .step_count = own->head->step_count,
                                  .pidfd = -1,
                                  .report_fd = -1,
                                  .own_memory = -1,
                                  .is_traced = is_traced(own)};

    arena->task.outlives = 0;
    arena->task.directory = -1;
    bool outlives = prepare_to_outlive(arena, options->known);
    if (prepare_to_leave(&arena->task, options->tried)) {
        child->own_memory = own->own_memory;
        memcpy(child->nonce, arena->task.own_memory.nonce, sizeof child->nonce);
    }
    int32_t directory = arena->task.directory;

    const struct engine_hold hold = engine_lock();
    arena->task.caller_mask = hold.mask;
    failure->op = OP_SIGMASK;
    error = hold.error;
    if (!error)
        error = start_locked(arena, child, &failure->op, options->waits && !outlives);
    if (!error) {
        handle_remember(child);
        /* The ladder may have gone on just now: on the lower rungs a caller waits. */
        child->outlives = outlives && child->rung <= RUNG_CLONE;
        process.certain += child->outlives;
        if (child->rung == RUNG_PRIVATE)
            child->own_memory = -1;
        if (options->tried)
            discount(child);
    }
    engine_unlock(&hold);
    if (directory >= 0)
        sys_call1(__NR_close, directory);

    if (error)
        arena_release(arena);
    return error;
}

int spawn_start(const void *plan, size_t size, struct spawn_child *child, struct spawn_failure *failure)
{
    return start(plan, size, child, failure, &(struct start_options){.waits = false});
}

int spawn_start_ahead(const void *plan, size_t size, struct spawn_child *child, struct spawn_failure *failure)
{
    return start(plan, size, child, failure, &(struct start_options){.waits = true});
}

int spawn_start_known(const void *plan, size_t size, const struct known_program *known, struct spawn_child *child,
                      struct spawn_failure *failure)
{
    return start(plan, size, child, failure, &(struct start_options){.waits = true, .known = known});
}

int spawn_start_trial(const void *plan, size_t size, const struct runner_file *file, struct spawn_child *child)
{
    struct spawn_failure failure;
    return start(plan, size, child, &failure, &(struct start_options){.waits = true, .tried = file});
}

void spawn_use_runner(const char *path)
{
    runner_file_set(path);
}

int spawn_runner(void)
{
    return (int)runner_file_kind();
}

void spawn_force_runner(int choice)
{
    runner_file_choose(choice);
}

void spawn_prepare(void)
{
    const struct engine_hold hold = engine_lock();
    fdtable_reserve_slots();
    engine_unlock(&hold);
}

uint64_t spawn_shared_table_count(void)
{
    const struct engine_hold hold = engine_lock();
    uint64_t count = process.shared_table;
    engine_unlock(&hold);
    return count;
}

void spawn_force_shared_table(int mode)
{
    const struct engine_hold hold = engine_lock();
    fdtable_set_mode((enum fdtable_mode)mode);
    engine_unlock(&hold);
}

uint64_t spawn_certain_count(void)
{
    const struct engine_hold hold = engine_lock();
    uint64_t count = process.certain;
    engine_unlock(&hold);
    return count;
}

void spawn_force_certain(int mode)
{
    certain_set_mode((enum certain_mode)mode);
}

int spawn_rung(void)
{
    const struct engine_hold hold = engine_lock();
    int rung = process.forced ? process.forced : process.rung;
    engine_unlock(&hold);
    return rung;
}

void spawn_counts(uint64_t counts[SPAWN_RUNGS])
{
    const struct engine_hold hold = engine_lock();
    for (int i = 0; i < SPAWN_RUNGS; i++)
        counts[i] = process.counts[i];
    engine_unlock(&hold);
}

void spawn_force_rung(int rung)
{
    const struct engine_hold hold = engine_lock();
    process.forced = rung;
    engine_unlock(&hold);
}
