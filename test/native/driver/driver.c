/*
 * The engine without Node: `driver [rung]` starts real programs from plans written by hand and checks every verdict;
 * `driver rung storm` starts them from a signal handler, `driver rung makers` from threads that end.
 * It says "ok", the rung that ran and how many checks were made, or what went wrong, and then exits with 1.
 */
#include "../../../csrc/core/arena.h"
#include "../../../csrc/core/fds.h"
#include "../../../csrc/core/fdtable.h"
#include "../../../csrc/core/spawn.h"
#include "checks.h"
#include "plan-builder.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int checks;
static const char *work;

static const char *path_of(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", work, name);
    return path;
}

static struct builder builder;

static void begin(void)
{
    builder_start(&builder);
}

static void step(enum plan_op op, int fd, int arg, const char *text, uint32_t mode)
{
    builder_step(&builder, op, fd, arg, text, mode);
}

static enum spawn_verdict run(const char *const *argv, struct spawn_child *child, struct spawn_outcome *outcome)
{
    struct spawn_failure failure;
    step(OP_EXECVE, 0, 0, argv[0], 0);
    builder_argv(&builder, argv);
    CHECK(spawn_start(builder.bytes, builder_finish(&builder), child, &failure) == 0);
    return spawn_wait(child, outcome);
}

/* Runs to the end; the exit code, or minus the signal. */
static int end_of(struct spawn_child *child)
{
    struct spawn_exit end;
    struct pollfd ended = {child->pidfd, POLLIN, 0};
    while (spawn_reap(child, &end) == 0)
        poll(&ended, 1, -1);
    CHECK(fds_close(child->pidfd) == 0);
    CHECK(!end.reaped_elsewhere);
    return end.signal ? -end.signal : end.exit_code;
}

static void check_nothing_left(void)
{
    siginfo_t info = {0};
    CHECK(waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | (int)__WALL) == -1 && errno == ECHILD);
}

static void runs_a_program_and_gives_its_exit_code(void)
{
    struct spawn_child child;
    struct spawn_outcome outcome;
    begin();
    CHECK(run((const char *[]){"/bin/sh", "-c", "exit 7", NULL}, &child, &outcome) == SPAWN_EXECED);
    CHECK(end_of(&child) == 7);
    begin();
    CHECK(run((const char *[]){"/bin/sh", "-c", "kill -9 $$", NULL}, &child, &outcome) == SPAWN_EXECED);
    CHECK(end_of(&child) == -SIGKILL);
    check_nothing_left();
}

static void tells_which_step_failed(void)
{
    struct spawn_child child;
    struct spawn_outcome outcome;
    begin();
    CHECK(run((const char *[]){"/no/such/program", NULL}, &child, &outcome) == SPAWN_FAILED);
    CHECK(outcome.error == ENOENT && outcome.op == OP_EXECVE && outcome.step == 0);
    fds_close(child.pidfd);
    begin();
    step(OP_CLOSE, 40, 0, NULL, 0);
    step(OP_CHDIR, 0, 0, "/no/such/directory", 0);
    CHECK(run((const char *[]){"/bin/true", NULL}, &child, &outcome) == SPAWN_FAILED);
    CHECK(outcome.error == ENOENT && outcome.op == OP_CHDIR && outcome.step == 1);
    fds_close(child.pidfd);
    begin();
    step(OP_DUP2, 41, 1, NULL, 0);
    CHECK(run((const char *[]){"/bin/true", NULL}, &child, &outcome) == SPAWN_FAILED);
    CHECK(outcome.error == EBADF && outcome.op == OP_DUP2 && outcome.step == 0);
    fds_close(child.pidfd);
    check_nothing_left();
}

