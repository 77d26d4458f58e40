/* What the parent makes of a child that others have reaped, that writes nonsense, or that has not left its memory. */
#include "../../../csrc/core/arena.h"
#include "../../../csrc/core/proc.h"
#include "../../../csrc/core/spawn.h"
#include "checks.h"
#include "plan-builder.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct builder builder;
static struct spawn_child child;
static struct spawn_outcome outcome;

static void start(const char *const *argv)
{
    struct spawn_failure failure;
    builder_step(&builder, OP_EXECVE, 0, 0, argv[0], 0);
    builder_argv(&builder, argv);
    CHECK(spawn_start(builder.bytes, builder_finish(&builder), &child, &failure) == 0);
}

static void start_stuck(const char *fifo)
{
    builder_start(&builder);
    builder_step(&builder, OP_OPEN, 5, O_RDONLY, fifo, 0);
    start((const char *[]){"/bin/true", NULL});
    while (child.arena->task.progress != 0)
        poll(NULL, 0, 1);
}

static void wait_until_over(void)
{
    struct pollfd ended = {child.pidfd, POLLIN, 0};
    CHECK(poll(&ended, 1, -1) == 1);
}

/* PIDFD_INFO_EXIT came with Linux 6.15; an emulator of programs does not pass that ioctl on. */
static bool kernel_remembers(void)
{
    if (getenv("DRIVER_EMULATED"))
        return false;
    struct utsname name;
    uname(&name);
    char *end;
    long major = strtol(name.release, &end, 10);
    return major > 6 || (major == 6 && strtol(end + 1, NULL, 10) >= 15);
}

/* Other code reaps it before anybody has asked. */
static enum spawn_verdict verdict_of_taken(const char *script)
{
    builder_start(&builder);
    start((const char *[]){"/bin/sh", "-c", script, NULL});
    wait_until_over();
    CHECK(waitpid(child.pid, NULL, (int)__WALL) == child.pid);
    return spawn_wait(&child, &outcome);
}

static void judges_a_child_that_was_taken_by_its_exit_code(void)
{
    static const int codes[] = {0, 1, 126, 128, 200, 255};
    struct spawn_exit end;
    char script[16];
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        snprintf(script, sizeof script, "exit %d", codes[i]);
        CHECK(verdict_of_taken(script) == (kernel_remembers() ? SPAWN_EXECED : SPAWN_LOST));
        if (kernel_remembers())
            CHECK(spawn_reap(&child, &end) == 1 && end.reaped_elsewhere && end.exit_code == codes[i] &&
                  end.signal == 0);
        spawn_close(&child);
    }
    /* what a child before exec could have given as well */
    CHECK(verdict_of_taken("exit 127") == SPAWN_LOST && outcome.op == OP_EXECVE && outcome.step == 0);
    CHECK(outcome.exit_code == (kernel_remembers() ? 127 : -1));
    spawn_close(&child);
    CHECK(verdict_of_taken("kill -9 $$") == SPAWN_LOST && outcome.op == OP_EXECVE);
    CHECK(outcome.signal == (kernel_remembers() ? SIGKILL : 0));
    spawn_close(&child);
}

/* Over before anybody has asked, and not reaped; alive; failed: on every rung, whatever /proc shows. */
static void judges_by_what_it_can_see(void)
{
    struct spawn_exit end;
    static const char *const scripts[] = {"exit 0", "exit 9", "exit 127", "kill -9 $$"};
    static const int codes[] = {0, 9, 127, -1};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        builder_start(&builder);
        start((const char *[]){"/bin/sh", "-c", scripts[i], NULL});
        wait_until_over();
        CHECK(spawn_wait(&child, &outcome) == SPAWN_EXECED);
        CHECK(spawn_reap(&child, &end) == 1 && !end.reaped_elsewhere && end.exit_code == codes[i]);
        spawn_close(&child);
    }
    for (int in_session = 0; in_session < 2; in_session++) {
        builder_start(&builder);
        if (in_session)
            builder_step(&builder, OP_SETSID, 0, 0, NULL, 0);
        start((const char *[]){"/bin/sleep", "60", NULL});
        CHECK(spawn_wait(&child, &outcome) == SPAWN_EXECED && !spawn_has_ended(&child));
        CHECK(spawn_kill(&child, SIGTERM) == 0);
        wait_until_over();
        CHECK(spawn_reap(&child, &end) == 1 && end.signal == SIGTERM);
        spawn_close(&child);
    }
    builder_start(&builder);
    start((const char *[]){"/no/such/program", NULL});
    CHECK(spawn_wait(&child, &outcome) == SPAWN_FAILED && outcome.error == ENOENT);
    spawn_close(&child);
}

