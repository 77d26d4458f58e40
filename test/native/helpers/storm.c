#include "storm.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* In a shared mapping: a child with a copied address space must be able to tell on itself too. */
struct shared {
    pid_t parent;
    _Atomic uint64_t sent, runs;
    _Atomic uint32_t stranger_count;
    pid_t strangers[STORM_MAX_STRANGERS];
};

static struct shared *shared;
static struct sigaction saved[NSIG];
static atomic_bool stopping;
static pthread_t thunder;
static bool over_group;

static const int harmless[] = {SIGCHLD, SIGCONT, SIGURG, SIGWINCH};

static void handle(int signal, siginfo_t *info, void *context)
{
    pid_t self = getpid();
    if (self != shared->parent) {
        uint32_t index = atomic_fetch_add(&shared->stranger_count, 1);
        if (index < STORM_MAX_STRANGERS)
            shared->strangers[index] = self;
        return;
    }
    atomic_fetch_add(&shared->runs, 1);
    /* Node's own children must go on being noticed. */
    if (signal == SIGCHLD && (saved[signal].sa_flags & SA_SIGINFO) != 0)
        saved[signal].sa_sigaction(signal, info, context);
    else if (signal == SIGCHLD && saved[signal].sa_handler != SIG_DFL && saved[signal].sa_handler != SIG_IGN)
        saved[signal].sa_handler(signal);
    /* A real fault comes from the kernel, and would come back for ever if its handler just returned. */
    if (info->si_code > 0 && (signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE))
        sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
}

/* 32 and 33 are libc's own and refused by it. */
static bool can_be_handled(int signal)
{
    return signal != SIGKILL && signal != SIGSTOP && (signal < 32 || signal >= SIGRTMIN);
}

static void send_one(int signal)
{
    const struct timespec pace = {.tv_nsec = 20000}; /* real-time signals queue up: leave time to handle them */
    if (kill(over_group ? 0 : shared->parent, signal) == 0)
        atomic_fetch_add(&shared->sent, 1);
    nanosleep(&pace, NULL);
}

static void *run_thunder(void *unused)
{
    (void)unused;
    while (!atomic_load(&stopping)) {
        if (over_group) {
            for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
                send_one(harmless[i]);
            continue;
        }
        for (int signal = 1; signal < NSIG; signal++)
            if (can_be_handled(signal))
                send_one(signal);
    }
    return NULL;
}

static int start_thunder(void)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    /* A new thread inherits the mask: this one must never be the one that handles. */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&thunder, NULL, run_thunder, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -error;
}

static void restore_handlers(void)
{
    for (int signal = 1; signal < NSIG; signal++) {
        if (!can_be_handled(signal))
            continue;
        /* To ignore a signal throws away what is pending of it: under the default it would end us. Not so with
         * SIGCHLD: ignored for a moment, it would let children vanish. */
        if (signal != SIGCHLD)
            sigaction(signal, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
        sigaction(signal, &saved[signal], NULL);
    }
}

int storm_start(bool whole_group)
{
    if (shared != NULL)
        return -EALREADY;
    void *memory = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return -errno;
    shared = memory;
    shared->parent = getpid();
    over_group = whole_group;
    atomic_store(&stopping, false);
    /* Without SA_RESTART: whatever a parent does must survive EINTR as well. */
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    for (int signal = 1; signal < NSIG; signal++)
        if (can_be_handled(signal))
            sigaction(signal, &action, &saved[signal]);
    int error = start_thunder();
    if (error < 0) {
        restore_handlers();
        munmap(shared, sizeof *shared);
        shared = NULL;
    }
    return error;
}

void storm_stop(struct storm_record *record)
{
    memset(record, 0, sizeof *record);
    if (shared == NULL)
        return;
    atomic_store(&stopping, true);
    pthread_join(thunder, NULL);
    restore_handlers();
    uint32_t strangers = atomic_load(&shared->stranger_count);
    record->sent = atomic_load(&shared->sent);
    record->runs = atomic_load(&shared->runs);
    record->stranger_count = strangers < STORM_MAX_STRANGERS ? strangers : STORM_MAX_STRANGERS;
    memcpy(record->strangers, shared->strangers, sizeof record->strangers);
    /* The mapping stays: a handler may still be running on another thread. */
    shared = NULL;
}
