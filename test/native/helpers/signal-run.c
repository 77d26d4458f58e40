/* signal-run SIGNAL... -- PROGRAM ARGUMENT...: runs a program with signals ignored. By raw calls: libc refuses 32 and
 * 33, its own two, which are just the ones that a bad parent may hand down. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's own; libc's struct sigaction differs. */
struct kernel_action {
    uintptr_t handler;
    unsigned long flags;
    uintptr_t restorer;
    uint64_t mask;
};

static int ignore(int number)
{
    struct kernel_action action = {.handler = (uintptr_t)SIG_IGN};
    return (int)syscall(SYS_rt_sigaction, number, &action, NULL, sizeof action.mask);
}

int main(int argc, char **argv)
{
    int at = 1;
    for (; at < argc && strcmp(argv[at], "--") != 0; at++)
        if (ignore((int)strtol(argv[at], NULL, 10)) < 0) {
            perror(argv[at]);
            return 125;
        }
    if (at + 1 >= argc) {
        fprintf(stderr, "usage: signal-run SIGNAL... -- PROGRAM ARGUMENT...\n");
        return 125;
    }
    execvp(argv[at + 1], argv + at + 1);
    perror(argv[at + 1]);
    return 126;
}
