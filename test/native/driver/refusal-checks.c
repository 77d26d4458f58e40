/*
 * Verdict, end, signal and gathering while a filter refuses what the engine asks the kernel for after the clone: one
 * call after the other, and several together. Only calls out of this program's own code are refused; libc's and those
 * of the programs that are started are not.
 */
#include "../../../csrc/core/arena.h"
#include "../../../csrc/core/collect.h"
#include "../../../csrc/core/fds.h"
#include "../../../csrc/core/sys.h"
#include "checks.h"
#include "plan-builder.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined __x86_64__
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#else
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#endif

enum { MOST = 6, DEADLINE_SECONDS = 120, NO_CALL = 100000, INSTRUCTIONS = 32 };

extern const char __executable_start, etext;

struct refusal {
    long calls[MOST]; /* up to the first 0 but one: number 0 is read's, and may stand first */
    bool no_wait;     /* no call is left that reaps: how a child has ended only the kernel's memory tells */
    bool no_proof;    /* nor one that proves an exec, so of a program that is over it cannot be known */
    bool no_signal;   /* no call is left that sends */
};

static struct builder builder;
static int rung;
static const char *fifo;

static void emit(struct sock_filter *code, unsigned short *length, unsigned what, size_t value, int if_not)
{
    code[(*length)++] = (struct sock_filter){(uint16_t)what, 0, (uint8_t)if_not, (uint32_t)value};
}

/* The code of a program lies within 4 GB, where it is not loaded across a border of that size. */
static bool refuse(const struct refusal *refusal, int error)
{
    struct sock_filter code[INSTRUCTIONS];
    unsigned short length = 0;
    uint64_t start = (uint64_t)(uintptr_t)&__executable_start, end = (uint64_t)(uintptr_t)&etext;
    if (start >> 32 != end >> 32)
        return false;
    int count = 1;
    while (count < MOST && refusal->calls[count])
        count++;
    emit(code, &length, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer) + 4, 0);
    emit(code, &length, BPF_JMP | BPF_JEQ | BPF_K, start >> 32, 4 + 2 * count);
    emit(code, &length, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer), 0);
    emit(code, &length, BPF_JMP | BPF_JGE | BPF_K, (uint32_t)start, 2 + 2 * count);
    code[length++] = (struct sock_filter){BPF_JMP | BPF_JGE | BPF_K, (uint8_t)(1 + 2 * count), 0, (uint32_t)end};
    emit(code, &length, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0);
    for (int i = 0; i < count; i++) {
        emit(code, &length, BPF_JMP | BPF_JEQ | BPF_K, (size_t)refusal->calls[i], 1);
        emit(code, &length, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error, 0);
    }
    emit(code, &length, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0);
    struct sock_fprog filter = {length, code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0;
}

static void plan(const char *const *argv)
{
    builder_step(&builder, OP_EXECVE, 0, 0, argv[0], 0);
    builder_argv(&builder, argv);
}

/* A filter that comes once the first child has been started. */
static const struct refusal *late;
static int errno_of_filter;

static void start(struct spawn_child *child)
{
    struct spawn_failure failure;
    CHECK(spawn_start(builder.bytes, builder_finish(&builder), child, &failure) == 0);
    if (late)
        CHECK(refuse(late, errno_of_filter));
    late = NULL;
}

static void start_program(struct spawn_child *child, const char *const *argv)
{
    builder_start(&builder);
    plan(argv);
    start(child);
}

/* It waits before exec, until somebody opens the FIFO for writing. */
static void start_stuck(struct spawn_child *child)
{
    builder_start(&builder);
    builder_step(&builder, OP_OPEN, 5, O_RDONLY, fifo, 0);
    plan((const char *[]){"/bin/true", NULL});
    start(child);
}

static void wait_for_end(struct spawn_child *child, struct spawn_exit *end)
{
    struct pollfd ended = {child->pidfd, POLLIN, 0};
    CHECK(poll(&ended, 1, -1) == 1);
    while (spawn_reap(child, end) == 0)
        poll(NULL, 0, 1);
    spawn_close(child);
}

