/* trace-hold PID: traces a process, says "tracing" on 1, and lets go at the end of its 0. A traced process that
 * dies in the meantime is dead for its pidfd, and yet its parent cannot reap it before we let go. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char byte;
    pid_t pid = argc == 2 ? (pid_t)strtol(argv[1], NULL, 10) : 0;
    if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0) {
        perror("trace-hold");
        return 125;
    }
    puts("tracing");
    fflush(stdout);
    while (read(0, &byte, 1) > 0)
        continue;
    return 0; /* the end of a tracer detaches what it traces */
}
