/*
 * What parent and child share of one start. The parent fills it before the clone. It must not change it until the child
 * has exec'ed or is dead. Meanwhile it may read `progress`, `in_memory` and `table.refused`, which only the child and
 * the kernel write.
 */
#ifndef FORKLESS_CHILD_H
#define FORKLESS_CHILD_H

#include "own_memory.h"

enum { IN_MEMORY = 1, IN_TABLE = 2 }; /* values of `in_memory` */

enum { NOT_TRIED = 1 }; /* `refused` until the child has tried to leave the shared table */

/*
 * Each start whose child is still in the shared table borrows one slot for its report pipe and one for each descriptor
 * that its plan reads. Measured with 16 starts in flight, one such descriptor each, at 19,000 descriptors: 1,260 starts
 * a second with 12 slots, 2,840 with 32.
 */
enum { TABLE_SLOTS = 32 };

/* A file that was duplicated onto the slot `from`, and belongs on `to`. -1: the report pipe, which may stay there. */
struct table_move {
    int32_t from, to;
    struct identity file;
};

/* How the child gets its descriptor table: see fdtable.h. */
struct child_table {
    int32_t limit; /* 0: the child has a table of its own. Else it shares the parent's, and keeps the numbers below
                      this limit when it leaves it */
    int32_t count, hidden_count;
    struct table_move moves[TABLE_SLOTS];
    int32_t hidden[TABLE_SLOTS]; /* numbers of the parent's slot pool that the child closes before the first step */
    /*
     * Written by the child: 0, or -errno if it could not leave. It need not be atomic, because the parent reads it only
     * after `in_memory` has changed. If the child has left, it stores that word with release order. If it could not
     * leave, it ends, and the kernel clears the word after everything that the child has written.
     */
    int32_t refused;
    bool reports_leaving; /* the child writes a report when it has left */
    bool wakes_parent;    /* the child wakes the parent, which waits on `in_memory`, when it has left */
};

struct child_task {
    struct plan plan;
    const char **argv; /* there is room for one element before it: the shell, if one must run a script */
    const char *const *envp;
    uint64_t caller_mask;      /* of the thread that called, from before the call */
    int32_t read_fd, write_fd; /* the report pipe */
    int32_t parent;            /* pid that getppid() must show */
    int32_t maker;             /* the thread that clones the child, and ends (maker.h); 0: the caller's own thread */
    int32_t handlers_cleared;  /* the clone did it (CLONE_CLEAR_SIGHAND) */
    int32_t outlives;          /* its caller believes that the program runs: it does not die with the parent */
    int32_t directory;         /* the open working directory, or -1 */
    int32_t directory_step;    /* the step that would enter it by its path */
    struct child_table table;
    struct own_memory own_memory;
    volatile int32_t progress;
    /*
     * Rung 1 only. IN_TABLE while the child shares the parent's memory and descriptor table, IN_MEMORY while it shares
     * the memory alone. At exec or at death the kernel clears the word, and wakes the threads that wait on it.
     */
    uint32_t in_memory;
};

/* Runs in the child, on its own stack, on memory it may share with a running parent. Takes a struct child_task. */
void child_main(void *task);

#endif