static bool ended_with(const struct spawn_exit *end, const struct refusal *refusal, int code, int signal)
{
    if (refusal->no_wait)
        return end->reaped_elsewhere && end->exit_code == -1 && end->signal == 0;
    return !end->reaped_elsewhere && end->exit_code == code && end->signal == signal;
}

static void tells_how_a_program_ends(const struct refusal *refusal)
{
    struct spawn_child child;
    struct spawn_outcome outcome;
    struct spawn_exit end;
    start_program(&child, (const char *[]){"/bin/sh", "-c", "exit 7", NULL});
    CHECK(spawn_wait(&child, &outcome) == SPAWN_EXECED);
    wait_for_end(&child, &end);
    CHECK(ended_with(&end, refusal, 7, 0));
    if (refusal->no_wait)
        return;
    /* looked at first, as the drop-in does: it is still there to be reaped */
    start_program(&child, (const char *[]){"/bin/sh", "-c", "exit 130", NULL});
    CHECK(spawn_wait(&child, &outcome) == SPAWN_EXECED);
    struct pollfd ended = {child.pidfd, POLLIN, 0};
    CHECK(poll(&ended, 1, -1) == 1);
    CHECK(spawn_has_ended(&child) && spawn_has_ended(&child));
    CHECK(spawn_kill(&child, SIGTERM) == -ESRCH);
    wait_for_end(&child, &end);
    CHECK(ended_with(&end, refusal, 130, 0));
}

/* A program that is over before anybody has asked what became of its start. */
static void tells_that_one_had_begun_that_is_over(const struct refusal *refusal)
{
    struct spawn_child child;
    struct spawn_outcome outcome;
    struct spawn_exit end;
    start_program(&child, (const char *[]){"/bin/sh", "-c", "exit 3", NULL});
    struct pollfd ended = {child.pidfd, POLLIN, 0};
    CHECK(poll(&ended, 1, -1) == 1);
    CHECK(spawn_wait(&child, &outcome) == SPAWN_EXECED);
    wait_for_end(&child, &end);
    CHECK(ended_with(&end, refusal, 3, 0));
}

static void tells_why_a_start_failed(const struct refusal *refusal)
{
    (void)refusal;
    struct spawn_child child;
    struct spawn_outcome outcome;
    start_program(&child, (const char *[]){"/no/such/program", NULL});
    CHECK(spawn_wait(&child, &outcome) == SPAWN_FAILED);
    CHECK(outcome.error == ENOENT && outcome.op == OP_EXECVE && outcome.step == 0);
    spawn_close(&child);
}

/* As long as the child is before exec there is no verdict: it uses the arena. */
static void sees_a_child_die_before_exec(const struct refusal *refusal)
{
    struct spawn_child child;
    struct spawn_outcome outcome;
    start_stuck(&child);
    while (child.arena->task.progress != 0)
        poll(NULL, 0, 1);
    for (int i = 0; i < 20; i++)
        CHECK(spawn_ask(&child, &outcome) == SPAWN_PENDING);
    CHECK(child.arena != NULL);
    if (refusal->no_signal) {
        int error = spawn_kill(&child, SIGKILL);
        CHECK(error < 0 && error != -ESRCH);
        kill(child.pid, SIGKILL);
    } else {
        CHECK(spawn_kill(&child, SIGKILL) == 0);
    }
    CHECK(spawn_wait(&child, &outcome) == SPAWN_DIED);
    CHECK(refusal->no_wait || (outcome.signal == SIGKILL && outcome.exit_code == -1));
    CHECK(outcome.op == OP_OPEN && outcome.step == 0);
    spawn_close(&child);
}

/* It has reported, and is about to end; it does that on the arena's stack. */
static void waits_for_the_end_of_one_who_has_failed(void)
{
    struct spawn_child child;
    struct spawn_outcome outcome;
    const struct plan_report report = {ENOENT, 0, OP_OPEN};
    start_stuck(&child);
    while (child.arena->task.progress != 0)
        poll(NULL, 0, 1);
    int pipe = report_pipe_of(&child);
    CHECK(pipe >= 0 && write(pipe, &report, sizeof report) == sizeof report);
    for (int i = 0; i < 20; i++)
        CHECK(spawn_ask(&child, &outcome) == SPAWN_PENDING);
    kill(child.pid, SIGKILL);
    CHECK(spawn_wait(&child, &outcome) == SPAWN_FAILED && outcome.error == ENOENT);
    close(pipe);
    spawn_close(&child);
}

