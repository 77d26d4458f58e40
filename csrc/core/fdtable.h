/*
 * The descriptor table of a start. With many open descriptors, most of the time of a start goes into copying the
 * parent's table, only for the child to close nearly all of it. The shared-table mode avoids the copy: the child is
 * cloned with CLONE_FILES and leaves the shared table as its first act, with a private copy of the numbers below a
 * limit. What the child needs is duplicated onto low numbers of the slot pool (slots.h) before the clone.
 *
 * The hazard: until the child has left, each close and open of the parent hits the child too. So what the child needs
 * stands on slots, which no other code uses and which are returned only after the child has left. The child says so in
 * its report pipe (spawn_start), or by the word `in_memory` in its task if the caller waits (spawn_start_ahead).
 *
 * Four calls for one start. prepare, cloned and failed: under the engine's lock; release takes the lock itself.
 */
#ifndef FORKLESS_FDTABLE_H
#define FORKLESS_FDTABLE_H

#include <stdbool.h>

struct spawn_arena;

/*
 * Before the clone. Fills task.table, and task.write_fd where it moves. True: the clone must be made with CLONE_FILES.
 * `can_share`: the clone could be. `waits`: the caller touches no descriptor until the child has left its memory,
 * sockets and pipes excepted.
 */
bool fdtable_prepare(struct spawn_arena *arena, bool can_share, bool waits);

/* After a clone with CLONE_FILES. 0, or -errno: the child could not leave the table and is ending; reap it, then call
 * fdtable_failed. */
int fdtable_cloned(struct spawn_arena *arena);

/*
 * The clone with CLONE_FILES failed, or its child is dead. Returns the slots and fills task.table for a clone with a
 * table of its own. If the system forbids leaving a shared table, that is remembered for good.
 */
void fdtable_failed(struct spawn_arena *arena);

/* Returns the slots of a start whose child has left the shared table: it has said so, has exec'ed, or is dead. */
void fdtable_release(struct spawn_arena *arena);

/* At load, before the program opens its files: low numbers are still free then. */
void fdtable_reserve_slots(void);

/* For tests and measurements: share where it pays, wherever it is possible, never. */
enum fdtable_mode { FDTABLE_WHERE_IT_PAYS, FDTABLE_SHARE, FDTABLE_COPY };
void fdtable_set_mode(enum fdtable_mode mode);

#endif