static void carries_out_file_actions(void)
{
    struct spawn_child child;
    struct spawn_outcome outcome;
    char text[64] = "";
    begin();
    step(OP_OPEN, 7, O_WRONLY | O_CREAT | O_TRUNC, path_of("out"), 0600);
    step(OP_DUP2, 7, 1, NULL, 0);
    step(OP_CLOSEFROM, 3, 0, NULL, 0);
    CHECK(run((const char *[]){"/bin/sh", "-c", "echo from the child; echo >&7 || exit 3", NULL}, &child, &outcome) ==
          SPAWN_EXECED);
    int code = end_of(&child);
    CHECK(code == 2 || code == 3);
    int fd = open(path_of("out"), O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0 && read(fd, text, sizeof text - 1) > 0 && strcmp(text, "from the child\n") == 0);
    close(fd);
    unlink(path_of("out"));
    check_nothing_left();
}

static void limit(int resource, uint32_t given, uint64_t soft, uint64_t hard)
{
    const struct plan_step step = {.op = OP_RLIMIT, .arg = resource, .arg2 = given};
    builder_step_with(&builder, step, (uint64_t[]){soft, hard}, 2 * sizeof(uint64_t));
}

/* The parent's own are what they were: the child has a copy of them, whatever memory it runs on. */
static void sets_limits_and_niceness_of_the_child_alone(void)
{
    enum { SOFT = 1, HARD = 2 };
    struct spawn_child child;
    struct spawn_outcome outcome;
    struct rlimit before, after;
    int nice = getpriority(PRIO_PROCESS, 0);
    CHECK(getrlimit(RLIMIT_CPU, &before) == 0);
    begin();
    limit(RLIMIT_CPU, SOFT | HARD, 100, 200);
    limit(RLIMIT_CPU, SOFT, 50, 0);
    limit(RLIMIT_CPU, HARD, 0, 150);
    limit(RLIMIT_FSIZE, SOFT, 5ull << 32, 0); /* in 512 bytes to the shell: 32 bits would be none */
    limit(RLIMIT_CORE, 0, 0, 0);
    step(OP_NICE, 0, nice < 10 ? nice + 5 : nice, NULL, 0);
    const char *script = "test \"$(ulimit -St) $(ulimit -Ht) $(ulimit -Sf) $(nice)\" = \"50 150 41943040 $0\"";
    char wanted[16];
    snprintf(wanted, sizeof wanted, "%d", nice < 10 ? nice + 5 : nice);
    CHECK(run((const char *[]){"/bin/sh", "-c", script, wanted, NULL}, &child, &outcome) == SPAWN_EXECED);
    CHECK(end_of(&child) == 0);
    CHECK(getrlimit(RLIMIT_CPU, &after) == 0);
    CHECK(before.rlim_cur == after.rlim_cur && before.rlim_max == after.rlim_max);
    CHECK(getpriority(PRIO_PROCESS, 0) == nice);

    begin();
    limit(RLIMIT_CPU, SOFT | HARD, 2, 1);
    CHECK(run((const char *[]){"/bin/true", NULL}, &child, &outcome) == SPAWN_FAILED);
    CHECK(outcome.error == EINVAL && outcome.op == OP_RLIMIT && outcome.step == 0);
    fds_close(child.pidfd);
    begin();
    limit(999, SOFT, 1, 0);
    CHECK(run((const char *[]){"/bin/true", NULL}, &child, &outcome) == SPAWN_FAILED);
    CHECK(outcome.error == EINVAL && outcome.op == OP_RLIMIT && outcome.step == 0);
    fds_close(child.pidfd);
    check_nothing_left();
}

/* On the rung with VFORK the parent itself is stopped until exec, so nobody could kill. Emulators fork instead. */
static void sees_a_child_die_before_exec(bool parent_is_stopped)
{
    struct spawn_child child;
    struct spawn_outcome outcome;
    struct spawn_failure failure;
    if (parent_is_stopped)
        return;
    CHECK(mkfifo(path_of("fifo"), 0600) == 0);
    begin();
    step(OP_OPEN, 5, O_RDONLY, path_of("fifo"), 0);
    step(OP_EXECVE, 0, 0, "/bin/true", 0);
    builder_argv(&builder, (const char *[]){"true", NULL});
    CHECK(spawn_start(builder.bytes, builder_finish(&builder), &child, &failure) == 0);
    CHECK(spawn_ask(&child, &outcome) == SPAWN_PENDING);
    CHECK(spawn_kill(&child, SIGKILL) == 0);
    CHECK(spawn_wait(&child, &outcome) == SPAWN_DIED);
    CHECK(outcome.signal == SIGKILL && outcome.exit_code == -1);
    CHECK(spawn_kill(&child, 0) == -ESRCH);
    fds_close(child.pidfd);
    unlink(path_of("fifo"));
    check_nothing_left();
}

