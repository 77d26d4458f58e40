/* What collect_run() gives for children that read or do not read, write too much, close early or never end. */
#include "../../../csrc/core/collect.h"
#include "../../../csrc/core/fds.h"
#include "../../../csrc/core/pause.h"
#include "checks.h"
#include "plan-builder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIPES = 3, LONG_MS = 60000, SHORT_MS = 100 };

static const size_t megabyte = 1 << 20;

static const struct collect_limits unlimited = {LONG_MS, -1, SIGTERM, false};

static struct builder builder;
static struct collect_pipe pipes[PIPES];
static struct collect_result result;

static int open_descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    int count = 0;
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

static void free_outputs(void)
{
    for (int i = 0; i < PIPES; i++)
        free(pipes[i].output);
    memset(pipes, 0, sizeof pipes);
}

/* Runs a program on three pairs, after the steps that are there already; slot 0 is written. */
static void collect(const char *const *argv, const char *input, size_t size, const struct collect_limits *limits)
{
    int numbers[2 * PIPES], child_ends[PIPES];
    free_outputs();
    CHECK(fds_socket_pairs(numbers, PIPES) == 0);
    for (size_t i = 0; i < PIPES; i++) {
        pipes[i].fd = numbers[i];
        child_ends[i] = numbers[PIPES + i];
        builder_step(&builder, OP_DUP2, child_ends[i], (int)i, NULL, 0);
    }
    pipes[0].written = true;
    pipes[0].input = input;
    pipes[0].input_left = size;
    builder_step(&builder, OP_EXECVE, 0, 0, argv[0], 0);
    builder_argv(&builder, argv);
    int before = open_descriptors();
    collect_run(builder.bytes, builder_finish(&builder), pipes, child_ends, PIPES, limits, &result);
    CHECK(open_descriptors() == before - 2 * PIPES);
}

static void collect_script(const char *script, const char *input, size_t size, const struct collect_limits *limits)
{
    builder_start(&builder);
    collect((const char *[]){"/bin/sh", "-c", script, NULL}, input, size, limits);
}

static bool wrote(int slot, const char *text)
{
    return pipes[slot].size == strlen(text) && memcmp(pipes[slot].output, text, pipes[slot].size) == 0;
}

static bool exited(int code)
{
    return result.verdict == SPAWN_EXECED && result.exit.exit_code == code && result.exit.signal == 0;
}

static bool was_ended_by(int signal)
{
    return result.verdict == SPAWN_EXECED && result.exit.signal == signal && result.exit.exit_code == -1;
}

static void gathers_what_comes_on_each_pipe(void)
{
    collect_script("echo out; echo err >&2; exit 5", NULL, 0, &unlimited);
    CHECK(exited(5) && result.error == 0 && result.pid > 0);
    CHECK(wrote(1, "out\n") && wrote(2, "err\n"));
}

static void feeds_more_than_a_pipe_holds_to_one_who_answers_at_once(void)
{
    char *input = malloc(8 * megabyte);
    for (size_t i = 0; i < 8 * megabyte; i++)
        input[i] = (char)(i * 7 + i / 251);
    collect_script("exec cat", input, 8 * megabyte, &unlimited);
    CHECK(exited(0) && result.error == 0);
    CHECK(pipes[1].size == 8 * megabyte && memcmp(pipes[1].output, input, pipes[1].size) == 0);
    free(input);
}

static void tells_of_input_that_nobody_took(void)
{
    char *input = calloc(1, megabyte);
    collect_script("exec true", input, megabyte, &unlimited);
    CHECK(exited(0) && result.error == EPIPE);
    free(input);
}

static void waits_for_one_who_closes_its_pipes_and_lives_on(void)
{
    collect_script("echo x; exec >&- 2>&-; read line; exec 0>&-; sleep 0.05; exit 3", "line\n", 5, &unlimited);
    CHECK(exited(3) && result.error == 0 && wrote(1, "x\n"));
}

static void ends_one_who_writes_more_than_the_limit(void)
{
    struct collect_limits limits = {LONG_MS, 100, SIGUSR1, false};
    collect_script("echo error >&2; exec yes", NULL, 0, &limits);
    CHECK(was_ended_by(SIGUSR1) && result.error == ENOBUFS);
    CHECK(pipes[1].size + pipes[2].size > 100);
    collect_script("printf 12345; printf 12345 >&2", NULL, 0, &(struct collect_limits){LONG_MS, 10, SIGTERM, false});
    CHECK(exited(0) && result.error == 0);
    collect_script("printf 12345; printf 123456 >&2", NULL, 0, &(struct collect_limits){LONG_MS, 10, SIGTERM, false});
    CHECK(result.error == ENOBUFS && wrote(2, "123456"));
}

/*
 * How long a program takes until it has come so far is up to the machine and what else runs on it: so it gets more time
 * until it has.
 */
