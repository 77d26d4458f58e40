/*
 * The bytes of a spawn plan: what the child must do, as one block.
 *
 *     head | steps (fixed size, in order) | data of the steps | argv and environment (NUL-terminated strings)
 *
 * TypeScript decides the order and writes the bytes (lib/plan/encode.ts). plan_open() checks every offset, count and
 * number once, before the clone; the child checks nothing. Offsets count from the first byte of the head. There are no
 * addresses, so a plan can be stored, fuzzed and run again. All numbers are little-endian, as x86-64 and arm64 are.
 */
#ifndef FORKLESS_PLAN_H
#define FORKLESS_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_MAGIC 0x4c504b46u /* "FKPL" */
#define PLAN_LAYOUT 5u

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
    PLAN_ENVIRON = 1u,        /* the child gets this process's environment; the plan contains none */
    PLAN_SIGMASK = 2u,        /* the plan has the signal mask of the program; else it is the calling thread's */
    PLAN_PRIVATE_MEMORY = 4u, /* never share memory with the parent: rung 4 */
    PLAN_SHELL_SCRIPTS = 8u,  /* /bin/sh runs a file whose format the kernel does not recognise (ENOEXEC) */
    PLAN_ONLY_NAMED = 16u,    /* the first steps close all descriptors that no step names */
    PLAN_MAIN_PARENT = 32u,   /* the child's parent is the main thread (maker.h); the step `pdeathsig` needs it */
    /*
     * One of the steps is `own-memory`: what comes after it must not happen in memory that is shared with the parent.
     * An id changed there clears the parent's dumpable flag for good. And while a child of another user, or with fewer
     * capabilities, maps the parent's memory, a process of that user could read it through the child (ptrace, /proc).
     */
    PLAN_OWN_MEMORY = 64u,
    PLAN_ALL_FLAGS = 127u
};

/*
 * steps.def lists which of these fields a step uses; the others are 0. `data` is an offset between the head's `data`
 * and `argv`. At that offset, in this order: 64-bit numbers; lists, each a count and as many 32-bit numbers; blobs,
 * each a length, the bytes, and zeros up to a multiple of 4; NUL-terminated strings. The offset is a multiple of 8,
 * unless there are only strings.
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
    uint32_t first_exec; /* index of the first execve candidate; all steps from here on are candidates, at least one */
    uint32_t data;       /* offset: the steps end here, and their data begin */
    uint32_t argv, argc; /* offset of the first string, and how many follow one another; the steps' data end here */
    uint32_t env, envc;
    int32_t highest_fd; /* no step names a higher descriptor, except in a range; -1: no step names one */
    uint32_t flags;
    uint64_t sigdefault, sigignore, sigmask; /* bit n-1 is signal n */
};

/* A checked plan. Points into the bytes that were checked. */
struct plan {
    const struct plan_head *head;
    const struct plan_step *steps;
    const char *bytes;
    int32_t own_memory; /* the index of the step `own-memory`, or -1 */
};

/* 0, or -EINVAL if the plan is not complete or not valid. `bytes` must be 8-aligned, and must not change afterwards. */
int plan_open(const void *bytes, size_t size, struct plan *plan);

/* Fills vector[0..count] (NULL last) with the addresses of `count` strings that follow one another from `first`. */
void plan_vector(const char *first, uint32_t count, const char **vector);

/*
 * What the child writes into the report pipe when a step fails: one write, far below PIPE_BUF. In the shared-table mode
 * it may write one with error 0 before, when it has left its parent's descriptor table.
 */
struct plan_report {
    int32_t error; /* positive errno */
    int32_t step;  /* index in the list; -1: a stage failed */
    uint32_t op;   /* which step or stage: enum plan_op */
};

/* `progress` (child.h) shows the parent where the child is. It is the index of a step, or this value of a stage. */
#define PROGRESS_STAGE(op) (-1 - ((int32_t)(op) - (int32_t)OP_PLAN))

#endif