static int open_numbers(void);

/* In a process of its own: execve of this very address gives the errno, for good. */
static void make_exec_fail(const char *path, int error)
{
    uint64_t address = (uintptr_t)path;
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_execve, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)address, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0]) + 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(address >> 32), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof code / sizeof code[0], .filter = code};
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0);
}

/* The first candidate fails by `error`; what becomes of the start with `second` after it. */
static void check_search(int error, const char *second, enum spawn_verdict verdict, int seen, int at)
{
    struct spawn_child child;
    struct spawn_outcome outcome;
    struct spawn_failure failure;
    int status;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        int refused;
        begin();
        step(OP_EXECVE, 0, 0, "/bin/false", 0);
        step(OP_EXECVE, 0, 0, second, 0);
        builder_argv(&builder, (const char *[]){"name", NULL});
        size_t size = builder_finish(&builder);
        struct spawn_arena *arena = arena_acquire(builder.bytes, size, &refused);
        CHECK(arena != NULL);
        make_exec_fail(arena->task.plan.bytes + arena->task.plan.steps[0].data, error);
        arena_release(arena); /* the next start takes the same */
        CHECK(spawn_start(builder.bytes, size, &child, &failure) == 0 && child.arena == arena);
        CHECK(spawn_wait(&child, &outcome) == verdict);
        CHECK(verdict == SPAWN_EXECED ? end_of(&child) == 0 : outcome.error == seen && outcome.step == at);
        _exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

/* As execvp(3) of glibc: a file that is not there, or whose file system is not there for now, is passed over. */
static void searches_on_after_the_errors_that_a_shell_passes_over(void)
{
    static const int passed[] = {ENOENT, ENOTDIR, ESTALE, ENODEV, ETIMEDOUT}, final[] = {EIO, ELOOP, ENOMEM, ETXTBSY};
    for (size_t i = 0; i < sizeof passed / sizeof passed[0]; i++) {
        check_search(passed[i], "/bin/true", SPAWN_EXECED, 0, 0);
        check_search(passed[i], "/no/such/program", SPAWN_FAILED, ENOENT, 1);
    }
    for (size_t i = 0; i < sizeof final / sizeof final[0]; i++)
        check_search(final[i], "/bin/true", SPAWN_FAILED, final[i], 0);
    check_search(EACCES, "/bin/true", SPAWN_EXECED, 0, 0);
    check_search(EACCES, "/no/such/program", SPAWN_FAILED, EACCES, 0);
}

/*
 * Below the stack of a child lies memory that nobody may touch, a whole page on any machine; a page above it is the
 * child's. Told by a process that tries both.
 */
static void has_a_guard_below_the_stack(void)
{
    static const struct {
        int from_stack;
        bool may;
    } places[] = {{-1, false}, {-ARENA_GUARD, false}, {0, true}, {ARENA_STACK - 1, true}};
    int error;
    begin();
    step(OP_EXECVE, 0, 0, "/bin/true", 0);
    builder_argv(&builder, (const char *[]){"true", NULL});
    struct spawn_arena *arena = arena_acquire(builder.bytes, builder_finish(&builder), &error);
    CHECK(arena != NULL);
    volatile char *stack = arena_stack(arena);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        int status;
        fflush(NULL);
        pid_t pid = fork();
        if (pid == 0) {
            signal(SIGSEGV, SIG_DFL);
            setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
            stack[places[i].from_stack] = 1;
            _exit(0);
        }
        CHECK(waitpid(pid, &status, 0) == pid);
        CHECK(places[i].may ? status == 0 : WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    }
    arena_release(arena);
}

/* More than are kept for the next starts, and of every size: each is a mapping of its own that is written in full. */
static void gives_each_start_memory_of_its_own(void)
{
    enum { ARENAS = 40 };
    struct spawn_arena *arenas[ARENAS];
    int error;
    begin();
    step(OP_EXECVE, 0, 0, "/bin/true", 0);
    builder_argv(&builder, (const char *[]){"true", NULL});
    size_t size = builder_finish(&builder);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < ARENAS; i++) {
            arenas[i] = arena_acquire(builder.bytes, size, &error);
            CHECK(arenas[i] != NULL);
            arenas[i]->task.parent = i;
        }
        for (int i = 0; i < ARENAS; i++)
            CHECK(arenas[i]->task.parent == i);
        for (int i = 0; i < ARENAS; i++)
            arena_release(arenas[i]);
    }
}

