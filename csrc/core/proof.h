/* Whether a child has exec'ed, from other state that the kernel keeps. For the cases in which the exit signal does not
 * prove it (verdict.c). */
#ifndef FORKLESS_PROOF_H
#define FORKLESS_PROOF_H

#include "spawn.h"

enum proof { NOTHING_PROVEN, HAS_EXECED, HAS_NOT_EXECED };

/*
 * For a child that is a zombie. It waits while a living one is in exec, which may hang. A reaped child's pid may be
 * another process's, so nothing is proven then.
 */
enum proof proof_of_exec(const struct spawn_child *child);

/* The same for one that may live: without waiting, but not from everything. */
enum proof proof_at_once(const struct spawn_child *child);

/*
 * For a child that lives, from its memory at the end of file of the report pipe. HAS_EXECED: the program of the start.
 * HAS_NOT_EXECED: it is dying, maybe as the program. Before the end of file nothing is proven.
 */
enum proof proof_at_end_of_file(const struct spawn_child *child);

#endif
