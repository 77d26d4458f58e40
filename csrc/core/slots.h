/*
 * The slot pool: a few low numbers of this process's descriptor table, for the shared-table mode. Only fdtable.c
 * includes this; its header says what they are for.
 *
 * A free slot holds a duplicate of a memfd of ours. The hazard: other code may close a slot and open a file of its own
 * there. So each use first compares the inode of what is open on the slot with the memfd's, or with the borrowed
 * file's. A slot that is open on something else is given up and never touched again.
 *
 * All under the engine's lock.
 */
#ifndef FORKLESS_SLOTS_H
#define FORKLESS_SLOTS_H

#include "child.h"

enum { SLOTS_FIRST_FD = 3 };

struct slot {
    int32_t fd;
    const struct child_task *borrower; /* NULL: free */
    struct identity holds;             /* while borrowed */
};

/*
 * Takes the lowest free numbers, unless most slots are still there or the table is nearly full. 0, also where it took
 * none, or -errno of a system call that the shared-table mode needs.
 */
int slots_open(void);

/* Closes the slots that are free, and gives them up. */
void slots_close(void);

/* All of them, borrowed ones included. One is never borrowed: the others get the memfd back from it. */
struct slots {
    const struct slot *list;
    int count;
};
struct slots slots_all(void);

/* Above all slots. */
int32_t slots_end(void);

/* Whether the number is a slot, and not open on another file by now. */
bool slots_have(int32_t fd);

/* False: there are none, or the one that is checked is open on another file. `which` is any number. */
bool slots_check_one(uint32_t which);

/* Whether a duplicate of this file can stand on a slot; `mode` is the kind of file. */
bool slots_can_hold(int32_t fd, uint16_t mode);

/* Puts a duplicate of the file on a free slot. The slot's number, or -1. */
int32_t slots_borrow(const struct child_task *borrower, int32_t fd, const struct identity *identity);

/*
 * Puts the memfd back on all slots of this borrower, whose child has left the shared table or has never shared it.
 * Which slots these are is known here: the child can write to the task.
 */
void slots_return(const struct child_task *borrower);

/* RLIMIT_NOFILE; 0 where a filter refuses the question: then no table has room for slots. */
int64_t slots_soft_limit(void);

/* How many descriptors this process has open; 0 where the system does not tell (before Linux 6.2, without /proc). */
int64_t slots_open_descriptors(void);

#endif
