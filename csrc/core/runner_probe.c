#include "runner_probe.h"
#include "pause.h"
#include "spawn.h"
#include "sys.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* A program without a name cannot be executed: the runner gets as far as exec, and reports that. */
struct probe_plan {
    struct plan_head head;
    struct plan_step steps[2];
    char path[1], argv[2];
};

/*
 * The hazard: exec closes what is close-on-exec, and a file system that hangs lets a close hang, even after a SIGKILL.
 * So the wait is bounded. A child that hangs is asked again at the next trial; until then starts take rung 4.
 */
enum { LONGEST_WAIT_MS = 1000, TICK_MS = 2 };

static struct {
    bool is_taken; /* by a thread */
    bool is_stuck; /* the child of the trial before still hangs */
    struct spawn_child child;
} trial;

static int result_of_trial(void)
{
    struct spawn_outcome outcome;
    const int64_t deadline = pause_clock() + LONGEST_WAIT_MS * (int64_t)MILLISECOND_NS;
    enum spawn_verdict verdict = spawn_ask(&trial.child, &outcome);
    while (verdict == SPAWN_PENDING && !trial.is_stuck && pause_clock() < deadline) {
        struct pollfd watched[2] = {{trial.child.pidfd, POLLIN, 0}, {trial.child.report_fd, POLLIN, 0}};
        pause_poll(watched, 2, TICK_MS * (int64_t)MILLISECOND_NS);
        verdict = spawn_ask(&trial.child, &outcome);
    }
    if (verdict == SPAWN_PENDING) {
        if (!trial.is_stuck)
            spawn_kill(&trial.child, SIGKILL);
        trial.is_stuck = true;
        return -EAGAIN;
    }
    spawn_close(&trial.child);
    if (trial.is_stuck || trial.child.own_memory < 0) {
        trial.is_stuck = false;
        return -EAGAIN; /* it was killed, or made on rung 4 just now: nothing was found out */
    }
    if (verdict != SPAWN_FAILED)
        return -EACCES;
    return outcome.op == OP_EXECVE ? 0 : -outcome.error;
}

/* Of another thread. Bounded, because a signal handler may have interrupted it. */
static void wait_for_trial(void)
{
    const int64_t deadline = pause_clock() + LONGEST_WAIT_MS * (int64_t)MILLISECOND_NS;
    while (__atomic_load_n(&trial.is_taken, __ATOMIC_ACQUIRE) && pause_clock() < deadline)
        pause_poll(NULL, 0, MILLISECOND_NS / 10);
}

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
    if (__atomic_exchange_n(&trial.is_taken, true, __ATOMIC_ACQUIRE)) {
        wait_for_trial();
        return -EBUSY;
    }
    int error = trial.is_stuck ? 0 : spawn_start_trial(&plan, END, file, &trial.child);
    if (!error)
        error = result_of_trial();
    __atomic_store_n(&trial.is_taken, false, __ATOMIC_RELEASE);
    return error;
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
