/*
 * What parent and child share of one start. The parent fills it before the clone and may not touch it again until
 * the child has exec'ed or is dead; only `progress` may be read meanwhile, and only the child writes it.
 */
#ifndef FORKLESS_CHILD_H
#define FORKLESS_CHILD_H

#include "plan.h"

/* `progress` before the first step and while a stage is under way: -1 - (op - OP_PLAN). Else the step's index. */
#define PROGRESS_STAGE(op) (-1 - ((int32_t)(op) - (int32_t)OP_PLAN))

struct child_task {
    struct plan plan;
    const char **argv; /* with room before it for the name of a shell, where the plan lets one run scripts */
    const char *const *envp;
    uint64_t caller_mask;      /* of the thread that called, from before the call */
    int32_t read_fd, write_fd; /* the report pipe */
    int32_t parent;            /* pid that getppid() must show */
    int32_t handlers_cleared;  /* the clone did it (CLONE_CLEAR_SIGHAND) */
    volatile int32_t progress;
    uint32_t
        in_memory; /* rung 1: not 0 while the child may use this memory; the kernel clears it and wakes who waits */
};

/* Runs in the child, on its own stack, on memory it may share with a running parent. Takes a struct child_task. */
void child_main(void *task);

#endif
