/* Whether a child has exec'ed, from other state that the kernel keeps. For the cases in which the exit signal does not
 * prove it (verdict.c). */
#ifndef FORKLESS_PROOF_H
#define FORKLESS_PROOF_H

#include "spawn.h"

enum proof { NOTHING_PROVEN, HAS_EXECED, HAS_NOT_EXECED };

/* For a child that lives or is a zombie. A reaped child's pid may be another process's, so nothing is proven then. */
enum proof proof_of_exec(const struct spawn_child *child);

#endif
