/*
 * What a start costs without us: posix_spawn of the C library and waitpid, one at a time, with 0-2 on /dev/null.
 * Prints the microseconds of each, one a line.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double spawn_once(const posix_spawn_file_actions_t *actions)
{
    char *argv[] = {"true", NULL};
    int status;
    pid_t pid;
    double begin = microseconds();
    if (posix_spawn(&pid, "/bin/true", actions, NULL, argv, environ) != 0)
        exit(1);
    if (waitpid(pid, &status, 0) != pid || status != 0)
        exit(1);
    return microseconds() - begin;
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 0;
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    posix_spawn_file_actions_t actions;
    if (count < 1 || nothing < 0 || posix_spawn_file_actions_init(&actions) != 0)
        return 1;
    for (int fd = 0; fd < 3; fd++)
        if (posix_spawn_file_actions_adddup2(&actions, nothing, fd) != 0)
            return 1;
    double *times = calloc((size_t)count, sizeof *times);
    if (!times)
        return 1;
    for (int i = 0; i < count; i++)
        times[i] = spawn_once(&actions);
    for (int i = 0; i < count; i++)
        printf("%.1f\n", times[i]);
    free(times);
    return 0;
}
