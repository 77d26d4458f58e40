#include "reaper.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>

static struct reaped taken[REAPER_MAX];
static size_t taken_count;
static atomic_bool stopping;
static atomic_bool stopped;
static bool running;
static pthread_t reaper;
static int options;

static void pause_for_microseconds(long microseconds)
{
    nanosleep(&(struct timespec){.tv_nsec = microseconds * 1000}, NULL);
}

/* Waits in the kernel rather than asking again and again: so it is awake in the very moment of a death. */
static void *run_reaper(void *unused)
{
    (void)unused;
    while (!atomic_load(&stopping)) {
        int status;
        pid_t pid = waitpid(-1, &status, options);
        if (pid > 0 && taken_count < REAPER_MAX)
            taken[taken_count++] = (struct reaped){pid, status};
        else if (pid < 0 && errno == ECHILD)
            pause_for_microseconds(20);
    }
    atomic_store(&stopped, true);
    return NULL;
}

static void interrupt(int signal)
{
    (void)signal;
}

int reaper_start(bool all)
{
    if (running)
        return -EALREADY;
    taken_count = 0;
    options = all ? __WALL : 0;
    atomic_store(&stopping, false);
    atomic_store(&stopped, false);
    sigaction(SIGRTMAX, &(struct sigaction){.sa_handler = interrupt}, NULL);
    int error = pthread_create(&reaper, NULL, run_reaper, NULL);
    running = error == 0;
    return -error;
}

size_t reaper_stop(const struct reaped **list)
{
    *list = taken;
    if (!running)
        return 0;
    atomic_store(&stopping, true);
    /* Once is not enough: it may come just before the thread enters its wait. */
    while (!atomic_load(&stopped)) {
        pthread_kill(reaper, SIGRTMAX);
        pause_for_microseconds(50);
    }
    pthread_join(reaper, NULL);
    running = false;
    return taken_count;
}