static int64_t processor_ms(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

static void waits_for_a_slow_start_without_spinning(const struct refusal *refusal)
{
    struct spawn_child child;
    struct spawn_outcome outcome;
    struct spawn_exit end;
    start_stuck(&child);
    pid_t helper = fork();
    if (helper == 0) {
        poll(NULL, 0, 150);
        _exit(open(fifo, O_WRONLY) < 0);
    }
    int64_t before = processor_ms();
    CHECK(spawn_wait(&child, &outcome) == SPAWN_EXECED);
    CHECK(processor_ms() - before < 30);
    CHECK(waitpid(helper, NULL, 0) == helper);
    wait_for_end(&child, &end);
    CHECK(ended_with(&end, refusal, 0, 0));
}

static void reaches_a_program_by_a_signal(const struct refusal *refusal)
{
    struct spawn_child child;
    struct spawn_outcome outcome;
    struct spawn_exit end;
    start_program(&child, (const char *[]){"/bin/sleep", "60", NULL});
    CHECK(spawn_wait(&child, &outcome) == SPAWN_EXECED);
    CHECK(!spawn_has_ended(&child) && spawn_reap(&child, &end) == 0);
    if (refusal->no_signal)
        kill(child.pid, SIGTERM);
    else
        CHECK(spawn_kill(&child, SIGTERM) == 0);
    wait_for_end(&child, &end);
    CHECK(ended_with(&end, refusal, -1, SIGTERM));
}

enum { TAKEN_BY_ANOTHER_CHILD, TAKEN_BY_A_DEAD_CHILD, CLOSED, TAKEN_BY_A_FILE, TAKEN_BY_AN_EVENT, WAYS_TO_LOSE };

static void lose_pidfd(int number, int way, int other_pidfd)
{
    close(number);
    if (way <= TAKEN_BY_A_DEAD_CHILD)
        CHECK(dup3(other_pidfd, number, O_CLOEXEC) == number);
    int fd = way == TAKEN_BY_A_FILE     ? open("/dev/null", O_RDONLY | O_CLOEXEC)
             : way == TAKEN_BY_AN_EVENT ? eventfd(0, EFD_CLOEXEC)
                                        : number;
    CHECK(fd >= 0);
    if (fd != number)
        CHECK(dup3(fd, number, O_CLOEXEC) == number && close(fd) == 0);
}

/* Other code closes the number, and something else stands on it: neither a signal nor a wait nor a close may meet that.
 */
static void leaves_alone_what_took_its_number(const struct refusal *refusal, int way)
{
    struct spawn_child child, other;
    struct spawn_outcome outcome;
    struct spawn_exit end;
    builder_start(&builder);
    plan((const char *[]){"/bin/sleep", "60", NULL});
    size_t size = builder_finish(&builder);
    struct spawn_failure failure;
    CHECK(spawn_start(builder.bytes, size, &child, &failure) == 0);
    CHECK(spawn_start(builder.bytes, size, &other, &failure) == 0);
    CHECK(spawn_wait(&child, &outcome) == SPAWN_EXECED && spawn_wait(&other, &outcome) == SPAWN_EXECED);
    int number = child.pidfd, witness = (int)syscall(SYS_pidfd_open, child.pid, 0);
    CHECK(witness >= 0);
    bool is_dead = way == TAKEN_BY_A_DEAD_CHILD;
    struct pollfd other_ended = {other.pidfd, POLLIN, 0};
    CHECK(!is_dead || (kill(other.pid, SIGKILL) == 0 && poll(&other_ended, 1, 10000) == 1));
    lose_pidfd(number, way, other.pidfd);
    CHECK(!spawn_has_ended(&child) && spawn_reap(&child, &end) == 0);
    CHECK(spawn_kill(&child, SIGTERM) == 0);
    struct pollfd ended = {witness, POLLIN, 0};
    CHECK(poll(&ended, 1, 10000) == 1);
    CHECK(spawn_kill(&child, SIGTERM) == -ESRCH);
    CHECK(spawn_kill(&other, 0) == (is_dead ? -ESRCH : 0));
    CHECK(spawn_has_ended(&child));
    while (spawn_reap(&child, &end) == 0)
        poll(NULL, 0, 1);
    CHECK(ended_with(&end, refusal, -1, SIGTERM));
    close(witness);
    spawn_close(&child);
    CHECK((fcntl(number, F_GETFD) >= 0) == (way != CLOSED));
    if (way != CLOSED)
        close(number);
    CHECK(is_dead || (!spawn_has_ended(&other) && spawn_kill(&other, SIGKILL) == 0));
    wait_for_end(&other, &end);
    CHECK(ended_with(&end, refusal, -1, SIGKILL));
}

static void collect(const char *const *argv, struct collect_pipe pipes[2], const struct collect_limits *limits,
                    struct collect_result *result)
{
    int numbers[4], child_ends[2];
    CHECK(fds_socket_pairs(numbers, 2) == 0);
    builder_start(&builder);
    for (int i = 0; i < 2; i++) {
        pipes[i].fd = numbers[i];
        child_ends[i] = numbers[2 + i];
        builder_step(&builder, OP_DUP2, child_ends[i], i, NULL, 0);
    }
    pipes[0].written = true;
    plan(argv);
    collect_run(builder.bytes, builder_finish(&builder), pipes, child_ends, 2, limits, result);
}

static void gathers(const struct refusal *refusal)
{
    static const char input[] = "what is to be read\n";
    struct collect_pipe pipes[2] = {{.input = input, .input_left = sizeof input - 1}, {0}};
    struct collect_result result;
    collect((const char *[]){"/bin/cat", NULL}, pipes, &(struct collect_limits){0, -1, SIGTERM, false}, &result);
    CHECK(result.verdict == SPAWN_EXECED && result.error == 0 && ended_with(&result.exit, refusal, 0, 0));
    CHECK(pipes[1].size == sizeof input - 1 && memcmp(pipes[1].output, input, pipes[1].size) == 0);
    free(pipes[1].output);
    memset(pipes, 0, sizeof pipes);
    if (refusal->no_signal)
        return;
    collect((const char *[]){"/bin/sleep", "60", NULL}, pipes, &(struct collect_limits){30, -1, SIGTERM, false},
            &result);
    CHECK(result.verdict == SPAWN_EXECED && result.error == ETIMEDOUT);
    CHECK(ended_with(&result.exit, refusal, -1, SIGTERM));
}

/* Waiting must not be done in a loop that spins. */
static void does_not_spin(void)
{
    struct collect_pipe pipes[2] = {0};
    struct collect_result result;
    int64_t before = processor_ms();
    collect((const char *[]){"/bin/sleep", "0.1", NULL}, pipes, &(struct collect_limits){0, -1, SIGTERM, false},
            &result);
    CHECK(processor_ms() - before < 50);
}

static void check_nothing_left(void)
{
    siginfo_t info = {0};
    CHECK(waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | (int)__WALL) == -1 && errno == ECHILD);
}

