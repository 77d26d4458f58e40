/*
 * How many starts a second without us: posix_spawn of the C library with several children in flight, 0-2 on /dev/null
 * as the drop-in's stdio 'ignore' has them. Prints that one number.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void start(const posix_spawn_file_actions_t *actions)
{
    char *argv[] = {"true", NULL};
    pid_t pid;
    if (posix_spawn(&pid, "/bin/true", actions, NULL, argv, environ) != 0)
        exit(1);
}

int main(int argc, char **argv)
{
    long count = argc > 2 ? strtol(argv[1], NULL, 10) : 0, in_flight = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
    posix_spawn_file_actions_t actions;
    if (count < 1 || in_flight < 1 || posix_spawn_file_actions_init(&actions) != 0)
        return 1;
    for (int fd = 0; fd < 3; fd++)
        if (posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", fd == 0 ? O_RDONLY : O_RDWR, 0) != 0)
            return 1;
    double begin = seconds();
    for (long started = 0, ended = 0; ended < count; ended++) {
        for (; started < count && started - ended < in_flight; started++)
            start(&actions);
        int status;
        if (wait(&status) < 0 || status != 0)
            return 1;
    }
    printf("%.1f\n", (double)count / (seconds() - begin));
    return 0;
}
