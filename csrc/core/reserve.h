/*
 * The flat mode's numbers in the parent's table. A child that shares the table leaves it with a private copy of the
 * numbers below a limit: so what it needs must stand there. A few low numbers are held for that, by duplicates of a
 * memfd of our own, whose inode tells them from a stranger's descriptor. See ARCHITECTURE.md, "Flat in open
 * descriptors".
 *
 * All of this under the lock of spawn.c. What is lent stays lent until reserve_take_back().
 */
#ifndef FORKLESS_RESERVE_H
#define FORKLESS_RESERVE_H

#include "child.h"

/* Which starts are flat: those that it pays for, all that can be, none. For tests and measurements. */
enum reserve_mode { RESERVE_AUTO, RESERVE_ALWAYS, RESERVE_NEVER };

/* Takes the lowest free numbers, where there is no reserve yet: at load, before the program opens what it opens. */
void reserve_build(void);

/* Whether it is worth trying. */
bool reserve_pays(const struct child_task *task);

/* Brings what the child needs below task->table.limit: sources, and the write end. False: nothing is changed. */
bool reserve_lend(struct child_task *task, bool waits);

/*
 * What was lent to this task, once its child has left the shared table, or has never shared it. Which numbers these are
 * is the parent's own knowledge: the task lies where a child can write.
 */
void reserve_take_back(const struct child_task *task);

/* Numbers of the reserve that the plan names: to the child they are closed, as the caller never opened them. */
void reserve_hide(struct child_task *task);

/* What a system call of the flat mode gave, here or in a child: a refusal is remembered for good. */
void reserve_refused(int error);

void reserve_set_mode(enum reserve_mode mode);

#endif
