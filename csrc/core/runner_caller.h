/*
 * Whether a caller's child can be sent through the runner (own_memory.h). Exec itself changes credentials: it sets the
 * saved ids to the effective ones, clears the flag that keeps capabilities, and computes the capabilities anew. Where
 * the rest of the plan would find others than the caller's, the start takes rung 4.
 */
#ifndef FORKLESS_RUNNER_CALLER_H
#define FORKLESS_RUNNER_CALLER_H

#include "own_memory.h"

/* Of the calling thread. True: *sets has its capabilities, which the runner must have. */
bool runner_caller_allows(struct capability_sets *sets);

#endif
