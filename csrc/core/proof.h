/* Whether a child has exec'ed, from what the kernel keeps about each process. For when the exit signal does not tell.
 */
#ifndef FORKLESS_PROOF_H
#define FORKLESS_PROOF_H

#include "spawn.h"

enum proof { NOTHING_PROVEN, HAS_EXECED, HAS_NOT_EXECED };

/* Of a child that lives or is a zombie. The pid of a reaped child may be another process's: then nothing is proven. */
enum proof proof_of_exec(const struct spawn_child *child);

#endif
