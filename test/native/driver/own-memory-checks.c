/*
 * Plans with the step `own-memory`: what the runner carries out, what becomes of a child that dies in it, and which
 * file it is. The file is that of DRIVER_RUNNER, where a system can run it; without it these plans take rung 4.
 */
#include "../../../csrc/core/arena.h"
#include "../../../csrc/core/cobs.h"
#include "../../../csrc/core/runner_file.h"
#include "../../../csrc/core/spawn.h"
#include "checks.h"
#include "plan-builder.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { USER = 4242 };

static struct builder builder;
static struct spawn_child child;
static struct spawn_outcome outcome;

static void begin(void)
{
    builder_start(&builder);
}

static void step(enum plan_op op, int fd, int arg, const char *text, uint32_t arg2)
{
    builder_step(&builder, op, fd, arg, text, arg2);
}

static void start(const char *const *argv)
{
    struct spawn_failure failure;
    step(OP_EXECVE, 0, 0, argv[0], 0);
    builder_argv(&builder, argv);
    CHECK(spawn_start(builder.bytes, builder_finish(&builder), &child, &failure) == 0);
}

static enum spawn_verdict run(const char *const *argv)
{
    start(argv);
    return spawn_wait(&child, &outcome);
}

static enum spawn_verdict run_shell(const char *script)
{
    return run((const char *[]){"/bin/sh", "-c", script, NULL});
}

static int end_of_child(void)
{
    struct spawn_exit end;
    struct pollfd ended = {child.pidfd, POLLIN, 0};
    while (spawn_reap(&child, &end) == 0)
        poll(&ended, 1, -1);
    spawn_close(&child);
    CHECK(!end.reaped_elsewhere);
    return end.signal ? -end.signal : end.exit_code;
}

/* Whether the runner works here at all; each plan takes rung 4 otherwise. */
static bool leaves_by_exec(void)
{
    begin();
    step(OP_OWN_MEMORY, 0, 0, NULL, 0);
    CHECK(run((const char *[]){"/bin/true", NULL}) == SPAWN_EXECED);
    CHECK((child.own_memory >= 0) == (child.rung != RUNG_PRIVATE));
    bool leaves = child.own_memory >= 0;
    CHECK(end_of_child() == 0);
    return leaves;
}

/* ---- bytes as a string ---------------------------------------------------------------------------------------- */

static void check_string_of(const char *bytes, size_t size)
{
    static char room[4096];
    char *string = room + 1024; /* where it is decoded in place, there may be other bytes before it */
    char *end = cobs_encode(bytes, size, string);
    CHECK(strlen(string) + 1 == (size_t)(end - string) && strlen(string) + 1 <= cobs_room(size));
    for (int before = 0; before < 8; before += 7) {
        cobs_encode(bytes, size, string);
        CHECK(cobs_decode(string, string - before) == string - before + size);
        CHECK(memcmp(string - before, bytes, size) == 0);
    }
}

static void codes_all_bytes_without_nul(void)
{
    static char bytes[1100];
    static const size_t around[] = {0, 1, 2, 253, 254, 255, 256, 508, 509, 510, 1100};
    for (size_t i = 0; i < sizeof around / sizeof around[0]; i++) {
        for (int period = 1; period < 300; period++) { /* a NUL in so many bytes */
            for (size_t at = 0; at < around[i]; at++)
                bytes[at] = (char)(at % (size_t)period == 0 ? 0 : 1 + at % 255);
            check_string_of(bytes, around[i]);
        }
        memset(bytes, 0xff, around[i]);
        check_string_of(bytes, around[i]);
    }
}

/* ---- what it carries out -------------------------------------------------------------------------------------- */

static void change_ids(void)
{
    bool is_root = geteuid() == 0;
    step(OP_OWN_MEMORY, 0, 0, NULL, 0);
    if (is_root)
        builder_step_with(&builder, (struct plan_step){.op = OP_SETGROUPS}, (uint32_t[]){2, 7, 8}, 12);
    step(OP_SETGID, 0, is_root ? USER : (int)getgid(), NULL, 0);
    step(OP_SETUID, 0, is_root ? USER : (int)getuid(), NULL, 0);
}

