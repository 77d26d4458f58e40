/* fd-run [-N | N | N-M]... -- PROGRAM ARGUMENT...: runs a program with some descriptors as they must be:
 *   -N    closed (Node reopens 0-2 on /dev/null while it starts: close them once more inside of it)
 *   N     open on /dev/null and inheritable;   N-M   all of these */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_number(const char *start, const char *end)
{
    return end != start && *end == '\0';
}

/* Opens without O_CLOEXEC on purpose: a careless neighbour is what is played here. */
static bool open_at(int fd)
{
    int opened = open("/dev/null", O_RDWR);
    if (opened == fd)
        return true;
    bool done = opened >= 0 && dup2(opened, fd) == fd;
    close(opened);
    return done;
}

static bool apply(const char *text)
{
    char *end;
    if (text[0] == '-') {
        int fd = (int)strtol(text + 1, &end, 10);
        close(fd);
        return is_number(text + 1, end);
    }
    int low = (int)strtol(text, &end, 10);
    int high = *end == '-' ? (int)strtol(end + 1, &end, 10) : low;
    if (!is_number(text, end))
        return false;
    for (int fd = low; fd <= high; fd++)
        if (!open_at(fd))
            return false;
    return true;
}

int main(int argc, char **argv)
{
    int at = 1;
    for (; at < argc && strcmp(argv[at], "--") != 0; at++)
        if (!apply(argv[at])) {
            dprintf(2, "fd-run: %s\n", argv[at]);
            return 125;
        }
    if (at + 1 >= argc) {
        dprintf(2, "usage: fd-run [-N | N | N-M]... -- PROGRAM ARGUMENT...\n");
        return 125;
    }
    execvp(argv[at + 1], argv + at + 1);
    perror(argv[at + 1]);
    return 126;
}
