/*
 * Carries out a checked plan, from the signal actions to exec. It does not depend on how the process was made, or on
 * the shared descriptor table. child.c calls it after the clone; a program that the child execs could call it too.
 */
#ifndef FORKLESS_INTERPRET_H
#define FORKLESS_INTERPRET_H

#include "report.h"

/* Hidden: calls within one object need no table of addresses, which only a loader could fill. */
#pragma GCC visibility push(hidden)

struct interpret_task {
    const struct plan *plan;
    const char **argv; /* there is room for one element before it: the shell, if one must run a script */
    const char *const *envp;
    uint64_t caller_mask;       /* the final signal mask where the plan has none */
    bool handlers_cleared;      /* the process has no signal handlers */
    int32_t parent;             /* pid that getppid() must show */
    bool outlives;              /* it does not die with the parent */
    int32_t step_done;          /* a step that has been carried out already, or -1 */
    volatile int32_t *progress; /* the step under way, or PROGRESS_STAGE() */
};

/* Execs, or reports what failed and ends the process. All signals must be blocked. */
_Noreturn void interpret(const struct interpret_task *task, struct child_state *child);

#pragma GCC visibility pop

#endif
