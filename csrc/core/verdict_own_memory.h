/* What can be found out about a child that has left its parent's memory in the middle of its plan (own_memory.h). */
#ifndef FORKLESS_VERDICT_OWN_MEMORY_H
#define FORKLESS_VERDICT_OWN_MEMORY_H

#include "ending.h"

enum own_memory_finding {
    RUNS_STILL,      /* the runner, as far as can be told now */
    RUNS_PROGRAM,    /* the program runs, or has run */
    DIED_IN_RUNNER,  /* before it exec'ed the program */
    DIED_SOMEWHERE,  /* in the runner or in the program */
    REAPED_ELSEWHERE /* by other code */
};

/*
 * Call it when the child has certainly exec'ed, the runner or the program. If it is dead, *ending is how it ended; if
 * it died in the runner, *progress is the step or stage it had come to, as in `progress` of a task.
 */
enum own_memory_finding own_memory_look(struct spawn_child *child, struct ending *ending, int32_t *progress);

#endif
