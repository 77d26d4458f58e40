/*
 * The spawn plan on the wire: what the caller wants, as one block of bytes.
 *
 *     head | steps (fixed size, in order) | data of the steps | argv and environment (NUL-terminated strings)
 *
 * TypeScript decides the order and writes the bytes (lib/plan/encode.ts). plan_open() checks every offset, count and
 * number once, before the clone; the child checks nothing. Offsets count from the first byte of the head; there are no
 * addresses, so a plan can be kept, fuzzed and replayed. All numbers are little-endian, as x86-64 and arm64 are.
 */
#ifndef FORKLESS_PLAN_H
#define FORKLESS_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_MAGIC 0x4c504b46u /* "FKPL" */
#define PLAN_LAYOUT 4u

#define HIGHEST_FD 0x7fffffff

/* OP_OPEN, … OP_EXECVE, and after them the stages, from OP_PLAN on. */
enum plan_op {
#define STEP(op, name, syscall, fields, call) OP_##op,
#include "steps.def"
    PLAN_STEP_COUNT,
    PLAN_LAST_STEP = PLAN_STEP_COUNT - 1,
#define STAGE(op, name, syscall) OP_##op,
#include "steps.def"
    PLAN_OP_COUNT
};

enum plan_flag {
    PLAN_ENVIRON = 1u,        /* the environment is this process's own; the plan carries none */
    PLAN_SIGMASK = 2u,        /* the final mask stands in the plan; else it is the calling thread's */
    PLAN_PRIVATE_MEMORY = 4u, /* never share memory with the parent */
    PLAN_SHELL_SCRIPTS = 8u,  /* a file whose format the kernel does not recognise (ENOEXEC) is run by /bin/sh */
    PLAN_ONLY_NAMED = 16u,    /* the first steps close all descriptors that no step names */
    PLAN_ALL_FLAGS = 31u
};

/*
 * Which of these a step uses, steps.def says; the others are 0. `data` is an offset between those of the head's `data`
 * and `argv`. What lies there, in this order: 64-bit numbers; lists, each a count and as many 32-bit numbers; blobs,
 * each a length, the bytes, and zeros up to a multiple of 4; NUL-terminated strings. It is a multiple of 8, unless
 * there is nothing but strings.
 */
struct plan_step {
    uint32_t op;
    int32_t fd;
    int32_t arg;
    uint32_t arg2;
    uint32_t data;
};

struct plan_head {
    uint32_t magic, layout, size;
    uint32_t step_count;
    uint32_t first_exec; /* from here to the end: execve candidates, at least one */
    uint32_t data;       /* the end of the steps, and where their data begin */
    uint32_t argv, argc; /* the first string and how many follow one another; the end of the steps' data */
    uint32_t env, envc;
    int32_t highest_fd; /* no step names a higher descriptor, ranges excepted; -1: none is named */
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

/* How far a child is, as it tells its parent: the index of the step under way, or below 0 one of the stages. */
#define PROGRESS_STAGE(op) (-1 - ((int32_t)(op) - (int32_t)OP_PLAN))

#endif