static void changes_the_ids_of_the_child_alone(void)
{
    char wanted[128];
    bool is_root = geteuid() == 0;
    snprintf(wanted, sizeof wanted, "test \"$(id -u) $(id -g)\" = '%d %d'%s", is_root ? USER : (int)getuid(),
             is_root ? USER : (int)getgid(), is_root ? " -a \"$(id -G)\" = '4242 7 8'" : "");
    begin();
    change_ids();
    char script[256];
    snprintf(script, sizeof script, "%s && test \"$FORKLESS_HERE\" = yes", wanted);
    CHECK(setenv("FORKLESS_HERE", "yes", 1) == 0);
    CHECK(run_shell(script) == SPAWN_EXECED && end_of_child() == 0);
    CHECK(unsetenv("FORKLESS_HERE") == 0);
    CHECK(prctl(PR_GET_DUMPABLE) == 1);
}

static void tells_which_step_failed(void)
{
    begin();
    change_ids();
    uint32_t last = builder.head.step_count;
    CHECK(run((const char *[]){"/no/such/program", NULL}) == SPAWN_FAILED);
    CHECK(outcome.error == ENOENT && outcome.op == OP_EXECVE && outcome.step == (int32_t)last);
    spawn_close(&child);
    begin();
    step(OP_CLOSE, 40, 0, NULL, 0);
    step(OP_OWN_MEMORY, 0, 0, NULL, 0);
    step(OP_UMASK, 0, 022, NULL, 0);
    step(OP_CHDIR, 0, 0, "/no/such/directory", 0);
    CHECK(run((const char *[]){"/bin/true", NULL}) == SPAWN_FAILED);
    CHECK(outcome.error == ENOENT && outcome.op == OP_CHDIR && outcome.step == 3);
    spawn_close(&child);
}

