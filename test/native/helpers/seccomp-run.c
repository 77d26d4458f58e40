/* seccomp-run RULE... -- PROGRAM ARGUMENT...: runs a program under the filter that seccomp-rules.h describes. */
#include "seccomp-rules.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int end = 1;
    while (end < argc && strcmp(argv[end], "--") != 0) {
        /* The addresses would be those of this program, not of the one to be run. */
        if (strstr(argv[end], "outside-libc") != NULL || strncmp(argv[end], "engine.", 7) == 0) {
            fprintf(stderr, "seccomp-run: %s: only a program itself can do that\n", argv[end]);
            return 125;
        }
        end++;
    }
    if (end + 1 >= argc) {
        fprintf(stderr, "usage: seccomp-run RULE... -- PROGRAM ARGUMENT...\n");
        return 125;
    }
    const char *wrong = install_seccomp((const char *const *)argv + 1, (size_t)end - 1, false);
    if (wrong != NULL) {
        fprintf(stderr, "seccomp-run: %s\n", wrong);
        return 125;
    }
    execvp(argv[end + 1], argv + end + 1);
    perror(argv[end + 1]);
    return 126;
}
