/* env-run ENTRY... -- PROGRAM ARGUMENT...: runs a program with entries added to its environment as they are, also
 * without a key or '=', or twice. %XX stands for a byte. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void decode(char *text)
{
    char *to = text;
    for (char *from = text; *from; from++)
        if (*from == '%' && from[1] && from[2]) {
            const char digits[] = {from[1], from[2], 0};
            *to++ = (char)strtol(digits, NULL, 16);
            from += 2;
        } else {
            *to++ = *from;
        }
    *to = 0;
}

static char *entries[4096];
enum { most = sizeof entries / sizeof *entries - 1 };

int main(int argc, char **argv)
{
    size_t count = 0;
    while (environ[count] && count < most) {
        entries[count] = environ[count];
        count++;
    }
    int at = 1;
    for (; at < argc && strcmp(argv[at], "--") != 0 && count < most; at++) {
        decode(argv[at]);
        entries[count++] = argv[at];
    }
    if (at + 1 >= argc || count == most) {
        fprintf(stderr, "usage: env-run ENTRY... -- PROGRAM ARGUMENT...\n");
        return 125;
    }
    execve(argv[at + 1], argv + at + 1, entries);
    perror(argv[at + 1]);
    return 126;
}
