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
enum condition { ANY, FLAGS, FIRST_IS, SECOND_LOW_BITS, OUTSIDE_LIBC };

static const struct call {
    const char *name;
    unsigned number;
    enum condition condition;
    unsigned mask, value;
} calls[] = {
    {"clone", __NR_clone, FLAGS, CLONE_THREAD, 0},
    {"clone-vm", __NR_clone, FLAGS, CLONE_THREAD | CLONE_VM, CLONE_VM},
    {"clone-vm-novfork", __NR_clone, FLAGS, CLONE_THREAD | CLONE_VM | CLONE_VFORK, CLONE_VM},
    {"clone3", __NR_clone3, ANY, 0, 0},
    {"clone3-outside-libc", __NR_clone3, OUTSIDE_LIBC, 0, 0},
    {"close_range", __NR_close_range, ANY, 0, 0},
    {"dup3", __NR_dup3, ANY, 0, 0},
    {"execve", __NR_execve, ANY, 0, 0},
    {"execveat", __NR_execveat, ANY, 0, 0},
    {"fcntl", __NR_fcntl, ANY, 0, 0},
    {"pidfd-info", __NR_ioctl, SECOND_LOW_BITS, 0xffff, 0xff0b},
    {"pidfd_open", __NR_pidfd_open, ANY, 0, 0},
    {"pidfd_send_signal", __NR_pidfd_send_signal, ANY, 0, 0},
    {"pipe2", __NR_pipe2, ANY, 0, 0},
    {"prctl", __NR_prctl, ANY, 0, 0},
    {"setpgid", __NR_setpgid, ANY, 0, 0},
    {"setsid", __NR_setsid, ANY, 0, 0},
    {"waitid", __NR_waitid, ANY, 0, 0},
    {"waitid-pidfd", __NR_waitid, FIRST_IS, 0, 3 /* P_PIDFD */},
    {"write", __NR_write, ANY, 0, 0},
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

static void emit_rule(struct program *program, const struct rule *rule, struct range libc)
{
    const struct call *call = rule->call;
    unsigned short start = program->length;
    emit_load(program, LOW(nr));
    emit_require(program, BPF_JEQ, call->number);
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
    case SECOND_LOW_BITS:
        emit_load(program, LOW(args[1]));
        emit(program, BPF_ALU | BPF_AND | BPF_K, call->mask, 0, 0);
        emit_require(program, BPF_JEQ, call->value);
        break;
    case OUTSIDE_LIBC:
        emit_is_outside(program, libc);
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

/* The mapping that holds libc's code, found by one of its functions. */
static bool find_libc(struct range *range)
{
    char line[4352];
    uint64_t inside = (uint64_t)(uintptr_t)&pthread_create;
    bool found = false;
    FILE *maps = fopen("/proc/self/maps", "re");
    if (maps == NULL)
        return false;
    while (!found && fgets(line, sizeof line, maps) != NULL) {
        char *end;
        range->low = strtoull(line, &end, 16);
        range->high = *end == '-' ? strtoull(end + 1, NULL, 16) : 0;
        found = range->low <= inside && inside < range->high;
    }
    fclose(maps);
    return found;
}

static const char *parse_rule(const char *text, struct rule *rule)
{
    size_t name_length = strcspn(text, ":=");
    const char *rest = text + name_length;
    *rule = (struct rule){0};
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
    struct range libc = {0};
    emit_load(program, LOW(arch));
    emit(program, BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0);
    emit(program, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
    for (size_t i = 0; i < count; i++) {
        struct rule rule;
        const char *wrong = parse_rule(rules[i], &rule);
        if (wrong != NULL)
            return wrong;
        if (rule.call->condition == OUTSIDE_LIBC && !find_libc(&libc))
            return "libc was not found in memory";
        emit_rule(program, &rule, libc);
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