/* The shell's name takes the place before argv[0]. */
static void lets_a_shell_run_a_script(const char *script)
{
    int fd = open(script, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
    CHECK(fd >= 0 && write(fd, "test \"$#\" = 2 -a \"$2\" = two\n", 28) == 28 && close(fd) == 0);
    begin();
    builder.head.flags |= PLAN_SHELL_SCRIPTS;
    step(OP_OWN_MEMORY, 0, 0, NULL, 0);
    CHECK(run((const char *[]){script, "one", "two", NULL}) == SPAWN_EXECED && end_of_child() == 0);
    CHECK(unlink(script) == 0);
}

/* ---- descriptors ---------------------------------------------------------------------------------------------- */

/* The number of the runner's file in this process, or -1. */
static int runner_number(void)
{
    const char *path = getenv("DRIVER_RUNNER");
    for (int fd = 0; fd < 1024 && path; fd++) {
        char link[64], target[512] = "";
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        if (readlink(link, target, sizeof target - 1) >= 0 && strcmp(target, path) == 0)
            return fd;
    }
    return -1;
}

/* To the plan its number is closed, and it may be opened; the program has neither that file nor the report pipe. */
static void hides_the_runner_from_the_plan(bool flat)
{
    int number = runner_number();
    char script[256];
    spawn_force_shared_table(flat ? 1 : 2);
    for (int sweeps = 0; sweeps < 2; sweeps++) {
        begin();
        builder.head.flags |= sweeps ? PLAN_ONLY_NAMED : 0;
        if (sweeps)
            step(OP_SWEEP, 3, 0x7fffffff, NULL, 0);
        step(OP_OPEN, number, O_RDONLY, "/dev/null", 0);
        step(OP_OPEN, number + 1, O_RDONLY, "/dev/null", 0);
        change_ids();
        snprintf(
            script, sizeof script,
            "exec </dev/null >/dev/null 2>&1; cd /proc/$$/fd && test -e %d -a -e %d || exit 1; for fd in *; do test -p "
            "$fd -o $fd -ef $DRIVER_RUNNER && exit 2; done; exit 0",
            number, number + 1);
        CHECK(run_shell(script) == SPAWN_EXECED && end_of_child() == 0);
        begin();
        builder.head.flags |= sweeps ? PLAN_ONLY_NAMED : 0;
        if (sweeps)
            step(OP_SWEEP, 3, 0x7fffffff, NULL, 0);
        step(OP_DUP2, number, 1, NULL, 0);
        step(OP_OWN_MEMORY, 0, 0, NULL, 0);
        bool fails = run((const char *[]){"/bin/true", NULL}) == SPAWN_FAILED;
        CHECK(fails && outcome.error == EBADF && outcome.op == OP_DUP2);
        spawn_close(&child);
    }
    spawn_force_shared_table(2);
}

/* The exec of the runner would close them. */
static void carries_descriptors_that_later_steps_read(void)
{
    int kept = open("/usr", O_PATH | O_DIRECTORY), closed = open("/usr", O_PATH | O_DIRECTORY | O_CLOEXEC);
    char script[160];
    for (int read = 0; read < 2; read++) {
        begin();
        step(OP_OWN_MEMORY, 0, 0, NULL, 0);
        step(OP_UMASK, 0, 022, NULL, 0);
        step(OP_FCHDIR, read ? closed : kept, 0, NULL, 0);
        snprintf(script, sizeof script, "test \"$PWD\" = /usr -a -e /proc/$$/fd/%d -a ! -e /proc/$$/fd/%d", kept,
                 closed);
        CHECK(run((const char *[]){"/bin/sh", "-c", script, NULL}) == SPAWN_EXECED && end_of_child() == 0);
    }
    close(kept);
    close(closed);
    begin();
    step(OP_OWN_MEMORY, 0, 0, NULL, 0);
    step(OP_FCHDIR, 800, 0, NULL, 0);
    CHECK(run((const char *[]){"/bin/true", NULL}) == SPAWN_FAILED);
    CHECK(outcome.error == EBADF && outcome.op == OP_FCHDIR && outcome.step == 1);
    spawn_close(&child);
}

/* ---- dying in it ---------------------------------------------------------------------------------------------- */

static void read_name(char *name, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/comm", child.pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = read(fd, name, size - 1);
    name[got > 0 ? got - 1 : 0] = 0;
    close(fd);
}

/* Also on the rung with VFORK: there it is the runner's exec that lets the parent go on. */
static void start_stuck_after(int steps, const char *fifo)
{
    begin();
    step(OP_UMASK, 0, 022, NULL, 0);
    step(OP_OWN_MEMORY, 0, 0, NULL, 0);
    for (int i = 0; i < steps; i++)
        step(OP_UMASK, 0, 022, NULL, 0);
    step(OP_OPEN, 5, O_RDONLY, fifo, 0);
    char name[32], tail[16];
    start((const char *[]){"/bin/sleep", "60", NULL});
    snprintf(tail, sizeof tail, ":%d", steps + 1);
    do
        read_name(name, sizeof name);
    while (name[0] != '/' || strcmp(strchr(name, ':'), tail) != 0);
}

static void knows_where_a_child_died(const char *fifo)
{
    CHECK(mkfifo(fifo, 0600) == 0);
    for (int steps = 0; steps < 12; steps++) {
        start_stuck_after(steps, fifo);
        for (int i = 0; i < 3; i++)
            CHECK(spawn_ask(&child, &outcome) == SPAWN_PENDING);
        CHECK(spawn_kill(&child, SIGKILL) == 0);
        CHECK(spawn_wait(&child, &outcome) == SPAWN_DIED);
        CHECK(outcome.op == OP_OPEN && outcome.step == steps + 2 && outcome.signal == SIGKILL);
        spawn_close(&child);
    }
    /* other code reaps it: nothing shows any more how far it had come */
    start_stuck_after(0, fifo);
    CHECK(kill(child.pid, SIGKILL) == 0 && waitpid(child.pid, NULL, (int)__WALL) == child.pid);
    CHECK(spawn_wait(&child, &outcome) == SPAWN_LOST && outcome.op == OP_OWN_MEMORY && outcome.step == 1);
    spawn_close(&child);
    unlink(fifo);
}

/*
 * Other code may fork in the moment before the write end is closed here, and its child then holds a copy for as long as
 * it lives: the end of file never comes.
 */
static void needs_no_end_of_file(const char *fifo)
{
    char link[64];
    CHECK(mkfifo(fifo, 0600) == 0);
    for (int waits = 0; waits < 2; waits++) {
        start_stuck_after(0, fifo);
        snprintf(link, sizeof link, "/proc/self/fd/%d", child.report_fd);
        int copy = open(link, O_WRONLY | O_CLOEXEC);
        CHECK(copy >= 0);
        for (int i = 0; i < 25; i++) { /* longer than it is given before its name counts */
            CHECK(spawn_ask(&child, &outcome) == SPAWN_PENDING);
            poll(NULL, 0, 4);
        }
        int writer = open(fifo, O_RDWR | O_CLOEXEC);
        if (waits)
            CHECK(spawn_wait(&child, &outcome) == SPAWN_EXECED);
        else
            while (spawn_ask(&child, &outcome) != SPAWN_EXECED)
                poll(NULL, 0, 1);
        CHECK(spawn_kill(&child, SIGKILL) == 0 && end_of_child() == -SIGKILL);
        close(writer);
        close(copy);
    }
    unlink(fifo);
}

static char secret[] = "of the parent";

/* Whether a process of this user, without capabilities, reads this program's memory through the child. */
static bool can_read_through_child(int user)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        char bytes[sizeof secret] = "";
        struct iovec here = {bytes, sizeof bytes}, there = {secret, sizeof secret};
        if (user &&
            (setresgid((gid_t)user, (gid_t)user, (gid_t)user) || setresuid((uid_t)user, (uid_t)user, (uid_t)user)))
            _exit(2);
        prctl(PR_SET_DUMPABLE, 1);
        bool has_read = process_vm_readv(child.pid, &here, 1, &there, 1, 0) == (ssize_t)sizeof secret;
        _exit(has_read && memcmp(bytes, secret, sizeof secret) == 0 ? 1 : 0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) < 2);
    return WEXITSTATUS(status) == 1;
}

