/* uid-run REAL EFFECTIVE -- PROGRAM ARGUMENT...: runs a program with two different users, as a set-uid file would:
 * real user and group REAL, effective and saved ones EFFECTIVE, no other groups. Only root can. */
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 5 || strcmp(argv[3], "--") != 0) {
        fprintf(stderr, "usage: uid-run REAL EFFECTIVE -- PROGRAM ARGUMENT...\n");
        return 125;
    }
    unsigned real = (unsigned)strtoul(argv[1], NULL, 10);
    unsigned effective = (unsigned)strtoul(argv[2], NULL, 10);
    if (setgroups(0, NULL) < 0 || setresgid(real, effective, effective) < 0 ||
        setresuid(real, effective, effective) < 0) {
        perror("uid-run");
        return 125;
    }
    execvp(argv[4], argv + 4);
    perror(argv[4]);
    return 126;
}
