/*
 * The child's descriptor table. With many open descriptors, the kernel spends most of a start copying the parent's
 * table, and the child then closes nearly all of it. The shared-table mode avoids the copy: the child is cloned with
 * CLONE_FILES. Its first act is to leave the shared table, with a private copy of the numbers below a limit. What the
 * child needs is duplicated onto low numbers of the slot pool (slots.h) before the clone.
 *
 * The hazard: until the child has left, a close or an open in the parent changes the child's table too. So what the
 * child needs is on slots. No other code uses these, and they are returned only after the child has left. The child
 * reports that through its report pipe (spawn_start), or by the word `in_memory` in its task if the caller waits
 * (spawn_start_ahead).
 *
 * The parent does not wait until the child has left. In a program whose event loop has run for a while, a parent that
 * sleeps for that wakes up only after 600 µs (measured): the scheduler lets the child run to its end first.
 *
 * Four calls for one start. Call prepare, cloned and failed under the engine's lock; release takes the lock itself.
 */
#ifndef FORKLESS_FDTABLE_H
#define FORKLESS_FDTABLE_H

#include <stdbool.h>

struct spawn_arena;

/*
 * Before the clone. Fills task.table, and changes task.write_fd if the report pipe is moved to a slot. True: make the
 * clone with CLONE_FILES. `can_share`: the caller can make such a clone. `waits`: the caller does not touch any
 * descriptor but sockets and pipes until the child has left the parent's memory.
 */
bool fdtable_prepare(struct spawn_arena *arena, bool can_share, bool waits);

/* After a clone with CLONE_FILES. 0, or -errno: the child could not leave the table and is ending. Reap it, then call
 * fdtable_failed(). */
int fdtable_cloned(struct spawn_arena *arena);

/*
 * After the clone with CLONE_FILES failed, or its child is dead. Returns the slots and fills task.table for a clone
 * with a table of its own. If the system forbids leaving a shared table, the mode is not tried again.
 */
void fdtable_failed(struct spawn_arena *arena);

/* Returns the slots of a start whose child has left the shared table: it has reported that, has exec'ed, or is dead. */
void fdtable_release(struct spawn_arena *arena);

/* Call it at load, before the program opens its files: low numbers are still free then. */
void fdtable_reserve_slots(void);

/* For tests and measurements: share where that is faster, wherever it is possible, never. */
enum fdtable_mode { FDTABLE_AUTO, FDTABLE_ALWAYS, FDTABLE_NEVER };
void fdtable_set_mode(enum fdtable_mode mode);

#endif
