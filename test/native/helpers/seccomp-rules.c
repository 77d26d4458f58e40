#include "seccomp-rules.h"

#include <elf.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined __x86_64__
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#endif

enum { MAX_INSTRUCTIONS = 512 };

/* Both architectures are little-endian: the low half of a 64-bit field comes first. */
#define LOW(field) offsetof(struct seccomp_data, field)
#define HIGH(field) (offsetof(struct seccomp_data, field) + 4)

/* What a match asks of the arguments, besides the number of the call. */
enum condition { ANY, FLAGS, FIRST_IS, SECOND_IS, SECOND_LOW_BITS, OUTSIDE_LIBC };

/* Linux 6.8: newer than some headers. */
#ifndef __NR_lsm_set_self_attr
#define __NR_lsm_set_self_attr 460
#endif

#ifndef __NR_process_mrelease
#define __NR_process_mrelease 448
#endif

#define PLAIN(call)                                                                                                    \
    {                                                                                                                  \
#call, __NR_##call, ANY, 0, 0                                                                                  \
    }

static const struct call {
    const char *name;
    unsigned number;
    enum condition condition;
    unsigned mask, value;
} calls[] = {
    {"clone", __NR_clone, FLAGS, CLONE_THREAD, 0},
    {"clone-vm", __NR_clone, FLAGS, CLONE_THREAD | CLONE_VM, CLONE_VM},
    {"clone-vm-novfork", __NR_clone, FLAGS, CLONE_THREAD | CLONE_VM | CLONE_VFORK, CLONE_VM},
    {"clone-pidfd", __NR_clone, FLAGS, CLONE_THREAD | CLONE_PIDFD, CLONE_PIDFD},
    {"clone-thread", __NR_clone, FLAGS, CLONE_THREAD, CLONE_THREAD},
    {"clone3-outside-libc", __NR_clone3, OUTSIDE_LIBC, 0, 0},
    {"epoll_ctl-add", __NR_epoll_ctl, SECOND_IS, 0, EPOLL_CTL_ADD},
    {"epoll_ctl-del", __NR_epoll_ctl, SECOND_IS, 0, EPOLL_CTL_DEL},
    {"set-name", __NR_prctl, FIRST_IS, 0, PR_SET_NAME},
    {"pidfd-info", __NR_ioctl, SECOND_LOW_BITS, 0xffff, 0xff0b},
    {"waitid-pidfd", __NR_waitid, FIRST_IS, 0, 3 /* P_PIDFD */},
    PLAIN(capget),
    PLAIN(capset),
    PLAIN(chdir),
    PLAIN(chroot),
    PLAIN(clock_gettime),
    PLAIN(clock_nanosleep),
    PLAIN(clone3),
    PLAIN(close),
    PLAIN(close_range),
    PLAIN(setpriority),
    PLAIN(dup3),
    PLAIN(epoll_create1),
    PLAIN(epoll_ctl),
    PLAIN(epoll_pwait),
    PLAIN(execve),
    PLAIN(execveat),
    PLAIN(exit),
    PLAIN(exit_group),
    PLAIN(fchdir),
    PLAIN(fcntl),
    PLAIN(fstatfs),
    PLAIN(geteuid),
    PLAIN(getegid),
    PLAIN(getgroups),
    PLAIN(uname),
    PLAIN(faccessat),
    PLAIN(rt_sigtimedwait),
    PLAIN(futex),
    PLAIN(getcwd),
    PLAIN(getdents64),
    PLAIN(getgid),
    PLAIN(get_mempolicy),
    PLAIN(getpgid),
    PLAIN(getpid),
    PLAIN(getppid),
    PLAIN(getpriority),
    PLAIN(getrandom),
    PLAIN(getresgid),
    PLAIN(getresuid),
    PLAIN(getrusage),
    PLAIN(getsid),
    PLAIN(getuid),
    PLAIN(ioctl),
    PLAIN(ioprio_set),
    PLAIN(keyctl),
    PLAIN(kill),
    PLAIN(lsm_set_self_attr),
    PLAIN(memfd_create),
    PLAIN(mmap),
    PLAIN(mprotect),
    PLAIN(munmap),
    PLAIN(nanosleep),
    PLAIN(openat),
    PLAIN(personality),
    PLAIN(pidfd_open),
    PLAIN(pidfd_send_signal),
    PLAIN(pipe2),
    PLAIN(ppoll),
    PLAIN(process_mrelease),
    PLAIN(pselect6),
    PLAIN(prctl),
    PLAIN(prlimit64),
    PLAIN(ptrace),
    PLAIN(read),
    PLAIN(readlinkat),
    PLAIN(readv),
    PLAIN(recvfrom),
    PLAIN(recvmsg),
    PLAIN(rt_sigaction),
    PLAIN(rt_sigprocmask),
    PLAIN(sched_getaffinity),
    PLAIN(sched_getparam),
    PLAIN(sched_getscheduler),
    PLAIN(sched_setaffinity),
    PLAIN(sched_setparam),
    PLAIN(sched_setscheduler),
    PLAIN(sched_yield),
    PLAIN(sendmsg),
    PLAIN(sendto),
    PLAIN(set_mempolicy),
    PLAIN(setgid),
    PLAIN(setgroups),
    PLAIN(setpgid),
    PLAIN(setpriority),
    PLAIN(setresgid),
    PLAIN(setresuid),
    PLAIN(setsid),
    PLAIN(setuid),
    PLAIN(shutdown),
    PLAIN(socketpair),
    PLAIN(statx),
    PLAIN(timerfd_create),
    PLAIN(timerfd_settime),
    PLAIN(times),
    PLAIN(umask),
    PLAIN(unshare),
    PLAIN(wait4),
    PLAIN(waitid),
    PLAIN(write),
};