/*
 * What stands in a child's arena is the child's to write, also where it has another user already: the parent must not
 * go by it when it gives the memory back.
 */
static void trusts_nothing_that_a_child_could_write(void)
{
    struct spawn_child child;
    struct spawn_outcome outcome;
    struct spawn_failure failure;
    bool shares = spawn_rung() == 1;
    int before = open_numbers();
    CHECK(mkfifo(path_of("fifo"), 0600) == 0);
    spawn_force_shared_table(shares ? 1 : 2);
    begin();
    builder.head.flags |= PLAN_ONLY_NAMED;
    step(OP_SWEEP, 3, 0x7fffffff, NULL, 0);
    step(OP_OPEN, 5, O_RDONLY, path_of("fifo"), 0);
    step(OP_EXECVE, 0, 0, "/bin/true", 0);
    builder_argv(&builder, (const char *[]){"true", NULL});
    CHECK(spawn_start(builder.bytes, builder_finish(&builder), &child, &failure) == 0);
    CHECK(child.shares_table == shares);
    struct child_task *task = &child.arena->task;
    CHECK(spawn_ask(&child, &outcome) == SPAWN_PENDING);
    CHECK(spawn_kill(&child, SIGSTOP) == 0);
    task->table.count = task->table.hidden_count = task->table.limit = 0x7fffffff;
    for (int i = 0; i < TABLE_SLOTS; i++) {
        task->table.moves[i].from = i % 3;
        task->table.hidden[i] = i % 3;
    }
    task->read_fd = task->write_fd = 0;
    CHECK(spawn_kill(&child, SIGKILL) == 0);
    CHECK(spawn_wait(&child, &outcome) == SPAWN_DIED);
    spawn_force_shared_table(2);
    for (int fd = 0; fd < 3; fd++)
        CHECK(fcntl(fd, F_GETFD) >= 0);
    fds_close(child.pidfd);
    unlink(path_of("fifo"));
    CHECK(open_numbers() == before);
    check_nothing_left();
}

/* A number of the slot pool, or -1. */
static int any_slot(void)
{
    for (int fd = 3; fd < 1024; fd++) {
        char link[64];
        char target[64] = "";
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        if (readlink(link, target, sizeof target - 1) >= 0 && strncmp(target, "/memfd:forkless", 15) == 0)
            return fd;
    }
    return -1;
}

/* As after a child that could not leave the shared table. A slot that the plan reads is closed to the next one too. */
static void say_that_it_failed(int refused)
{
    int error;
    int slot = any_slot();
    begin();
    step(OP_DUP2, slot < 0 ? 0 : slot, 1, NULL, 0);
    step(OP_EXECVE, 0, 0, "/bin/true", 0);
    builder_argv(&builder, (const char *[]){"true", NULL});
    struct spawn_arena *arena = arena_acquire(builder.bytes, builder_finish(&builder), &error);
    CHECK(arena);
    struct child_table *table = &arena->task.table;
    table->limit = 40;
    table->refused = refused;
    fdtable_failed(arena);
    CHECK(table->limit == 0 && table->hidden_count == (slot < 0 ? 0 : 1));
    CHECK(slot < 0 || table->hidden[0] == slot);
    arena_release(arena);
}

