/*
 * Carries out a checked plan, from the signal actions to exec. It does not depend on how the process was made, or on
 * the shared descriptor table. child.c calls it after the clone, and runner.c in a child that has left its parent's
 * memory in the middle of its plan.
 */
#ifndef FORKLESS_INTERPRET_H
#define FORKLESS_INTERPRET_H

#include "own_memory.h"

/* Hidden: calls within one object need no table of addresses, which only a loader could fill. */
#pragma GCC visibility push(hidden)

struct interpret_task {
    const struct plan *plan;
    const char **argv; /* there is room for one element before it: the shell, if one must run a script */
    const char *const *envp;
    uint64_t caller_mask;          /* the final signal mask where the plan has none */
    bool handlers_cleared;         /* the process has no signal handlers */
    int32_t parent;                /* pid that getppid() must show */
    bool outlives;                 /* it does not die with the parent */
    uint32_t first;                /* the first step to carry out */
    struct own_memory *own_memory; /* how the step `own-memory` is carried out; NULL: nothing is to be done */
    int32_t step_done;             /* a step that has been carried out already, or -1 */
    volatile int32_t *progress;    /* the step under way, or PROGRESS_STAGE() */
    const char *nonce; /* in the runner: the process shows its progress by its name. NULL: by `progress` alone */
};

/* Execs, or reports what failed and ends the process. All signals must be blocked. */
_Noreturn void interpret(const struct interpret_task *task, struct child_state *child);

/* The same, where the signal actions have been set. */
_Noreturn void interpret_rest(const struct interpret_task *task, struct child_state *child);

#pragma GCC visibility pop

#endif