static const struct {
    const char *name;
    unsigned action;
} actions[] = {
    {"KILL", SECCOMP_RET_KILL_PROCESS},     {"EACCES", SECCOMP_RET_ERRNO | EACCES},
    {"EAGAIN", SECCOMP_RET_ERRNO | EAGAIN}, {"EINVAL", SECCOMP_RET_ERRNO | EINVAL},
    {"EMFILE", SECCOMP_RET_ERRNO | EMFILE}, {"ENOMEM", SECCOMP_RET_ERRNO | ENOMEM},
    {"ENOSYS", SECCOMP_RET_ERRNO | ENOSYS}, {"ENOTTY", SECCOMP_RET_ERRNO | ENOTTY},
    {"EPERM", SECCOMP_RET_ERRNO | EPERM},   {"E2BIG", SECCOMP_RET_ERRNO | E2BIG},
};

struct rule {
    const struct call *call;
    bool engine; /* only where the engine's own code makes the call */
    unsigned minimum;
    unsigned action;
};

struct program {
    struct sock_filter code[MAX_INSTRUCTIONS];
    unsigned short length;
};

struct range {
    uint64_t low, high;
};

struct ranges {
    struct range libc, engine;
};

static void emit(struct program *program, unsigned code, size_t k, unsigned if_true, unsigned if_false)
{
    if (program->length == MAX_INSTRUCTIONS)
        abort();
    program->code[program->length++] =
        (struct sock_filter){(uint16_t)code, (uint8_t)if_true, (uint8_t)if_false, (uint32_t)k};
}

static void emit_load(struct program *program, size_t offset)
{
    emit(program, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0);
}

/* Leaves 1 in the accumulator if the caller's address lies outside of the range, else 0. A filter compares 32 bits at
 * a time; the numbers on the left are what the jumps count to. */
static void emit_is_outside(struct program *program, struct range range)
{
    static const size_t low = LOW(instruction_pointer);
    static const size_t high = HIGH(instruction_pointer);
    /*  0 */ emit_load(program, high);
    /*  1 */ emit(program, BPF_JMP | BPF_JGT | BPF_K, range.low >> 32, 3, 0);
    /*  2 */ emit(program, BPF_JMP | BPF_JEQ | BPF_K, range.low >> 32, 0, 9);
    /*  3 */ emit_load(program, low);
    /*  4 */ emit(program, BPF_JMP | BPF_JGE | BPF_K, (uint32_t)range.low, 0, 7);
    /*  5 */ emit_load(program, high);
    /*  6 */ emit(program, BPF_JMP | BPF_JGT | BPF_K, range.high >> 32, 5, 0);
    /*  7 */ emit(program, BPF_JMP | BPF_JEQ | BPF_K, range.high >> 32, 0, 2);
    /*  8 */ emit_load(program, low);
    /*  9 */ emit(program, BPF_JMP | BPF_JGE | BPF_K, (uint32_t)range.high, 2, 0);
    /* 10 */ emit(program, BPF_LD | BPF_IMM, 0, 0, 0);
    /* 11 */ emit(program, BPF_JMP | BPF_JA, 1, 0, 0);
    /* 12 */ emit(program, BPF_LD | BPF_IMM, 1, 0, 0);
}

/* Every test of a rule jumps to the next rule when it fails; how far that is is known only at the rule's end. */
static void aim_failures(struct program *program, unsigned short start)
{
    for (unsigned short at = start; at < program->length; at++)
        if (program->code[at].jf == UINT8_MAX)
            program->code[at].jf = (uint8_t)(program->length - at - 1);
}

static void emit_require(struct program *program, unsigned comparison, size_t value)
{
    emit(program, BPF_JMP | comparison | BPF_K, value, 0, UINT8_MAX);
}