/* For good: the last check. Another error later does not permit it again. */
static void remembers_that_the_shared_table_is_refused(void)
{
    struct spawn_child child;
    struct spawn_outcome outcome;
    spawn_force_shared_table(1);
    for (int refused = 0; refused <= 1; refused++) {
        uint64_t shares = spawn_shared_table_count();
        begin();
        builder.head.flags |= PLAN_ONLY_NAMED;
        step(OP_SWEEP, 3, 0x7fffffff, NULL, 0);
        CHECK(run((const char *[]){"/bin/true", NULL}, &child, &outcome) == SPAWN_EXECED);
        CHECK(end_of(&child) == 0);
        CHECK(spawn_shared_table_count() - shares == (refused ? 0 : spawn_rung() == 1));
        say_that_it_failed(-EPERM);
        say_that_it_failed(-ENOMEM);
        say_that_it_failed(0);
    }
    spawn_force_shared_table(2);
}

/* Without the engine's slot pool. */
static int open_numbers(void)
{
    int count = 0;
    for (int fd = 0; fd < 1024; fd++) {
        char link[64];
        char target[64] = "";
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        if (readlink(link, target, sizeof target - 1) >= 0)
            count += strncmp(target, "/memfd:forkless", 15) != 0;
    }
    return count;
}

/* Both ways give the same, from a number that is high; with a shared table on the first rung only, and it leaves
 * nothing. */
static void shares_the_table_where_it_can(void)
{
    char text[64] = "";
    struct spawn_child child;
    struct spawn_outcome outcome;
    int pair[2];
    spawn_prepare();
    int before = open_numbers();
    CHECK(fds_pipe(pair) == 0);
    CHECK(fcntl(pair[1], F_DUPFD_CLOEXEC, 500) == 500);
    for (int mode = 1; mode <= 2; mode++) {
        uint64_t shares = spawn_shared_table_count();
        spawn_force_shared_table(mode);
        begin();
        builder.head.flags |= PLAN_ONLY_NAMED;
        step(OP_SWEEP, 3, 499, NULL, 0);
        step(OP_SWEEP, 501, 0x7fffffff, NULL, 0);
        step(OP_DUP2, 500, 1, NULL, 0);
        step(OP_CLOSE, 500, 0, NULL, 0);
        CHECK(run((const char *[]){"/bin/sh", "-c", "echo to 500", NULL}, &child, &outcome) == SPAWN_EXECED);
        CHECK(end_of(&child) == 0);
        CHECK(read(pair[0], text, sizeof text) == 7 && memcmp(text, "to 500\n", 7) == 0);
        CHECK(spawn_shared_table_count() - shares == (mode == 1 && spawn_rung() == 1));
        begin();
        builder.head.flags |= PLAN_ONLY_NAMED;
        step(OP_SWEEP, 3, 0x7fffffff, NULL, 0);
        CHECK(run((const char *[]){"/no/such/program", NULL}, &child, &outcome) == SPAWN_FAILED);
        CHECK(outcome.error == ENOENT && outcome.op == OP_EXECVE && outcome.step == 1);
        fds_close(child.pidfd);
        fds_close_all(pair, mode == 2 ? 2 : 0);
    }
    CHECK(fds_close(500) == 0);
    CHECK(open_numbers() == before);
    check_nothing_left();
}

