/* A signal handler that starts a process, whatever the thread was doing in the engine at that moment. */
#include "../../../csrc/core/fds.h"
#include "../../../csrc/core/spawn.h"
#include "checks.h"
#include "plan-builder.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum { PACE_NS = 50000, ROUNDS = 400, PATIENCE_S = 40 };

static struct builder builder;
static size_t size;
static timer_t timer;
static volatile sig_atomic_t runs;

static void strike_again(void)
{
    const struct itimerspec soon = {.it_value = {.tv_nsec = PACE_NS}};
    timer_settime(timer, 0, &soon, NULL);
}

/* From start to end. Both the handler and what it interrupts use the same bytes, which nobody changes. */
static void start_one(void)
{
    struct spawn_child child;
    struct spawn_outcome outcome;
    struct spawn_failure failure;
    struct spawn_exit end;
    CHECK(spawn_start(builder.bytes, size, &child, &failure) == 0);
    CHECK(spawn_wait(&child, &outcome) == SPAWN_EXECED);
    struct pollfd ended = {child.pidfd, POLLIN, 0};
    while (spawn_reap(&child, &end) == 0)
        poll(&ended, 1, -1);
    CHECK(end.exit_code == 0 && !end.reaped_elsewhere);
    CHECK(fds_close(child.pidfd) == 0);
}

static void handle(int signal)
{
    (void)signal;
    start_one();
    runs++;
    strike_again();
}

static void ask(void)
{
    uint64_t counts[SPAWN_RUNGS];
    spawn_counts(counts);
    CHECK(spawn_rung() > 0);
}

static void until_struck(void (*work)(void))
{
    runs = 0;
    strike_again();
    while (runs < ROUNDS)
        work();
}

/* A lock that is held while a signal is open would never be free again, and all signals are blocked then. */
static void *lose_patience(void *unused)
{
    (void)unused;
    sleep(PATIENCE_S);
    CHECK(!"it hangs");
    return NULL;
}

void check_storm(void)
{
    struct sigaction action = {.sa_handler = handle};
    sigset_t all, mask;
    pthread_t watch;
    sigfillset(&all);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    builder_start(&builder);
    builder.head.flags |= PLAN_ONLY_NAMED;
    builder_step(&builder, OP_SWEEP, 3, 0x7fffffff, NULL, 0);
    builder_step(&builder, OP_EXECVE, 0, 0, "/bin/true", 0);
    builder_argv(&builder, (const char *[]){"true", NULL});
    size = builder_finish(&builder);
    spawn_prepare();
    start_one();
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    CHECK(pthread_sigmask(SIG_SETMASK, &all, &mask) == 0);
    CHECK(pthread_create(&watch, NULL, lose_patience, NULL) == 0);
    CHECK(pthread_sigmask(SIG_SETMASK, &mask, NULL) == 0);
    until_struck(ask); /* mostly in the lock: a few nanoseconds on its edges are met by chance */
    for (int mode = 1; mode <= 2; mode++) {
        spawn_force_shared_table(mode);
        until_struck(start_one);
    }
    timer_delete(timer);
}