/* The same act succeeds through a child that has stayed in this memory: by a reader who may look at that one. */
static void shows_its_memory_to_no_other_user(void)
{
    char fifo[64]; /* where the other user may go */
    if (geteuid() != 0)
        return;
    snprintf(fifo, sizeof fifo, "/tmp/forkless-driver-fifo-%d", getpid());
    CHECK(mkfifo(fifo, 0644) == 0);
    for (int leaves = 0; leaves < 2; leaves++) {
        char name[32];
        if (!leaves && spawn_rung() == RUNG_VFORK)
            continue; /* this program would be stopped */
        begin();
        if (leaves)
            change_ids();
        uint32_t stuck = builder.head.step_count;
        step(OP_OPEN, 5, O_RDONLY, fifo, 0);
        start((const char *[]){"/bin/true", NULL});
        if (leaves)
            do
                read_name(name, sizeof name);
            while (name[0] != '/' || strcmp(strchr(name, ':'), ":4") != 0);
        else
            while (child.arena->task.progress != (int32_t)stuck)
                poll(NULL, 0, 1);
        CHECK(can_read_through_child(0) == !leaves);
        CHECK(!can_read_through_child(USER));
        CHECK(spawn_kill(&child, SIGKILL) == 0 && spawn_wait(&child, &outcome) == SPAWN_DIED);
        CHECK(outcome.op == OP_OPEN);
        spawn_close(&child);
    }
    unlink(fifo);
}