/* The exit signal changes a moment before the kernel clears the word in the arena: that must not hit the next start. */
static void holds_the_verdict_back_until_the_child_has_left_memory(void)
{
    struct spawn_exit end;
    builder_start(&builder);
    start((const char *[]){"/bin/sleep", "60", NULL});
    while (child.arena->task.in_memory)
        poll(NULL, 0, 1);
    child.arena->task.in_memory = IN_MEMORY;
    CHECK(!spawn_may_be_decided(&child));
    CHECK(spawn_ask(&child, &outcome) == SPAWN_PENDING && child.arena != NULL);
    child.arena->task.in_memory = 0;
    CHECK(spawn_may_be_decided(&child));
    CHECK(spawn_ask(&child, &outcome) == SPAWN_EXECED && child.arena == NULL);
    spawn_kill_and_reap(&child);
    CHECK(spawn_reap(&child, &end) == 1);
    spawn_close(&child);
}

/* The stuck child's own end of its report pipe. */
int report_pipe_of(const struct spawn_child *of)
{
    char path[64];
    struct stat ours, theirs;
    CHECK(fstat(of->report_fd, &ours) == 0);
    for (int fd = 0; fd < 256; fd++) {
        snprintf(path, sizeof path, "/proc/%d/fd/%d", of->pid, fd);
        if (stat(path, &theirs) == 0 && theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev)
            return open(path, O_WRONLY | O_CLOEXEC);
    }
    return -1;
}

static void takes_a_report_that_is_wrong_for_an_error(const char *fifo)
{
    static const struct plan_report reports[] = {
        {ENOENT, 2, OP_OPEN},       {ENOENT, 0x7fffffff, OP_OPEN}, {ENOENT, -2, OP_OPEN},
        {ENOENT, 0, PLAN_OP_COUNT}, {ENOENT, 0, 0xffffffff},       {-1, 0, OP_OPEN},
        {4096, 0, OP_OPEN},         {ENOENT, 0, OP_OPEN},
    };
    const size_t count = sizeof reports / sizeof reports[0];
    for (size_t i = 0; i <= count; i++) {
        start_stuck(fifo);
        int pipe = report_pipe_of(&child);
        CHECK(pipe >= 0);
        const struct plan_report *report = &reports[i < count ? i : count - 1];
        size_t size = i < count ? sizeof *report : sizeof *report - 1;
        CHECK(write(pipe, report, size) == (ssize_t)size);
        bool is_sound = i == count - 1;
        if (is_sound)
            CHECK(spawn_ask(&child, &outcome) == SPAWN_PENDING && spawn_kill(&child, SIGKILL) == 0);
        /* otherwise it has been killed by this */
        CHECK(spawn_wait(&child, &outcome) == SPAWN_FAILED);
        if (is_sound)
            CHECK(outcome.error == ENOENT && outcome.step == 0 && outcome.op == OP_OPEN);
        else
            CHECK(outcome.error == EPROTO && outcome.step == -1 && outcome.op == OP_VERDICT);
        close(pipe);
        spawn_close(&child);
    }
}

/* As it could write while it is before exec. */
static void reads_nothing_by_a_number_that_the_child_wrote(const char *fifo)
{
    static const int32_t numbers[] = {2, 3, 0x7fffffff, INT32_MIN, -1000, PROGRESS_STAGE(PLAN_OP_COUNT)};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        start_stuck(fifo);
        child.arena->task.progress = numbers[i];
        child.arena->task.plan = (struct plan){0};
        CHECK(spawn_kill(&child, SIGKILL) == 0);
        CHECK(spawn_wait(&child, &outcome) == SPAWN_DIED);
        CHECK(outcome.step == -1 && outcome.op == OP_VERDICT && outcome.signal == SIGKILL);
        spawn_close(&child);
    }
    start_stuck(fifo);
    ((struct plan_step *)child.steps)[0].op = 0x12345678;
    CHECK(spawn_kill(&child, SIGKILL) == 0);
    CHECK(spawn_wait(&child, &outcome) == SPAWN_DIED && outcome.step == 0 && outcome.op == OP_VERDICT);
    spawn_close(&child);
}