/* What could not be waited for would stay a zombie, of which nobody knows how it ended. */
static void starts_nothing_that_it_cannot_wait_for(const struct refusal *refusal)
{
    struct spawn_child child;
    struct spawn_failure failure;
    (void)refusal;
    builder_start(&builder);
    plan((const char *[]){"/bin/true", NULL});
    CHECK(spawn_start(builder.bytes, builder_finish(&builder), &child, &failure) == -errno_of_filter);
    CHECK(failure.op == OP_VERDICT && failure.step == -1);
    check_nothing_left();
}

static void goes_through_all(const struct refusal *refusal)
{
    tells_how_a_program_ends(refusal);
    tells_that_one_had_begun_that_is_over(refusal);
    tells_why_a_start_failed(refusal);
    if (rung != 3) {
        sees_a_child_die_before_exec(refusal);
        waits_for_the_end_of_one_who_has_failed();
        waits_for_a_slow_start_without_spinning(refusal);
    }
    reaches_a_program_by_a_signal(refusal);
    for (int way = 0; way < WAYS_TO_LOSE && !refusal->no_signal; way++)
        leaves_alone_what_took_its_number(refusal, way);
    gathers(refusal);
    does_not_spin();
    check_nothing_left();
}

/* The filter is for good: in a process of its own, which is killed when it hangs. */
static void check_apart(const struct refusal *refusal, int error, bool is_late, void (*run)(const struct refusal *))
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        alarm(DEADLINE_SECONDS);
        errno_of_filter = error;
        if (is_late)
            late = refusal;
        else if (!refuse(refusal, error))
            _exit(2);
        run(refusal);
        _exit(0);
    }
    int status;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    if (!WIFEXITED(status) || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 2)) {
        fprintf(stderr, "while call %ld (and %ld) was refused with %s on rung %d: %s %d\n", refusal->calls[0],
                refusal->calls[1], strerrorname_np(error), rung, WIFSIGNALED(status) ? "killed by" : "exit code",
                WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        exit(1);
    }
    checks++;
}

