/* exec-gate PROGRAM ARGUMENT...: runs a program whose children can be held right before they exec, or before they leave
 * a shared descriptor table (close_range with CLOSE_RANGE_UNSHARE), by a seccomp filter that asks another process. The
 * program talks with that process on descriptor GATE_FD, a line each way:
 *   arm POINT COUNT MS        holds the next COUNT children, each for at most MS            -> ok
 *                             POINT: exec, table, or any, which is the first of them
 *   held COUNT                answers when so many have been held, or MS have passed       -> held EXPIRED PID...
 *   free ERRNO                lets all go on, with this error unless it is 0; holds no more -> freed EXPIRED
 * EXPIRED: how many were let go because MS had passed. When the program has died, or runs another image, all go on. */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { GATE_FD = 15, MOST = 256 };

static struct {
    int listener, control, program_pidfd;
    pid_t program;
    int call; /* of those that are held; -1: any */
    long to_hold, milliseconds;
    long seen, expired, awaited; /* awaited: `held` is unanswered */
    int64_t awaited_until;
    bool holds; /* since `arm` */
    long count;
    struct held {
        uint64_t id;
        pid_t pid;
        int64_t until;
    } held[MOST];
    pid_t pids[MOST];
} gate;

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void answer(uint64_t id, int error)
{
    struct seccomp_notif_resp response = {
        .id = id,
        .error = -error,
        .flags = error == 0 ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0,
    };
    ioctl(gate.listener, SECCOMP_IOCTL_NOTIF_SEND, &response); /* ENOENT: dead by now */
}

static void let_all_go(int error)
{
    for (long i = 0; i < gate.count; i++)
        answer(gate.held[i].id, error);
    gate.count = 0;
    gate.to_hold = 0;
    gate.holds = false;
}

static void reply(const char *text)
{
    size_t length = strlen(text);
    if (write(gate.control, text, length) != (ssize_t)length)
        let_all_go(0);
}

static void reply_held(void)
{
    char text[64 + MOST * 12];
    int length = snprintf(text, sizeof text, "held %ld", gate.expired);
    for (long i = 0; i < gate.seen && i < MOST; i++)
        length += snprintf(text + length, sizeof text - (size_t)length, " %d", gate.pids[i]);
    snprintf(text + length, sizeof text - (size_t)length, "\n");
    gate.awaited = 0;
    reply(text);
}

static void arm(const char *point, long count, long milliseconds)
{
    gate.call = strcmp(point, "any") == 0 ? -1 : strcmp(point, "table") == 0 ? __NR_close_range : __NR_execve;
    gate.to_hold = count;
    gate.milliseconds = milliseconds;
    gate.seen = gate.expired = 0;
    gate.holds = true;
    reply("ok\n");
}

static void obey(char *line)
{
    char *rest, text[64];
    const char *command = strtok_r(line, " \n", &rest);
    if (command != NULL && strcmp(command, "arm") == 0) {
        const char *point = strtok_r(NULL, " ", &rest);
        long count = strtol(rest, &rest, 10);
        arm(point == NULL ? "" : point, count, strtol(rest, NULL, 10));
    } else if (command != NULL && strcmp(command, "held") == 0) {
        gate.awaited = strtol(rest, NULL, 10);
        gate.awaited_until = now() + gate.milliseconds;
        if (gate.seen >= gate.awaited)
            reply_held();
    } else if (command != NULL && strcmp(command, "free") == 0) {
        let_all_go((int)strtol(rest, NULL, 10));
        snprintf(text, sizeof text, "freed %ld\n", gate.expired);
        reply(text);
    } else {
        reply("what?\n");
    }
}

/* The image that the program runs is a file: held children go on only once it is another one. */
static void await_new_image(void)
{
    char path[64], before[4096], after[4096];
    snprintf(path, sizeof path, "/proc/%d/exe", gate.program);
    ssize_t length = readlink(path, before, sizeof before);
    for (int64_t end = now() + 5000; now() < end;) {
        ssize_t other = readlink(path, after, sizeof after);
        if (other != length || memcmp(before, after, (size_t)length) != 0)
            return;
        poll(NULL, 0, 1);
    }
}

/* A signal that does not kill, such as SIGSTOP, ends the hold: the child makes its call again. */
static bool is_held_again(pid_t pid)
{
    for (long i = 0; gate.holds && i < gate.seen && i < MOST; i++)
        if (gate.pids[i] == pid)
            return true;
    return false;
}

static void hold(const struct seccomp_notif *call)
{
    gate.held[gate.count++] = (struct held){call->id, (pid_t)call->pid, now() + gate.milliseconds};
}