static struct collect_limits collect_with_enough_time(const char *script, bool (*has_come_so_far)(void))
{
    struct collect_limits limits = {SHORT_MS, -1, SIGTERM, false};
    for (;; limits.timeout_ms *= 4) {
        int64_t before = pause_clock();
        collect_script(script, NULL, 0, &limits);
        CHECK(result.error == ETIMEDOUT && limits.timeout_ms < LONG_MS);
        CHECK(pause_clock() - before >= limits.timeout_ms * MILLISECOND_NS);
        if (has_come_so_far())
            return limits;
    }
}

static bool has_begun(void)
{
    return pipes[1].size > 0;
}

static void ends_one_who_takes_too_long(void)
{
    struct collect_limits limits = collect_with_enough_time("printf begun; exec sleep 60", has_begun);
    CHECK(was_ended_by(SIGTERM) && wrote(1, "begun"));
    limits.timeout_ms = SHORT_MS;
    /* a signal that no system has: SIGKILL instead */
    limits.kill_signal = 1000;
    collect_script("exec sleep 60", NULL, 0, &limits);
    CHECK(was_ended_by(SIGKILL) && result.error == ETIMEDOUT);
}

static void kill_grandchild(void)
{
    char digits[16] = "";
    CHECK(pipes[1].size > 0 && pipes[1].size < sizeof digits);
    memcpy(digits, pipes[1].output, pipes[1].size);
    pid_t grandchild = (pid_t)strtol(digits, NULL, 10);
    CHECK(grandchild > 1 && kill(grandchild, SIGKILL) == 0);
}

static bool has_exited(void)
{
    if (result.exit.signal != 0 && pipes[1].size > 0)
        kill_grandchild();
    return result.exit.signal == 0;
}

/* The program has ended; another that it has started holds the pipe. */
static void leaves_a_grandchild_alone(void)
{
    collect_with_enough_time("sleep 60 & printf $!", has_exited);
    CHECK(exited(0));
    kill_grandchild();
    collect_script("sleep 0.1 & exit 4", NULL, 0, &unlimited);
    CHECK(exited(4) && result.error == 0);
}

static void tells_why_a_start_failed(void)
{
    builder_start(&builder);
    collect((const char *[]){"/no/such/program", NULL}, "x", 1, &unlimited);
    CHECK(result.verdict == SPAWN_FAILED && result.outcome.error == ENOENT && result.outcome.op == OP_EXECVE);
    CHECK(result.error == 0 && pipes[1].size == 0);
    int numbers[2];
    CHECK(fds_socket_pairs(numbers, 1) == 0);
    struct collect_pipe pipe = {.fd = numbers[0]};
    int before = open_descriptors();
    collect_run("no plan", 8, &pipe, &numbers[1], 1, &unlimited, &result);
    CHECK(result.verdict == SPAWN_FAILED && result.outcome.error == EINVAL && result.pid == 0);
    CHECK(open_descriptors() == before - 2);
}

/* Before exec all signals wait: only SIGKILL helps. */
static void ends_a_start_that_hangs(const char *fifo)
{
    struct collect_limits limits = {SHORT_MS, -1, SIGTERM, .from_start = true};
    CHECK(mkfifo(fifo, 0600) == 0);
    builder_start(&builder);
    builder_step(&builder, OP_OPEN, 9, O_RDONLY, fifo, 0);
    collect((const char *[]){"/bin/true", NULL}, NULL, 0, &limits);
    CHECK(result.verdict == SPAWN_DIED && result.outcome.signal == SIGKILL && result.error == ETIMEDOUT);
    unlink(fifo);
}

static void takes_more_pipes_than_usual(void)
{
    enum { MANY = 40 };
    int numbers[2 * MANY], child_ends[MANY];
    struct collect_pipe many[MANY] = {0};
    CHECK(fds_socket_pairs(numbers, MANY) == 0);
    builder_start(&builder);
    for (size_t i = 0; i < MANY; i++) {
        many[i].fd = numbers[i];
        child_ends[i] = numbers[MANY + i];
    }
    builder_step(&builder, OP_DUP2, child_ends[MANY - 1], 1, NULL, 0);
    builder_step(&builder, OP_EXECVE, 0, 0, "/bin/echo", 0);
    builder_argv(&builder, (const char *[]){"echo", "last", NULL});
    collect_run(builder.bytes, builder_finish(&builder), many, child_ends, MANY, &unlimited, &result);
    CHECK(exited(0) && many[MANY - 1].size == 5 && memcmp(many[MANY - 1].output, "last\n", 5) == 0);
    for (int i = 0; i < MANY; i++)
        free(many[i].output);
}

void check_collecting(const char *fifo, bool parent_is_stopped)
{
    gathers_what_comes_on_each_pipe();
    feeds_more_than_a_pipe_holds_to_one_who_answers_at_once();
    tells_of_input_that_nobody_took();
    waits_for_one_who_closes_its_pipes_and_lives_on();
    ends_one_who_writes_more_than_the_limit();
    ends_one_who_takes_too_long();
    leaves_a_grandchild_alone();
    tells_why_a_start_failed();
    takes_more_pipes_than_usual();
    if (!parent_is_stopped)
        ends_a_start_that_hangs(fifo);
    free_outputs();
}
