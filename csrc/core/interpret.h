/*
 * Carries out a checked plan, from the signals to exec. Knows nothing of how the process was made or of a shared
 * descriptor table: child.c calls it after the clone, and a program that the child execs could call it in its own
 * memory.
 */
#ifndef FORKLESS_INTERPRET_H
#define FORKLESS_INTERPRET_H

#include "report.h"

/* Known to be in the same object: calls need no table of addresses, which only a loader fills. */
#pragma GCC visibility push(hidden)

struct interpret_task {
    const struct plan *plan;
    const char **argv; /* with room before it for the name of a shell, where the plan lets one run scripts */
    const char *const *envp;
    uint64_t caller_mask;       /* the final signal mask where the plan has none */
    bool handlers_cleared;      /* the process has no signal handlers */
    int32_t parent;             /* pid that getppid() must show */
    volatile int32_t *progress; /* the step under way, or PROGRESS_STAGE() */
};

/* Execs, or reports what failed and ends the process. All signals must be blocked. */
_Noreturn void interpret(const struct interpret_task *task, struct child_state *child);

#pragma GCC visibility pop

#endif