/* The kernel clears the signal that ends it when ids change, and the runner sets it again. */
static void ends_with_its_parent(void)
{
    char fifo[64];
    int told[2], status;
    pid_t pid;
    snprintf(fifo, sizeof fifo, "/tmp/forkless-driver-orphan-%d", getpid());
    CHECK(mkfifo(fifo, 0644) == 0 && prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
    for (int changes = 0; changes < 2; changes++) {
        CHECK(pipe2(told, O_CLOEXEC) == 0);
        pid_t parent = fork();
        if (parent == 0) {
            char name[32];
            begin();
            if (changes)
                change_ids();
            else
                step(OP_OWN_MEMORY, 0, 0, NULL, 0);
            uint32_t steps = builder.head.step_count;
            step(OP_OPEN, 5, O_RDONLY, fifo, 0);
            start((const char *[]){"/bin/true", NULL});
            do
                read_name(name, sizeof name);
            while (name[0] != '/' || strtoul(strchr(name, ':') + 1, NULL, 10) != steps);
            CHECK(write(told[1], &child.pid, sizeof child.pid) == (ssize_t)sizeof child.pid);
            for (;;)
                pause();
        }
        CHECK(parent > 0 && close(told[1]) == 0);
        CHECK(read(told[0], &pid, sizeof pid) == (ssize_t)sizeof pid && close(told[0]) == 0);
        CHECK(waitpid(pid, NULL, WNOHANG | (int)__WALL) == -1); /* a grandchild */
        CHECK(kill(parent, SIGKILL) == 0 && waitpid(parent, &status, 0) == parent);
        CHECK(waitpid(pid, &status, (int)__WALL) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    }
    CHECK(prctl(PR_SET_CHILD_SUBREAPER, 0) == 0);
    unlink(fifo);
}

/* Over before anybody has asked. */
static void knows_programs_that_have_ended(void)
{
    static const char *const scripts[] = {"exit 0", "exit 127", "exit 126", "kill -9 $$", "kill -11 $$"};
    static const int codes[] = {0, 127, 126, -SIGKILL, -SIGSEGV};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        begin();
        step(OP_OWN_MEMORY, 0, 0, NULL, 0);
        start((const char *[]){"/bin/sh", "-c", scripts[i], NULL});
        struct pollfd ended = {child.pidfd, POLLIN, 0};
        CHECK(poll(&ended, 1, -1) == 1);
        CHECK(spawn_wait(&child, &outcome) == SPAWN_EXECED);
        CHECK(end_of_child() == codes[i]);
    }
}

/* ---- which file ----------------------------------------------------------------------------------------------- */

static void uses_what_it_may(void)
{
    static const struct {
        enum runner_choice choice;
        enum runner_kind kind;
    } cases[] = {{RUNNER_ONLY_MEMFD, RUNNER_MEMFD}, {RUNNER_NEVER, RUNNER_NONE}, {RUNNER_ANY, RUNNER_ADDON}};
    uint64_t before[SPAWN_RUNGS], after[SPAWN_RUNGS];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        spawn_force_runner(cases[i].choice);
        CHECK(spawn_runner() == RUNNER_NONE);
        spawn_counts(before);
        CHECK(leaves_by_exec() == (cases[i].kind != RUNNER_NONE));
        spawn_counts(after);
        int rung = cases[i].kind == RUNNER_NONE ? RUNG_PRIVATE : spawn_rung();
        for (int k = 0; k < SPAWN_RUNGS; k++)
            CHECK(after[k] - before[k] == (k == rung - 1)); /* finding out is not counted */
        CHECK(spawn_runner() == (int)cases[i].kind);
        changes_the_ids_of_the_child_alone();
    }
}

static pthread_barrier_t first_start;

