/* trace-hold PID: traces a process, says "tracing" on 1, and lets go at the end of its 0. A traced process that
 * dies in the meantime is dead for its pidfd, and yet its parent cannot reap it before we let go.
 *
 * trace-hold next-child PID: says "tracing" as well, and then the pid of the next child that this thread makes. The
 * child is stopped before its first instruction until the end of our 0; its parent is left alone by then. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static int fail(void)
{
    perror("trace-hold");
    return 125;
}

static void say(const char *text)
{
    puts(text);
    fflush(stdout);
}

/* The thread's own signals are passed on. */
static int wait_for_child(pid_t pid)
{
    for (;;) {
        int status;
        unsigned long child;
        char digits[32];
        if (waitpid(pid, &status, __WALL) < 0 || !WIFSTOPPED(status))
            return fail();
        int event = status >> 16;
        if (event != PTRACE_EVENT_CLONE && event != PTRACE_EVENT_FORK && event != PTRACE_EVENT_VFORK) {
            ptrace(PTRACE_CONT, pid, NULL, (void *)(long)(event == 0 ? WSTOPSIG(status) : 0));
            continue;
        }
        if (ptrace(PTRACE_GETEVENTMSG, pid, NULL, &child) < 0 || ptrace(PTRACE_DETACH, pid, NULL, NULL) < 0)
            return fail();
        snprintf(digits, sizeof digits, "%lu", child);
        say(digits);
        return 0;
    }
}

int main(int argc, char **argv)
{
    char byte;
    int next = argc == 3 && strcmp(argv[1], "next-child") == 0;
    long options = next ? PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK : 0;
    pid_t pid = argc == 2 + next ? (pid_t)strtol(argv[1 + next], NULL, 10) : 0;
    if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)options) < 0)
        return fail();
    say("tracing");
    int error = next ? wait_for_child(pid) : 0;
    while (error == 0 && read(0, &byte, 1) > 0)
        continue;
    return error; /* the end of a tracer detaches what it traces */
}