static void emit_rule(struct program *program, const struct rule *rule, const struct ranges *ranges)
{
    const struct call *call = rule->call;
    unsigned short start = program->length;
    emit_load(program, LOW(nr));
    emit_require(program, BPF_JEQ, call->number);
    if (rule->engine) {
        emit_is_outside(program, ranges->engine);
        emit_require(program, BPF_JEQ, 0);
    }
    switch (call->condition) {
    case ANY: break;
    case FLAGS:
        emit_load(program, LOW(args[0]));
        emit(program, BPF_ALU | BPF_AND | BPF_K, call->mask, 0, 0);
        emit_require(program, BPF_JEQ, call->value);
        break;
    case FIRST_IS:
        emit_load(program, LOW(args[0]));
        emit_require(program, BPF_JEQ, call->value);
        break;
    case SECOND_IS:
        emit_load(program, LOW(args[1]));
        emit_require(program, BPF_JEQ, call->value);
        break;
    case SECOND_LOW_BITS:
        emit_load(program, LOW(args[1]));
        emit(program, BPF_ALU | BPF_AND | BPF_K, call->mask, 0, 0);
        emit_require(program, BPF_JEQ, call->value);
        break;
    case OUTSIDE_LIBC:
        emit_is_outside(program, ranges->libc);
        emit_require(program, BPF_JEQ, 1);
        break;
    }
    if (rule->minimum > 0) {
        emit_load(program, LOW(args[0]));
        emit_require(program, BPF_JGE, rule->minimum);
    }
    emit(program, BPF_RET | BPF_K, rule->action, 0, 0);
    aim_failures(program, start);
}

static bool is_engine(const char *line)
{
    const char *name = strrchr(line, '/');
    return name != NULL && strncmp(name, "/forkless.", 10) == 0 && strstr(line, "r-xp") != NULL;
}

static bool is_libc(struct range range)
{
    uint64_t inside = (uint64_t)(uintptr_t)&pthread_create;
    return range.low <= inside && inside < range.high;
}

/*
 * The mappings that hold the code of libc, found by one of its functions, and of the engine, found by its name. None
 * where there is no /proc: then a rule that needs one is refused.
 */
static void find_code(struct ranges *ranges)
{
    char line[4352];
    *ranges = (struct ranges){0};
    FILE *maps = fopen("/proc/self/maps", "re");
    if (maps == NULL)
        return;
    while (fgets(line, sizeof line, maps) != NULL) {
        char *end;
        struct range range = {.low = strtoull(line, &end, 16)};
        range.high = *end == '-' ? strtoull(end + 1, NULL, 16) : 0;
        if (is_libc(range))
            ranges->libc = range;
        else if (is_engine(line))
            ranges->engine = range;
    }
    fclose(maps);
}

static const char *parse_rule(const char *text, struct rule *rule)
{
    bool engine = strncmp(text, "engine.", 7) == 0;
    text += engine ? 7 : 0;
    size_t name_length = strcspn(text, ":=");
    const char *rest = text + name_length;
    *rule = (struct rule){.engine = engine};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (strncmp(calls[i].name, text, name_length) == 0 && calls[i].name[name_length] == '\0')
            rule->call = &calls[i];
    if (rule->call == NULL)
        return "unknown system call in a rule";
    if (*rest == ':') {
        char *end;
        rule->minimum = (unsigned)strtoul(rest + 1, &end, 10);
        rest = end;
    }
    if (*rest != '=')
        return "a rule must be NAME[:MIN]=ACTION";
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (strcmp(actions[i].name, rest + 1) == 0) {
            rule->action = actions[i].action;
            return NULL;
        }
    return "unknown action in a rule";
}

static const char *compile_rules(struct program *program, const char *const *rules, size_t count)
{
    struct ranges ranges;
    find_code(&ranges);
    emit_load(program, LOW(arch));
    emit(program, BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0);
    emit(program, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
    for (size_t i = 0; i < count; i++) {
        struct rule rule;
        const char *wrong = parse_rule(rules[i], &rule);
        if (wrong != NULL)
            return wrong;
        if (rule.call->condition == OUTSIDE_LIBC && ranges.libc.high == 0)
            return "libc was not found in memory";
        if (rule.engine && ranges.engine.high == 0)
            return "the engine was not found in memory";
        emit_rule(program, &rule, &ranges);
    }
    emit(program, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
    return NULL;
}

const char *install_seccomp(const char *const *rules, size_t count, bool every_thread)
{
    struct program program = {0};
    const char *wrong = compile_rules(&program, rules, count);
    if (wrong != NULL)
        return wrong;
    struct sock_fprog filter = {.len = program.length, .filter = program.code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return "no_new_privs was refused";
    unsigned flags = every_thread ? SECCOMP_FILTER_FLAG_TSYNC : 0;
    /* With TSYNC a positive result is the thread that could not be brought into line. */
    if (syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter) != 0)
        return "the seccomp filter was refused";
    return NULL;
}
