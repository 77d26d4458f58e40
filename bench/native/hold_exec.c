/*
 * hold_exec FILE MICROSECONDS: holds each exec of FILE back for that long, as a network file system or a virus scanner
 * does. Says "ready", and goes on until standard input ends. Needs CAP_SYS_ADMIN: without it fanotify_init fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <time.h>
#include <unistd.h>

static int fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    return 1;
}

static void hold(long microseconds)
{
    struct timespec rest = {microseconds / 1000000, microseconds % 1000000 * 1000};
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
        continue;
}

/* The exec goes on when the kernel is answered, and when this program has ended. */
static int answer(int group, long microseconds)
{
    _Alignas(struct fanotify_event_metadata) char events[4096];
    ssize_t left = read(group, events, sizeof events);
    if (left < 0)
        return -1;
    struct fanotify_event_metadata *event = (struct fanotify_event_metadata *)events;
    for (; FAN_EVENT_OK(event, left); event = FAN_EVENT_NEXT(event, left)) {
        struct fanotify_response allow = {event->fd, FAN_ALLOW};
        hold(microseconds);
        if (write(group, &allow, sizeof allow) != sizeof allow)
            return -1;
        close(event->fd);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    int group = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY | O_CLOEXEC);
    if (group < 0)
        return fail("fanotify_init");
    if (fanotify_mark(group, FAN_MARK_ADD, FAN_OPEN_EXEC_PERM, AT_FDCWD, argv[1]) != 0)
        return fail("fanotify_mark");
    puts("ready");
    fflush(stdout);
    struct pollfd waited[] = {{group, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    while (poll(waited, 2, -1) >= 0 && !waited[1].revents)
        if (waited[0].revents && answer(group, strtol(argv[2], NULL, 10)) != 0)
            return fail("fanotify");
    return 0;
}
