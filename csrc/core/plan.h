/*
 * The spawn plan on the wire: what the caller wants, as one block of bytes.
 *
 *     head | steps (fixed size, in order) | text (NUL-terminated strings)
 *
 * TypeScript decides the order and writes the bytes (lib/plan/encode.ts); plan_open() checks every offset, count
 * and number once, before the clone; the child checks nothing. Offsets count from the first byte of the head, never
 * addresses, so a plan can be kept, fuzzed and replayed. All numbers are little-endian, as both machines are.
 */
#ifndef FORKLESS_PLAN_H
#define FORKLESS_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_MAGIC 0x4c504b46u /* "FKPL" */
#define PLAN_LAYOUT 3u

/* Steps: name in C, name in errors, the system call that fails. lib/plan/vocabulary.ts has the same table. */
#define PLAN_STEPS(X)                                                                                                  \
    X(OPEN, "open", "open")                                                                                            \
    X(DUP2, "dup2", "dup2")                                                                                            \
    X(CLOSE, "close", "close")                                                                                         \
    X(CHDIR, "chdir", "chdir")                                                                                         \
    X(FCHDIR, "fchdir", "fchdir")                                                                                      \
    X(CLOSEFROM, "closefrom", "close_range")                                                                           \
    X(INHERIT, "inherit", "fcntl")                                                                                     \
    X(KEEP_IF_OPEN, "keep-if-open", "fcntl")                                                                           \
    X(TCSETPGRP, "tcsetpgrp", "ioctl")                                                                                 \
    X(SAVE, "save", "fcntl")                                                                                           \
    X(RESTORE, "restore", "dup2")                                                                                      \
    X(SWEEP, "sweep", "close_range")                                                                                   \
    X(SETSID, "setsid", "setsid")                                                                                      \
    X(SETPGID, "setpgid", "setpgid")                                                                                   \
    X(RESET_IDS, "reset-ids", "setresuid")                                                                             \
    X(SETSCHEDULER, "setscheduler", "sched_setscheduler")                                                              \
    X(SETPARAM, "setparam", "sched_setparam")                                                                          \
    X(UMASK, "umask", "umask")                                                                                         \
    X(SET_BLOCKING, "set-blocking", "fcntl")                                                                           \
    X(SETGROUPS, "setgroups", "setgroups")                                                                             \
    X(DROP_GROUPS_IF_ALLOWED, "drop-groups-if-allowed", "setgroups")                                                   \
    X(SETGID, "setgid", "setgid")                                                                                      \
    X(SETUID, "setuid", "setuid")                                                                                      \
    X(EXECVE, "execve", "execve")

/* Moments that no step of the list stands for, but that can fail. Numbered on from the steps. */
#define PLAN_STAGES(X)                                                                                                 \
    X(PLAN, "plan", "spawn")                                                                                           \
    X(ARENA, "arena", "mmap")                                                                                          \
    X(PIPE, "pipe", "pipe2")                                                                                           \
    X(CLONE, "clone", "clone")                                                                                         \
    X(WATCH, "watch", "epoll_ctl")                                                                                     \
    X(TABLE, "table", "dup2")                                                                                          \
    X(REPORT_PIPE, "report-pipe", "fcntl")                                                                             \
    X(SIGNALS, "signals", "rt_sigaction")                                                                              \
    X(SIGMASK, "sigmask", "rt_sigprocmask")                                                                            \
    X(VERDICT, "verdict", "waitid")

enum plan_op {
#define X(op, name, call) OP_##op,
    PLAN_STEPS(X) PLAN_STEP_COUNT,
    PLAN_LAST_STEP = PLAN_STEP_COUNT - 1,
    PLAN_STAGES(X) PLAN_OP_COUNT
#undef X
};

enum plan_flag {
    PLAN_ENVIRON = 1u,        /* the environment is this process's own; the plan carries none */
    PLAN_SIGMASK = 2u,        /* the final mask stands in the plan; else it is the calling thread's */
    PLAN_PRIVATE_MEMORY = 4u, /* never share memory with the parent */
    PLAN_SHELL_SCRIPTS = 8u,  /* a file that is no program (ENOEXEC) is run by /bin/sh, as execvp(3) does */
    PLAN_ONLY_NAMED = 16u,    /* the first steps close all descriptors that no step names */
    PLAN_ALL_FLAGS = 31u
};

struct plan_step {
    uint32_t op;
    int32_t fd;
    int32_t arg;
    uint32_t text; /* a string; for setgroups `arg` numbers of 4 bytes */
    uint32_t mode;
};

struct plan_head {
    uint32_t magic, layout, size;
    uint32_t step_count;
    uint32_t first_exec; /* from here to the end: execve candidates, at least one */
    uint32_t text;       /* where the text begins; it ends with the plan, on a NUL */
    uint32_t argv, argc; /* first string and how many follow one another */
    uint32_t env, envc;
    int32_t highest_fd; /* no step names a higher descriptor; -1: none named */
    uint32_t flags;
    uint64_t sigdefault, sigignore, sigmask; /* bit n-1 is signal n */
};

/* A checked plan. Points into the bytes that were checked. */
struct plan {
    const struct plan_head *head;
    const struct plan_step *steps;
    const char *bytes;
};

/* 0, or -EINVAL for bytes that are not a whole and sound plan. `bytes` must be 8-aligned and must not change after. */
int plan_open(const void *bytes, size_t size, struct plan *plan);

/* Fills vector[0..count] (NULL last) with the addresses of `count` strings that follow one another from `first`. */
void plan_vector(const char *first, uint32_t count, const char **vector);

/*
 * What the child writes into the report pipe when it fails. One write, far below PIPE_BUF. Before that, with error 0,
 * that it has left its parent's descriptor table.
 */
struct plan_report {
    int32_t error; /* positive errno */
    int32_t step;  /* index in the list, -1 where no step of the list was under way */
    uint32_t op;   /* which step or stage it was */
};

#endif
