/*
 * Runs a child from its start to its end in one call: writes its input, and collects its output.
 *
 * Hazards a reader must know:
 *
 *  - The call blocks its thread until the child has ended and every pipe has reached its end of file. A grandchild that
 *    holds a pipe open makes it wait longer; only the timeout or the limit on output ends that.
 *  - The child may end, close its pipes, or never read its input, in any order. So the code never waits for one of
 *    these alone.
 */
#ifndef FORKLESS_COLLECT_H
#define FORKLESS_COLLECT_H

#include "spawn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The parent's end of a socket pair. */
struct collect_pipe {
    int32_t fd;
    bool written;      /* true: `input` is written into it, then it is shut down for writing; false: it is read */
    bool done;         /* finished, or given up after an error */
    const char *input; /* the caller's */
    size_t input_left;
    char *output; /* malloc'ed; NULL if there was no output. The caller frees it. */
    size_t size, room;
};

struct collect_limits {
    int64_t timeout_ms; /* 0: none */
    int64_t max_output; /* of all pipes together; -1: none */
    int32_t kill_signal;
    bool from_start; /* the timeout counts from the start, not from exec: a step before exec may hang */
};

/*
 * `verdict` is never SPAWN_PENDING.
 *   FAILED   `outcome`; nothing is left of the start
 *   DIED     `outcome`: how it ended, before exec
 *   LOST     `outcome`: how it ended, if the kernel still tells
 *   EXECED   `exit`
 * `error` is a positive errno or 0: what went wrong after the start. ETIMEDOUT and ENOBUFS: the child has been sent
 * `kill_signal`. ENOMEM, or else the first error of a pipe.
 */
struct collect_result {
    enum spawn_verdict verdict;
    struct spawn_outcome outcome;
    struct spawn_exit exit;
    int32_t error;
    int32_t pid; /* 0: there was none */
};

/*
 * Starts the plan, closes `child_ends` (one for each pipe), and returns when the child has ended and all pipes are
 * done. Every descriptor in `pipes` is closed then, also after an error.
 */
void collect_run(const void *plan, size_t size, struct collect_pipe *pipes, const int32_t *child_ends, size_t count,
                 const struct collect_limits *limits, struct collect_result *result);

#ifdef __cplusplus
}
#endif

#endif
