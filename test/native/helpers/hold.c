#include "hold.h"

#include <errno.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct held {
    pid_t pid;
    uint64_t id;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct held held[HOLD_MAX];
static size_t held_count;
static unsigned wanted;
static int error_of_others;
static int listener = -1;

static int answer(uint64_t id, int error)
{
    struct seccomp_notif_resp response = {
        .id = id,
        .error = -error,
        .flags = error == 0 ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0,
    };
    return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) < 0 ? -errno : 0;
}

static void *run_holder(void *unused)
{
    (void)unused;
    for (;;) {
        struct seccomp_notif call;
        memset(&call, 0, sizeof call);
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0) {
            if (errno == EINTR || errno == ENOENT) /* ENOENT: dead by now */
                continue;
            return NULL;
        }
        pthread_mutex_lock(&lock);
        if (wanted > 0 && held_count < HOLD_MAX) {
            wanted--;
            held[held_count++] = (struct held){(pid_t)call.pid, call.id};
        } else {
            answer(call.id, error_of_others);
        }
        pthread_mutex_unlock(&lock);
    }
}

int hold_install(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_unshare, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_close_range, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLOSE_RANGE_UNSHARE, 2, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_FILES, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof code / sizeof code[0], .filter = code};
    pthread_t holder;
    if (listener >= 0)
        return -EALREADY;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -errno;
    long fd = syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
    if (fd < 0)
        return -errno;
    listener = (int)fd;
    int error = pthread_create(&holder, NULL, run_holder, NULL);
    return error == 0 ? listener : -error;
}

void hold_next(unsigned count)
{
    pthread_mutex_lock(&lock);
    wanted = count;
    pthread_mutex_unlock(&lock);
}

void hold_others(int error)
{
    pthread_mutex_lock(&lock);
    error_of_others = error;
    pthread_mutex_unlock(&lock);
}

size_t hold_list(pid_t pids[HOLD_MAX])
{
    size_t count = 0;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < held_count; i++)
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &held[i].id) == 0) {
            pids[count] = held[i].pid;
            held[count++] = held[i];
        }
    held_count = count;
    pthread_mutex_unlock(&lock);
    return count;
}

int hold_let_go(pid_t pid, int error)
{
    int result = -ENOENT;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < held_count; i++)
        if (held[i].pid == pid) {
            result = answer(held[i].id, error);
            held[i] = held[--held_count];
            break;
        }
    pthread_mutex_unlock(&lock);
    return result;
}
