/* pty-run PROGRAM ARGUMENT...: runs a program as the leader of a new session whose controlling terminal is a new
 * pseudo terminal on its 0, 1 and 2, in the foreground. What it writes comes out of 1, unchanged. Ends with the
 * program's status, 128 + N where signal N ended it. */
#include <errno.h>
#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

static _Noreturn void be_the_program(int terminal, char **argv)
{
    struct termios raw;
    tcgetattr(terminal, &raw);
    cfmakeraw(&raw); /* no "\r\n", no echo, no signals from bytes */
    tcsetattr(terminal, TCSANOW, &raw);
    if (login_tty(terminal) == 0)
        execvp(argv[0], argv);
    perror(argv[0]);
    _exit(126);
}

static bool write_all(const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(1, bytes, length);
        if (written < 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

/* Until the last descriptor of the terminal is closed, which a read of the master tells by EIO. */
static void copy_output(int master)
{
    char buffer[4096];
    ssize_t length;
    while ((length = read(master, buffer, sizeof buffer)) > 0 || (length < 0 && errno == EINTR))
        if (length > 0 && !write_all(buffer, (size_t)length))
            return;
}

int main(int argc, char **argv)
{
    int master;
    int terminal;
    int status;
    if (argc < 2 || openpty(&master, &terminal, NULL, NULL, NULL) < 0) {
        perror("pty-run");
        return 125;
    }
    pid_t pid = fork();
    if (pid < 0) {
        perror("fork");
        return 125;
    }
    if (pid == 0) {
        close(master);
        be_the_program(terminal, argv + 1);
    }
    close(terminal);
    copy_output(master);
    if (waitpid(pid, &status, 0) < 0)
        return 125;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
