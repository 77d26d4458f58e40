/*
 * The child's end of the report pipe, and how the child ends if it does not exec.
 *
 * The hazard: a step may name the number that the report pipe has, or the runner's file (own_memory.h). So each step
 * that names a descriptor treats both numbers as closed: it does not close, replace, read or inherit them.
 */
#ifndef FORKLESS_REPORT_H
#define FORKLESS_REPORT_H

#include "plan.h"
#include "sys.h"

/* Hidden: calls within one object need no table of addresses, which only a loader could fill. */
#pragma GCC visibility push(hidden)

/* The state that steps may change. It is on the child's own stack. */
struct child_state {
    int report;              /* the write end of the report pipe; its number may change */
    int highest;             /* the highest number that the plan names, or -1 */
    int runner;              /* the runner's file; its number may change. -1: none */
    int spare;               /* the descriptor that the step `save` has made, or -1 */
    const char *const *envp; /* of the program */
    bool has_death_signal;   /* the plan has set what is sent to the program when its parent ends */
    int program;             /* what is executed in place of the candidates, above `highest`; -1: nothing */
    enum plan_op failing_op; /* what the report names if the current step fails */
};

static inline int as_int(long value)
{
    return (int)value;
}

enum { FAILED_CHILD_EXIT = 127 };

/* Ends the child without a report. */
_Noreturn void report_exit(void);

/* Reports a failure (`error` is -errno; `step` is -1 in a stage) and ends the child. */
_Noreturn void report_fail(const struct child_state *child, int error, int32_t step, enum plan_op op);

/* Moves both above the highest number that the plan names, if that is possible. 0 or -errno. */
int report_move_above(struct child_state *child);

/* Before a step replaces `fd`: moves what is there off that number. 0, or -errno of the stage `report-pipe`. */
int report_move_off(struct child_state *child, int fd);

/* Before a step reads or changes `fd`: 0, or -EBADF for one of the two. */
int report_check_source(const struct child_state *child, int fd);

#pragma GCC visibility pop

#endif
