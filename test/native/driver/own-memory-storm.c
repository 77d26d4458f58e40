/*
 * Children with own memory that are killed at random moments, and asked about without a pause: no verdict may be false.
 *
 * Where the program does not exist, a child can never have exec'ed it. Where the program writes before anything else, a
 * child that is said to have died before exec must not have written. DRIVER_ROUNDS: how many starts of each kind.
 */
#include "../../../csrc/core/spawn.h"
#include "checks.h"
#include "plan-builder.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 500, TUNING_ROUNDS = 40, WRITE_END = 600 };

static struct builder builder;
static size_t size;
static int written[2];

/* Of the killer. A pidfd that is to be killed after so many nanoseconds; -1: it is over. */
static int victim = -1;
static int64_t delay_ns;
static sem_t is_wanted, is_killed; /* it sleeps meanwhile: the child needs the processor */

static int64_t now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void *kill_victims(void *unused)
{
    prctl(PR_SET_TIMERSLACK, 1);
    while (sem_wait(&is_wanted) == 0 && victim >= 0) {
        struct timespec delay = {0, delay_ns};
        nanosleep(&delay, NULL);
        syscall(SYS_pidfd_send_signal, victim, SIGKILL, NULL, 0);
        sem_post(&is_killed);
    }
    return unused;
}

static void build_plan(const char *program)
{
    bool is_root = geteuid() == 0;
    builder_start(&builder);
    builder_step(&builder, OP_DUP2, WRITE_END, 1, NULL, 0);
    builder_step(&builder, OP_OWN_MEMORY, 0, 0, NULL, 0);
    builder_step(&builder, OP_SETGID, 0, is_root ? 4242 : (int)getgid(), NULL, 0);
    builder_step(&builder, OP_SETUID, 0, is_root ? 4242 : (int)getuid(), NULL, 0);
    builder_step(&builder, OP_EXECVE, 0, 0, program, 0);
    builder_argv(&builder, (const char *[]){program, "write-first", NULL});
    size = builder_finish(&builder);
}

struct tally {
    long execed, failed, died, lost, false_ones;
};

/* How much the child has written; it is dead, or its end is of no interest. */
static bool has_written(void)
{
    char bytes[64];
    return read(written[0], bytes, sizeof bytes) > 0;
}

static bool is_located(const struct spawn_outcome *outcome)
{
    bool is_step = outcome->step >= 0 && outcome->step < 5 && outcome->op < PLAN_STEP_COUNT &&
                   builder.steps[outcome->step].op == outcome->op;
    return is_step || (outcome->step == -1 && outcome->op >= PLAN_STEP_COUNT);
}

/* Asked in a busy loop, or waited for. */
static enum spawn_verdict verdict_of(struct spawn_child *child, struct spawn_outcome *outcome, bool waits)
{
    enum spawn_verdict verdict;
    if (waits)
        return spawn_wait(child, outcome);
    do
        verdict = spawn_ask(child, outcome);
    while (verdict == SPAWN_PENDING);
    return verdict;
}

static int64_t start_one(int64_t kill_after, bool exists, bool waits, struct tally *tally)
{
    struct spawn_child child;
    struct spawn_outcome outcome;
    struct spawn_failure failure;
    struct spawn_exit end;
    int64_t begin = now_ns();
    int error = (waits ? spawn_start_ahead : spawn_start)(builder.bytes, size, &child, &failure);
    CHECK(error == 0);
    if (kill_after >= 0) {
        delay_ns = kill_after;
        victim = child.pidfd;
        sem_post(&is_wanted);
    }
    enum spawn_verdict verdict = verdict_of(&child, &outcome, waits);
    int64_t taken = now_ns() - begin;
    if (verdict == SPAWN_EXECED) {
        struct pollfd ended = {child.pidfd, POLLIN, 0};
        CHECK(poll(&ended, 1, -1) == 1 && spawn_reap(&child, &end) == 1);
    }
    bool wrote = has_written();
    tally->execed += verdict == SPAWN_EXECED;
    tally->failed += verdict == SPAWN_FAILED;
    tally->died += verdict == SPAWN_DIED;
    tally->lost += verdict == SPAWN_LOST;
    CHECK(verdict != SPAWN_DIED || (outcome.signal == SIGKILL && is_located(&outcome)));
    if (exists ? verdict != SPAWN_EXECED && wrote : verdict == SPAWN_EXECED)
        tally->false_ones++;
    if (kill_after >= 0)
        sem_wait(&is_killed);
    spawn_close(&child);
    return taken;
}

/* The killing is spread over the time that a start takes here. */
static void storm(const char *program, bool exists, bool waits, long rounds)
{
    struct tally tally = {0};
    int64_t longest = 0;
    build_plan(program);
    for (int i = 0; i < TUNING_ROUNDS; i++)
        longest += start_one(-1, exists, waits, &tally);
    longest /= TUNING_ROUNDS;
    CHECK(exists ? tally.execed == TUNING_ROUNDS : tally.failed == TUNING_ROUNDS);
    tally = (struct tally){0};
    for (long i = 0; i < rounds; i++)
        start_one(random() % longest, exists, waits, &tally);
    fprintf(stderr, "rung %d, %s, %s: %ld exec'ed, %ld failed, %ld died, %ld lost, %ld false\n", spawn_rung(),
            exists ? "a program that writes" : "no program", waits ? "waited for" : "asked", tally.execed, tally.failed,
            tally.died, tally.lost, tally.false_ones);
    CHECK(tally.false_ones == 0 && tally.lost == 0);
    CHECK(tally.died > 0);
}

void check_own_memory_storm(const char *self)
{
    pthread_t killer;
    const char *wanted = getenv("DRIVER_ROUNDS");
    long rounds = wanted ? strtol(wanted, NULL, 10) : ROUNDS;
    CHECK(pipe2(written, O_CLOEXEC | O_NONBLOCK) == 0);
    CHECK(fcntl(written[1], F_DUPFD_CLOEXEC, WRITE_END) == WRITE_END && close(written[1]) == 0);
    CHECK(sem_init(&is_wanted, 0, 0) == 0 && sem_init(&is_killed, 0, 0) == 0);
    CHECK(pthread_create(&killer, NULL, kill_victims, NULL) == 0);
    for (int kind = 0; kind < 4; kind++)
        storm(kind & 1 ? self : "/no/such/program", kind & 1, kind & 2, rounds);
    victim = -1;
    sem_post(&is_wanted);
    CHECK(pthread_join(killer, NULL) == 0);
    close(WRITE_END);
    close(written[0]);
}
