/*
 * What parent and child share of one start. The parent fills it before the clone and may not touch it again until
 * the child has exec'ed or is dead; `progress`, `in_memory` and `table.refused` may be read meanwhile, and only the
 * child writes them.
 */
#ifndef FORKLESS_CHILD_H
#define FORKLESS_CHILD_H

#include "identity.h"
#include "plan.h"

enum { IN_MEMORY = 1, IN_TABLE = 2 };

enum { NOT_TRIED = 1 }; /* `refused` until the child has tried */

enum { TABLE_SLOTS = 32 };

/* A descriptor that stands on another number than its own; `to` is -1 for the report pipe, which may stay there. */
struct table_move {
    int32_t from, to;
    struct identity holds;
};

/* How the child comes to a descriptor table. */
struct child_table {
    int32_t limit; /* the child shares the parent's table, and keeps the numbers below this when it leaves it; 0: it
                      has a table of its own */
    int32_t count, hidden_count;
    struct table_move moves[TABLE_SLOTS];
    int32_t hidden[TABLE_SLOTS]; /* numbers of the parent's slot pool that the plan must find closed */
    /*
     * By the child: 0, or -errno where it could not leave. Plain memory will do, because the parent reads it only after
     * `in_memory` has changed: the child stores that with release order once it has left; where it could not leave, it
     * ends, and the kernel clears the word after all that the child has written.
     */
    int32_t refused;
    bool tells, wakes; /* the child: when it has left, by a report; who waits on the word */
};

struct child_task {
    struct plan plan;
    const char **argv; /* with room before it for the name of a shell, where the plan lets one run scripts */
    const char *const *envp;
    uint64_t caller_mask;      /* of the thread that called, from before the call */
    int32_t read_fd, write_fd; /* the report pipe */
    int32_t parent;            /* pid that getppid() must show */
    int32_t handlers_cleared;  /* the clone did it (CLONE_CLEAR_SIGHAND) */
    struct child_table table;
    volatile int32_t progress;
    /*
     * Rung 1: not 0 while the child may use this memory, IN_TABLE while it also shares the descriptor table, then
     * IN_MEMORY. The kernel clears it, at exec or at death, and wakes who waits.
     */
    uint32_t in_memory;
};

/* Runs in the child, on its own stack, on memory it may share with a running parent. Takes a struct child_task. */
void child_main(void *task);

#endif