/* Every byte of a sound plan, changed in three ways: it is refused or it is sound; it never reads out of bounds. */
static void survives_every_changed_byte(void)
{
    struct plan plan;
    begin();
    step(OP_OPEN, 7, O_RDONLY, "/dev/null", 0);
    step(OP_SAVE, 7, 0, NULL, 0);
    step(OP_RESTORE, 0, 8, NULL, 0);
    step(OP_SWEEP, 9, 12, NULL, 0);
    limit(7, 3, 1, 1ull << 40);
    builder_step_with(&builder, (struct plan_step){.op = OP_SETGROUPS}, (uint32_t[]){2, 7, 8}, 12);
    step(OP_EXECVE, 0, 0, "/bin/true", 0);
    builder_argv(&builder, (const char *[]){"true", "x", NULL});
    size_t size = builder_finish(&builder);
    CHECK(plan_open(builder.bytes, size, &plan) == 0);
    int refused = 0;
    for (size_t at = 0; at < size; at++) {
        for (int change = 1; change < 256; change <<= 1) {
            /* a block of exactly this size, so that a sanitizer or valgrind sees a read past its end */
            char *copy = malloc(size);
            memcpy(copy, builder.bytes, size);
            copy[at] = (char)(copy[at] ^ change);
            refused += plan_open(copy, size, &plan) != 0;
            free(copy);
        }
        CHECK(plan_open(builder.bytes, at, &plan) == -EINVAL);
    }
    CHECK(refused > 500);
}

/* Known after the first start only, where none is forced. */
static bool is_vfork(void)
{
    return spawn_rung() == 3;
}

/* All of it, but for what the machine, or the way that is forced, does not allow. */
static void check_all(bool emulated)
{
    uint64_t counts[SPAWN_RUNGS];
    survives_every_changed_byte();
    check_plans();
    check_arenas();
    runs_a_program_and_gives_its_exit_code();
    tells_which_step_failed();
    carries_out_file_actions();
    sets_limits_and_niceness_of_the_child_alone();
    sees_a_child_die_before_exec(is_vfork() && !emulated);
    shares_the_table_where_it_can();
    check_verdicts(path_of("fifo"), is_vfork());
    has_a_guard_below_the_stack();
    gives_each_start_memory_of_its_own();
    check_certain_starts();
    if (!is_vfork())
        trusts_nothing_that_a_child_could_write();
    if (!is_vfork() && !emulated)
        searches_on_after_the_errors_that_a_shell_passes_over();
    check_collecting(path_of("fifo"), is_vfork() && !emulated);
    remembers_that_the_shared_table_is_refused();
    check_nothing_left();

    spawn_counts(counts);
    uint64_t all = 0;
    for (int i = 0; i < SPAWN_RUNGS; i++)
        all += counts[i];
    CHECK(spawn_rung() > 0 && counts[spawn_rung() - 1] == all);
}

/* driver [RUNG [PART]] */
int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "write-first") == 0)
        return write(1, "x", 1) == 1 ? 0 : 1;
    char directory[] = "/tmp/forkless-driver-XXXXXX";
    work = mkdtemp(directory);
    CHECK(work != NULL);
    spawn_force_rung(argc > 1 ? argv[1][0] - '0' : 0);
    if (getenv("DRIVER_RUNNER"))
        spawn_use_runner(getenv("DRIVER_RUNNER"));
    const char *part = argc > 2 ? argv[2] : "all";
    if (strcmp(part, "storm") == 0) {
        check_storm();
    } else if (strcmp(part, "refusals") == 0) {
        check_refusals(path_of("fifo"));
    } else if (strcmp(part, "no-proc") == 0) {
        /* where /proc is not this process's own, or is not there: what needs no list of descriptors */
        check_verdicts(path_of("fifo"), is_vfork());
        check_nothing_left();
    } else if (strcmp(part, "makers") == 0) {
        check_makers();
        check_nothing_left();
    } else if (strcmp(part, "own-memory") == 0) {
        check_own_memory(path_of("free"), false);
        check_nothing_left();
    } else if (strcmp(part, "own-memory-storm") == 0) {
        char self[512] = "";
        CHECK(readlink("/proc/self/exe", self, sizeof self - 1) > 0);
        check_own_memory_storm(self);
        check_nothing_left();
    } else if (strcmp(part, "certain") == 0) {
        check_certain_starts();
        check_nothing_left();
    } else {
        CHECK(strcmp(part, "all") == 0);
        check_all(getenv("DRIVER_EMULATED") != NULL);
    }
    CHECK(rmdir(directory) == 0);
    printf("ok rung %d checks %d\n", spawn_rung(), checks);
    return 0;
}