/* Another thread's fork has a copy of the report pipe's write end, so its end of file does not come. */
static void knows_exec_while_others_hold_the_report_pipe(const char *fifo)
{
    struct spawn_exit end;
    builder_start(&builder);
    builder_step(&builder, OP_OPEN, 5, O_RDONLY, fifo, 0);
    start((const char *[]){"/bin/sleep", "60", NULL});
    while (child.arena->task.progress != 0)
        poll(NULL, 0, 1);
    int pipe = report_pipe_of(&child);
    CHECK(pipe >= 0);
    int both = open(fifo, O_RDWR | O_CLOEXEC);
    CHECK(spawn_wait(&child, &outcome) == SPAWN_EXECED);
    CHECK(spawn_kill(&child, SIGKILL) == 0);
    wait_until_over();
    CHECK(spawn_reap(&child, &end) == 1 && end.signal == SIGKILL);
    close(both);
    close(pipe);
    spawn_close(&child);
}

/* Its pid may be that of another child, which has exec'ed. */
static void proves_nothing_by_the_pid_of_a_child_that_it_has_reaped(void)
{
    struct spawn_exit end;
    builder_start(&builder);
    start((const char *[]){"/bin/sleep", "60", NULL});
    CHECK(spawn_wait(&child, &outcome) == SPAWN_EXECED);
    struct spawn_child other = child;
    builder_start(&builder);
    start((const char *[]){"/bin/sh", "-c", "exit 127", NULL});
    wait_until_over();
    pid_t pid = child.pid;
    CHECK(waitpid(pid, NULL, (int)__WALL) == pid);
    /* as after a wait4 that could not look without reaping */
    child.is_kept = true;
    child.kept = (struct spawn_exit){.exit_code = 127};
    child.pid = other.pid;
    CHECK(spawn_ask(&child, &outcome) == SPAWN_LOST && outcome.exit_code == 127);
    spawn_close(&child);
    spawn_kill_and_reap(&other);
    CHECK(spawn_reap(&other, &end) == 1);
    spawn_close(&other);
}

static void takes_no_other_descriptor_for_a_pidfd(void)
{
    builder_start(&builder);
    start((const char *[]){"/bin/sleep", "60", NULL});
    CHECK(spawn_wait(&child, &outcome) == SPAWN_EXECED);
    int answer = proc_names_pidfd(child.pidfd, child.pid);
    int event = eventfd(0, EFD_CLOEXEC);
    CHECK(answer < 0 || (answer == 1 && proc_names_pidfd(child.pidfd, child.pid + 1) == 0));
    /* its last line is a number, which may be any */
    for (int pid = 0; pid < 256 && answer == 1; pid++)
        CHECK(proc_names_pidfd(event, pid) == 0);
    close(event);
    spawn_kill_and_reap(&child);
    spawn_close(&child);
}

static int64_t now_us(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* Its end of file does not come, and nothing is waited for: a wait is 2 ms at least, so the quickest try tells. */
static void asks_at_once_of_a_child_that_has_left_memory(const char *fifo)
{
    int64_t shortest = INT64_MAX;
    for (int try = 0; try < 10; try++) {
        builder_start(&builder);
        builder_step(&builder, OP_OPEN, 5, O_RDONLY, fifo, 0);
        start((const char *[]){"/bin/sleep", "60", NULL});
        while (child.arena->task.progress != 0)
            poll(NULL, 0, 1);
        int pipe = report_pipe_of(&child), both = open(fifo, O_RDWR | O_CLOEXEC);
        while (!spawn_may_be_decided(&child))
            poll(NULL, 0, 1);
        int64_t begin = now_us();
        CHECK(spawn_wait(&child, &outcome) == SPAWN_EXECED);
        int64_t taken = now_us() - begin;
        if (taken < shortest)
            shortest = taken;
        close(both);
        close(pipe);
        spawn_kill_and_reap(&child);
        spawn_close(&child);
    }
    CHECK(shortest < 1500);
}

void check_verdicts(const char *fifo, bool parent_is_stopped)
{
    judges_by_what_it_can_see();
    judges_a_child_that_was_taken_by_its_exit_code();
    proves_nothing_by_the_pid_of_a_child_that_it_has_reaped();
    takes_no_other_descriptor_for_a_pidfd();
    if (spawn_rung() == 1)
        holds_the_verdict_back_until_the_child_has_left_memory();
    if (parent_is_stopped)
        return;
    CHECK(mkfifo(fifo, 0600) == 0);
    takes_a_report_that_is_wrong_for_an_error(fifo);
    reads_nothing_by_a_number_that_the_child_wrote(fifo);
    knows_exec_while_others_hold_the_report_pipe(fifo);
    if (spawn_rung() == 1)
        asks_at_once_of_a_child_that_has_left_memory(fifo);
    unlink(fifo);
}
