/*
 * The report pipe in the child, and the ways in which the child ends. For everything that runs between clone and exec.
 *
 * A step can name any number: the one that the report pipe stands on too. Three rules keep that apart: no step closes
 * or replaces the pipe, no step reads or inherits it, and to the plan it is a closed number.
 */
#ifndef FORKLESS_REPORT_H
#define FORKLESS_REPORT_H

#include "plan.h"
#include "sys.h"

/* Known to be in the same object: calls need no table of addresses, which only a loader fills. */
#pragma GCC visibility push(hidden)

/* What steps may change. On the child's own stack. */
struct child_state {
    int report;         /* the write end of the report pipe, wherever it has been moved to */
    int spare;          /* the one descriptor a `save` holds, or -1 */
    enum plan_op blame; /* what to name if the step under way fails */
};

static inline int as_int(long value)
{
    return (int)value;
}

/* Ends the child without a word, or after the last one. */
_Noreturn void report_die(void);

/* Reports a failure (`error` is -errno; `step` is -1 in a stage) and ends the child. */
_Noreturn void report_fail(const struct child_state *child, int error, int32_t step, enum plan_op op);

/* Moves the report pipe above all numbers that the plan names, if that is possible. 0 or -errno. */
int report_leave_named_numbers(struct child_state *child, int highest);

/* Before a step replaces `fd`: moves the report pipe away if it stands there. 0 or -errno, blamed on the pipe. */
int report_make_way(struct child_state *child, int fd);

/* Before a step reads or changes `fd`: 0, or -EBADF for the report pipe. */
int report_check_source(const struct child_state *child, int fd);

#pragma GCC visibility pop

#endif
