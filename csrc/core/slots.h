/*
 * The slot pool: a few low numbers of this process's descriptor table, for the shared-table mode (see fdtable.h). Only
 * fdtable.c includes this.
 *
 * A start borrows a slot: a duplicate of one of its files is put there until its child has left the shared table. A
 * free slot holds a duplicate of the pool's memfd, which keeps the number in use.
 *
 * The hazard: other code may close a slot and open a file of its own there. So before each use, the inode of the file
 * on the slot is compared with the memfd's, or with that of the borrower's file. A slot that is open on another file is
 * given up: removed from the pool, and never touched again.
 *
 * Call all functions under the engine's lock.
 */
#ifndef FORKLESS_SLOTS_H
#define FORKLESS_SLOTS_H

#include "child.h"

enum { SLOTS_FIRST_FD = 3 };

struct slot {
    int32_t fd;
    const struct child_task *borrower; /* NULL: free */
    struct identity file;              /* what it must be open on while it is borrowed */
};

/*
 * Reserves the lowest free numbers, unless most slots are still there or the table is nearly full. 0, even if it has
 * reserved none, or -errno of a system call that the shared-table mode needs.
 */
int slots_reserve(void);

/* Closes the slots that are free, and gives them up. */
void slots_close_free(void);

/* All of them, borrowed ones included. One is never borrowed: slots_return() duplicates the memfd from it. */
struct slots {
    const struct slot *list;
    int count;
};
struct slots slots_all(void);

/* The first number above all slots. */
int32_t slots_end(void);

/* Whether the number is a slot, and not open on another file by now. */
bool slots_contain(int32_t fd);

/* Checks one slot. False: it is open on another file, or there is none. `which` is any number, and selects the slot. */
bool slots_check_one(uint32_t which);

/* Whether a duplicate of this file can be put on a slot; `mode` is the kind of file. */
bool slots_can_hold(int32_t fd, uint16_t mode);

/* Puts a duplicate of the file on a free slot. Returns the slot's number, or -1. */
int32_t slots_borrow(const struct child_task *borrower, int32_t fd, const struct identity *identity);

/*
 * Puts the memfd back on all slots of this borrower, whose child has left the shared table or has never shared it. The
 * pool itself records which these are: the list in the task is no proof, because the child can write to it.
 */
void slots_return(const struct child_task *borrower);

/* RLIMIT_NOFILE. 0 if a filter refuses the call: then no slots are reserved. */
int64_t slots_soft_limit(void);

/* How many descriptors this process has open. 0 if that is unknown: before Linux 6.2, or without /proc. */
int64_t slots_count_descriptors(void);

#endif
