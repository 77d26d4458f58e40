/* Children of the main thread that other threads start: they live on when those end. */
#include "../../../csrc/core/fds.h"
#include "../../../csrc/core/spawn.h"
#include "checks.h"
#include "plan-builder.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 300, SHARE_WHEREVER_POSSIBLE = 1 };

static struct builder builder;
static size_t size;

static void make_plan(int signal, const char *const *argv)
{
    builder_start(&builder);
    builder_step(&builder, OP_SWEEP, 3, HIGHEST_FD, NULL, 0);
    builder_step(&builder, OP_PDEATHSIG, 0, signal, NULL, 0);
    builder_step(&builder, OP_EXECVE, 0, 0, argv[0], 0);
    builder_argv(&builder, argv);
    builder.head.flags |= PLAN_MAIN_PARENT | PLAN_ONLY_NAMED;
    size = builder_finish(&builder);
}

static void start_child(struct spawn_child *child)
{
    struct spawn_outcome outcome;
    struct spawn_failure failure;
    CHECK(spawn_start(builder.bytes, size, child, &failure) == 0);
    CHECK(spawn_wait(child, &outcome) == SPAWN_EXECED);
}

static int end_of(struct spawn_child *child)
{
    struct spawn_exit end;
    struct pollfd ended = {child->pidfd, POLLIN, 0};
    while (spawn_reap(child, &end) == 0)
        poll(&ended, 1, -1);
    CHECK(fds_close(child->pidfd) == 0);
    CHECK(!end.reaped_elsewhere);
    return end.signal ? -end.signal : end.exit_code;
}

struct starter {
    struct spawn_child child;
    pid_t id;
};

static void *start_on_this_thread(void *argument)
{
    struct starter *starter = argument;
    starter->id = (pid_t)syscall(SYS_gettid);
    start_child(&starter->child);
    return NULL;
}

/* pthread_join() returns before the kernel has removed the thread. */
static void wait_until_gone(pid_t thread)
{
    while (syscall(SYS_tgkill, getpid(), thread, 0) == 0)
        sched_yield();
}

static void outlives_the_thread_that_starts_it(void)
{
    pthread_t thread;
    struct starter starter;
    make_plan(SIGKILL, (const char *[]){"/bin/sleep", "1000", NULL});
    CHECK(pthread_create(&thread, NULL, start_on_this_thread, &starter) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    wait_until_gone(starter.id);
    CHECK(!spawn_has_ended(&starter.child));
    CHECK(spawn_kill(&starter.child, SIGTERM) == 0);
    CHECK(end_of(&starter.child) == -SIGTERM);
}

static int count_threads(void)
{
    int count = 0;
    DIR *list = opendir("/proc/self/task");
    CHECK(list != NULL);
    while (readdir(list) != NULL)
        count++;
    closedir(list);
    return count;
}

/* With a table of its own, and with the parent's. */
static void leaves_no_thread(void)
{
    spawn_prepare();
    int before = count_threads();
    make_plan(SIGKILL, (const char *[]){"/bin/sh", "-c", "exit 7", NULL});
    for (int mode = 0; mode <= SHARE_WHEREVER_POSSIBLE; mode++) {
        uint64_t shared = spawn_shared_table_count();
        spawn_force_shared_table(mode);
        for (int i = 0; i < MANY; i++) {
            struct spawn_child child;
            start_child(&child);
            CHECK(end_of(&child) == 7);
        }
        if (mode == SHARE_WHEREVER_POSSIBLE)
            CHECK(spawn_shared_table_count() - shared == (spawn_rung() == 1 ? MANY : 0));
    }
    spawn_force_shared_table(0);
    while (count_threads() != before)
        sched_yield();
}

static void says_which_step_failed(void)
{
    struct spawn_child child;
    struct spawn_outcome outcome;
    struct spawn_failure failure;
    make_plan(65, (const char *[]){"/bin/true", NULL});
    CHECK(spawn_start(builder.bytes, size, &child, &failure) == 0);
    CHECK(spawn_wait(&child, &outcome) == SPAWN_FAILED);
    CHECK(outcome.error == EINVAL && outcome.op == OP_PDEATHSIG && outcome.step == 1);
    fds_close(child.pidfd);
}

/* ---- a process whose main thread has ended -------------------------------------------------------------------- */

static bool main_thread_is_zombie(void)
{
    char line[256] = "", *state;
    FILE *file = fopen("/proc/self/stat", "re");
    CHECK(file != NULL && fgets(line, sizeof line, file) != NULL);
    fclose(file);
    state = strrchr(line, ')');
    return state != NULL && state[2] == 'Z';
}

static void *start_without_main_thread(void *unused)
{
    struct spawn_child child;
    struct spawn_failure failure;
    (void)unused;
    while (!main_thread_is_zombie())
        sched_yield();
    CHECK(spawn_start(builder.bytes, size, &child, &failure) == -ESRCH);
    CHECK(failure.op == OP_THREAD && failure.step == -1);
    _exit(0);
}

static void is_refused_where_the_main_thread_has_ended(void)
{
    pthread_t thread;
    int status;
    make_plan(SIGKILL, (const char *[]){"/bin/true", NULL});
    fflush(NULL);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        CHECK(pthread_create(&thread, NULL, start_without_main_thread, NULL) == 0);
        pthread_exit(NULL);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

void check_makers(void)
{
    outlives_the_thread_that_starts_it();
    leaves_no_thread();
    says_which_step_failed();
    is_refused_where_the_main_thread_has_ended();
}
