#include "facts.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef PR_GET_MEMORY_MERGE
#define PR_GET_MEMORY_MERGE 68
#endif
#ifndef PR_GET_MDWE
#define PR_GET_MDWE 66
#endif

/* struct sched_attr of linux/sched/types.h, which cannot be included beside libc's sched.h. */
struct attributes_of_scheduling {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
    uint32_t lowest_clock, highest_clock;
};

enum { OF_PROCESS = 1, NODE_BITS = 1024, WORDS = NODE_BITS / 64 };

static void add(char *text, size_t size, const char *name, long long value)
{
    size_t length = strlen(text);
    snprintf(text + length, size - length, "%s=%lld ", name, value);
}

static long long result_of(long result)
{
    return result < 0 ? -errno : result;
}

void thread_facts(int thread, char *text, size_t size)
{
    struct attributes_of_scheduling scheduling = {0};
    add(text, size, "ioprio", result_of(syscall(SYS_ioprio_get, OF_PROCESS, thread)));
    add(text, size, "sched_getattr", result_of(syscall(SYS_sched_getattr, thread, &scheduling, sizeof scheduling, 0)));
    add(text, size, "policy", scheduling.policy);
    add(text, size, "flags", (long long)scheduling.flags);
    add(text, size, "nice", scheduling.nice);
    add(text, size, "priority", scheduling.priority);
    add(text, size, "runtime", (long long)scheduling.runtime);
    add(text, size, "lowest_clock", scheduling.lowest_clock);
    add(text, size, "highest_clock", scheduling.highest_clock);
}

static int read_by_pointer(int option)
{
    int value = 0;
    return prctl(option, &value, 0, 0, 0) < 0 ? -errno : value;
}

void caller_facts(char *text, size_t size)
{
    static const struct {
        const char *name;
        int option;
    } results[] = {{"dumpable", PR_GET_DUMPABLE},         {"keepcaps", PR_GET_KEEPCAPS},
                   {"securebits", PR_GET_SECUREBITS},     {"no_new_privs", PR_GET_NO_NEW_PRIVS},
                   {"timerslack", PR_GET_TIMERSLACK},     {"thp_disable", PR_GET_THP_DISABLE},
                   {"memory_merge", PR_GET_MEMORY_MERGE}, {"mdwe", PR_GET_MDWE},
                   {"seccomp", PR_GET_SECCOMP},           {"timing", PR_GET_TIMING},
                   {"mce_kill", PR_MCE_KILL_GET}};
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        add(text, size, results[i].name, result_of(prctl(results[i].option, 0, 0, 0, 0)));
    add(text, size, "pdeathsig", read_by_pointer(PR_GET_PDEATHSIG));
    add(text, size, "subreaper", read_by_pointer(PR_GET_CHILD_SUBREAPER));
    add(text, size, "personality", personality(0xffffffff));
    int mode = 0;
    unsigned long nodes[WORDS] = {0};
    add(text, size, "get_mempolicy", result_of(syscall(SYS_get_mempolicy, &mode, nodes, NODE_BITS + 1, NULL, 0)));
    add(text, size, "mempolicy", mode);
    for (int i = 0; i < WORDS; i++)
        add(text, size, "nodes", (long long)nodes[i]);
    static const int keyrings[] = {KEY_SPEC_THREAD_KEYRING, KEY_SPEC_PROCESS_KEYRING, KEY_SPEC_SESSION_KEYRING};
    for (size_t i = 0; i < sizeof keyrings / sizeof keyrings[0]; i++)
        add(text, size, "keyring", result_of(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, keyrings[i], 0)));
    add(text, size, "session", result_of(getsid(0)));
    add(text, size, "group", result_of(getpgid(0)));
    add(text, size, "foreground", result_of(tcgetpgrp(0)));
}