static void *make_first_start(void *unused)
{
    struct builder own;
    struct spawn_child started;
    struct spawn_outcome result;
    struct spawn_failure failure;
    struct spawn_exit end;
    builder_start(&own);
    builder_step(&own, OP_OWN_MEMORY, 0, 0, NULL, 0);
    builder_step(&own, OP_EXECVE, 0, 0, "/bin/true", 0);
    builder_argv(&own, (const char *[]){"true", NULL});
    pthread_barrier_wait(&first_start);
    CHECK(spawn_start(own.bytes, builder_finish(&own), &started, &failure) == 0);
    CHECK(spawn_wait(&started, &result) == SPAWN_EXECED);
    CHECK(started.rung != RUNG_PRIVATE && started.own_memory == 0);
    struct pollfd ended = {started.pidfd, POLLIN, 0};
    while (spawn_reap(&started, &end) == 0)
        poll(&ended, 1, -1);
    spawn_close(&started);
    return unused;
}

/* None copies this memory because another has not found out yet whether the runner works. */
static void is_found_by_several_threads(void)
{
    enum { THREADS = 4, ROUNDS = 10 };
    for (int round = 0; round < ROUNDS; round++) {
        pthread_t threads[THREADS];
        spawn_force_runner(RUNNER_ANY);
        CHECK(pthread_barrier_init(&first_start, NULL, THREADS) == 0);
        for (int i = 0; i < THREADS; i++)
            CHECK(pthread_create(&threads[i], NULL, make_first_start, NULL) == 0);
        for (int i = 0; i < THREADS; i++)
            CHECK(pthread_join(threads[i], NULL) == 0);
        CHECK(spawn_runner() == RUNNER_ADDON);
        pthread_barrier_destroy(&first_start);
    }
}

/* Its number may then be any other file's, which must not be executed. */
static void survives_that_others_close_it(void)
{
    int number = runner_number();
    CHECK(close(number) == 0 && leaves_by_exec() && runner_number() >= 0);
    number = runner_number();
    int other = open("/bin/false", O_RDONLY | O_CLOEXEC);
    CHECK(dup3(other, number, O_CLOEXEC) == number && close(other) == 0);
    CHECK(leaves_by_exec() && runner_number() >= 0 && runner_number() != number);
    CHECK(close(number) == 0);
}

static int exit_code_of(const char *path, const char *const *argv)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        close(2);
        execv(path, (char *const *)argv);
        _exit(1);
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void does_nothing_by_hand(void)
{
    const char *path = getenv("DRIVER_RUNNER");
    CHECK(path != NULL);
    CHECK(exit_code_of(path, (const char *[]){path, NULL}) == 126);
    CHECK(exit_code_of(path, (const char *[]){"", NULL}) == 126);
    CHECK(exit_code_of(path, (const char *[]){"forkless-runner", "a", "b", NULL}) == 126);
    CHECK(exit_code_of(path, (const char *[]){"forkless-runner 0000000000000004 0 0 0 0 0 0", "a", "b", NULL}) == 126);
}

void check_own_memory(const char *free_path, bool emulated)
{
    codes_all_bytes_without_nul();
    for (int fd = 3; fd < 1024; fd++) /* what this program has inherited itself */
        if (fcntl(fd, F_GETFD) >= 0)
            fcntl(fd, F_SETFD, FD_CLOEXEC);
    bool leaves = leaves_by_exec();
    CHECK(leaves == (spawn_rung() != RUNG_PRIVATE && !emulated));
    changes_the_ids_of_the_child_alone();
    tells_which_step_failed();
    lets_a_shell_run_a_script(free_path);
    carries_descriptors_that_later_steps_read();
    knows_programs_that_have_ended();
    if (!leaves)
        return;
    hides_the_runner_from_the_plan(false);
    hides_the_runner_from_the_plan(true);
    knows_where_a_child_died(free_path);
    needs_no_end_of_file(free_path);
    ends_with_its_parent();
    shows_its_memory_to_no_other_user();
    uses_what_it_may();
    is_found_by_several_threads();
    survives_that_others_close_it();
    does_nothing_by_hand();
}
