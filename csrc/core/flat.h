/*
 * The flat mode: the child shares the parent's descriptor table and leaves it as its first act, with a private copy of
 * the few low numbers that it needs; nothing is copied for the thousands that it does not.
 *
 * The parent does not wait for that: what the child needs stands on numbers of the reserve, which nobody else touches,
 * and which come back when it has left. It says so in its report pipe where nobody waits for it; where somebody does,
 * the word in its task tells. All under the engine's lock.
 */
#ifndef FORKLESS_FLAT_H
#define FORKLESS_FLAT_H

#include "arena.h"

/*
 * Prepares the task for a flat start, if it can be one and it pays. `waits`: the caller does nothing with descriptors
 * until the child has left its memory.
 */
bool flat_prepare(struct spawn_arena *arena, bool waits);

/* After the clone. 0, or -errno: the child could not leave the table, and has ended; the next start is plain. */
int flat_begun(struct spawn_arena *arena);

/* Of what flat_prepare() lent, what is no longer needed. NULL: of all starts; else of this one, whose child has left.
 */
void flat_take_back(struct spawn_arena *arena);

#endif
