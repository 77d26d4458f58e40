#include "runner_probe.h"
#include "spawn.h"
#include "sys.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* A program without a name cannot be executed: the runner gets as far as exec, and reports that. */
struct probe_plan {
    struct plan_head head;
    struct plan_step steps[2];
    char path[1], argv[2];
};

int runner_probe(const struct runner_file *file)
{
    enum { DATA = offsetof(struct probe_plan, path), ARGV = offsetof(struct probe_plan, argv), END = ARGV + 2 };
    static const struct probe_plan plan = {
        .head = {.magic = PLAN_MAGIC,
                 .layout = PLAN_LAYOUT,
                 .size = END,
                 .step_count = 2,
                 .first_exec = 1,
                 .data = DATA,
                 .argv = ARGV,
                 .argc = 1,
                 .highest_fd = -1,
                 .flags = PLAN_OWN_MEMORY},
        .steps = {{.op = OP_OWN_MEMORY}, {.op = OP_EXECVE, .data = DATA}},
        .argv = "-",
    };
    struct spawn_child child;
    struct spawn_outcome outcome;
    int error = spawn_start_trial(&plan, END, file, &child);
    if (error)
        return error;
    enum spawn_verdict verdict = spawn_wait(&child, &outcome);
    spawn_close(&child);
    if (child.own_memory < 0)
        return -EAGAIN; /* it was made on rung 4 just now, and nothing was tried */
    if (verdict != SPAWN_FAILED)
        return -EACCES;
    return outcome.op == OP_EXECVE ? 0 : -outcome.error;
}

/* The kernel may have no random bytes yet, or a filter refuses them: then the clock is enough. */
static uint64_t random_number(void)
{
    static uint64_t made;
    uint64_t number;
    if (sys_call3(__NR_getrandom, &number, sizeof number, GRND_NONBLOCK) == sizeof number)
        return number;
    struct sys_timespec now = {0, 0};
    sys_call2(__NR_clock_gettime, CLOCK_MONOTONIC, &now);
    number = (uint64_t)now.seconds * 1000000007u + (uint64_t)now.nanoseconds;
    return number * 0x9e3779b97f4a7c15u + __atomic_add_fetch(&made, 1, __ATOMIC_RELAXED);
}

void runner_make_nonce(char nonce[NONCE_SIZE])
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
    uint64_t number = random_number();
    for (int i = 0; i < NONCE_SIZE; i++, number >>= 8)
        nonce[i] = letters[number & 63];
}