static void take_call(void)
{
    struct seccomp_notif call;
    memset(&call, 0, sizeof call);
    if (ioctl(gate.listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0) /* ENOENT: dead by now */
        return;
    bool is_point = (gate.call < 0 || call.data.nr == gate.call) && (pid_t)call.pid != gate.program;
    if (is_point && gate.count < MOST && is_held_again((pid_t)call.pid)) {
        hold(&call);
        return;
    }
    if (gate.to_hold > 0 && is_point && gate.count < MOST) {
        gate.to_hold--;
        hold(&call);
        if (gate.seen < MOST)
            gate.pids[gate.seen] = (pid_t)call.pid;
        gate.seen++;
        if (gate.awaited > 0 && gate.seen >= gate.awaited)
            reply_held();
        return;
    }
    answer(call.id, 0);
    if ((pid_t)call.pid == gate.program && call.data.nr == __NR_execve && gate.count > 0) {
        await_new_image();
        let_all_go(0);
    }
}

static int let_late_ones_go(void)
{
    int64_t time = now(), next = -1;
    if (gate.awaited > 0) {
        if (gate.awaited_until <= time)
            reply_held();
        else
            next = gate.awaited_until - time;
    }
    for (long i = 0; i < gate.count;) {
        if (gate.held[i].until <= time) {
            answer(gate.held[i].id, 0);
            gate.expired++;
            gate.holds = false;
            gate.held[i] = gate.held[--gate.count];
        } else {
            int64_t rest = gate.held[i].until - time;
            next = next < 0 || rest < next ? rest : next;
            i++;
        }
    }
    return (int)next;
}

/* Until nobody is under the filter any more. */
static void serve(void)
{
    static char buffer[256];
    size_t length = 0;
    struct pollfd polled[] = {
        {.fd = gate.listener, .events = POLLIN},
        {.fd = gate.control, .events = POLLIN},
        {.fd = gate.program_pidfd, .events = POLLIN},
    };
    for (;;) {
        if (poll(polled, 3, let_late_ones_go()) < 0)
            continue;
        if (polled[0].revents & POLLIN)
            take_call();
        else if (polled[0].revents)
            return;
        if (polled[1].revents) {
            ssize_t size = read(gate.control, buffer + length, sizeof buffer - 1 - length);
            if (size <= 0) {
                polled[1].fd = -1;
            } else {
                length += (size_t)size;
                buffer[length] = '\0';
                if (buffer[length - 1] == '\n') {
                    obey(buffer);
                    length = 0;
                }
            }
        }
        if (polled[2].revents) { /* the program is dead */
            polled[2].fd = -1;
            let_all_go(0);
        }
    }
}

static int receive_listener(int socket)
{
    char byte, space[CMSG_SPACE(sizeof(int))];
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    int fd = -1;
    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) > 0 && CMSG_FIRSTHDR(&message) != NULL)
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    return fd;
}

static int send_listener(int socket, int fd)
{
    char byte = 0, space[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)};
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    return sendmsg(socket, &message, 0) == 1 ? 0 : -1;
}

static int install_filter(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_execve, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_close_range, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLOSE_RANGE_UNSHARE, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof code / sizeof code[0], .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -1;
    return (int)syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
}

/* The server is nobody's child that the program could see: its parent ends at once. */
static void start_server(pid_t program, int pidfd, int socket)
{
    pid_t between = fork();
    if (between == 0) {
        if (fork() != 0)
            _exit(0);
        int null = open("/dev/null", O_RDWR);
        for (int fd = 0; fd < 3; fd++)
            dup2(null, fd);
        setsid();
        gate.program = program;
        gate.program_pidfd = pidfd;
        gate.control = socket;
        gate.listener = receive_listener(socket);
        if (gate.listener >= 0)
            serve();
        _exit(0);
    }
    waitpid(between, NULL, 0);
}

int main(int argc, char **argv)
{
    int pair[2];
    long pidfd = syscall(__NR_pidfd_open, getpid(), 0);
    if (argc < 2 || pidfd < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        perror("exec-gate");
        return 125;
    }
    start_server(getpid(), (int)pidfd, pair[1]);
    close(pair[1]);
    close((int)pidfd);
    int listener = install_filter();
    if (listener < 0 || send_listener(pair[0], listener) < 0 || dup2(pair[0], GATE_FD) != GATE_FD) {
        perror("exec-gate");
        return 125;
    }
    close(listener);
    execvp(argv[1], argv + 1);
    perror(argv[1]);
    return 126;
}
