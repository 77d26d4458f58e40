/* posix_spawn of the C library, vfork and fork: the same child three times. */
#include "host.h"
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static int nothing;
static posix_spawn_file_actions_t actions;

void open_nothing(void)
{
    nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing < 0 || posix_spawn_file_actions_init(&actions) != 0)
        fail("/dev/null");
    for (int fd = 0; fd < 3; fd++)
        if (posix_spawn_file_actions_adddup2(&actions, nothing, fd) != 0)
            fail("posix_spawn_file_actions_adddup2");
}

static pid_t start_posix_spawn(char *file)
{
    char *argv[] = {file, NULL};
    pid_t pid;
    if (posix_spawn(&pid, file, &actions, NULL, argv, environ) != 0)
        fail("posix_spawn");
    return pid;
}

/* After vfork it runs on the parent's stack and memory: system calls only. */
static void become(char *file)
{
    char *argv[] = {file, NULL};
    for (int fd = 0; fd < 3; fd++)
        dup2(nothing, fd);
    execve(file, argv, environ);
    _exit(127);
}

static pid_t start_vfork(char *file)
{
    pid_t pid = vfork(); // NOLINT: it is what is measured
    if (pid == 0)
        become(file); // NOLINT(clang-analyzer-unix.Vfork)
    if (pid < 0)
        fail("vfork");
    return pid;
}

static pid_t start_fork(char *file)
{
    pid_t pid = fork();
    if (pid == 0)
        become(file);
    if (pid < 0)
        fail("fork");
    return pid;
}

const struct way ways[] = {{"posix_spawn", start_posix_spawn, 1}, {"vfork", start_vfork, 1}, {"fork", start_fork, 0}};
const size_t way_count = sizeof ways / sizeof *ways;

const struct way *find_way(const char *name)
{
    for (size_t i = 0; i < way_count; i++)
        if (strcmp(ways[i].name, name) == 0)
            return &ways[i];
    fail("no such way");
}