static void check_refusal(const struct refusal *refusal, int error)
{
    if (!refusal->no_wait) {
        check_apart(refusal, error, false, goes_through_all);
        return;
    }
    check_apart(refusal, error, false, starts_nothing_that_it_cannot_wait_for);
    if (rung != 3)
        check_apart(refusal, error, true, sees_a_child_die_before_exec);
    if (refusal->no_proof)
        return;
    check_apart(refusal, error, true, tells_how_a_program_ends);
    check_apart(refusal, error, true, tells_that_one_had_begun_that_is_over);
    check_apart(refusal, error, true, tells_why_a_start_failed);
    check_apart(refusal, error, true, reaches_a_program_by_a_signal);
}

void check_refusals(const char *free_path)
{
    static const struct refusal refusals[] = {
        {.calls = {NO_CALL}},
        {.calls = {__NR_ppoll}},
        {.calls = {__NR_ppoll, __NR_clock_nanosleep}},
        {.calls = {__NR_ppoll, __NR_clock_nanosleep, __NR_nanosleep}},
        {.calls = {__NR_futex}},
        {.calls = {__NR_futex, __NR_ppoll}},
        {.calls = {__NR_waitid}},
        {.calls = {__NR_waitid, __NR_ppoll}},
        {.calls = {__NR_waitid, __NR_pidfd_send_signal}},
        {.calls = {__NR_waitid, __NR_setpgid, __NR_getsid}},
        {.calls = {__NR_waitid, __NR_statx}},
        {.calls = {__NR_waitid, __NR_wait4}, .no_wait = true},
        {.calls = {__NR_waitid, __NR_wait4, __NR_readlinkat}, .no_wait = true},
        {.calls = {__NR_waitid, __NR_wait4, __NR_setpgid}, .no_wait = true},
        {.calls = {__NR_waitid, __NR_wait4, __NR_futex}, .no_wait = true},
        {.calls = {__NR_waitid, __NR_setpgid, __NR_readlinkat}},
        {.calls = {__NR_waitid, __NR_wait4, __NR_setpgid, __NR_readlinkat}, .no_wait = true, .no_proof = true},
        {.calls = {__NR_waitid, __NR_wait4, __NR_setpgid, __NR_readlinkat, __NR_ppoll},
         .no_wait = true,
         .no_proof = true},
        {.calls = {__NR_wait4}},
        {.calls = {__NR_pidfd_send_signal}},
        {.calls = {__NR_pidfd_send_signal, __NR_kill}, .no_signal = true},
        {.calls = {__NR_pidfd_open}},
        {.calls = {__NR_statx}},
        {.calls = {__NR_statx, __NR_pidfd_open}},
        {.calls = {__NR_statx, __NR_ppoll}},
        {.calls = {__NR_fstatfs}},
        {.calls = {__NR_ioctl}},
        {.calls = {__NR_setpgid}},
        {.calls = {__NR_setpgid, __NR_readlinkat}},
        {.calls = {__NR_getrusage}},
        {.calls = {__NR_clock_gettime}},
        {.calls = {__NR_recvfrom}},
        {.calls = {__NR_sendto}},
        {.calls = {__NR_shutdown}},
        {.calls = {__NR_read}},
        {.calls = {__NR_sched_yield}},
    };
    rung = spawn_rung();
    fifo = free_path;
    CHECK(mkfifo(fifo, 0600) == 0);
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        check_refusal(&refusals[i], ENOSYS);
        check_refusal(&refusals[i], EPERM);
    }
    unlink(fifo);
}
