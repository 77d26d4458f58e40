/*
 * For the synchronous functions: one call starts a child, writes its input, collects its output, and reaps it.
 *
 * Hazards a reader must know:
 *
 *  - The call blocks its thread until the child has ended and every pipe has reached its end of file. If a grandchild
 *    holds a pipe open, only the timeout or the limit on output ends the wait.
 *  - The child may end, close its pipes, or stop reading its input, in any order. So the code never waits for only one
 *    of these.
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
    bool written;      /* true: `input` is written into it, and then it is shut down for writing. False: it is read */
    bool done;         /* nothing is left to write or read, or there was an error */
    const char *input; /* the caller owns it */
    size_t input_left;
    char *output; /* malloc'ed; NULL if there was no output. The caller must free it. */
    size_t size, room;
};

struct collect_limits {
    int64_t timeout_ms; /* 0: none */
    int64_t max_output; /* of all pipes together; -1: none */
    int32_t kill_signal;
    bool from_start; /* the timeout begins at the start, not at exec: for plans with steps that may hang */
};

/*
 * `verdict` is never SPAWN_PENDING.
 *   FAILED   `outcome`; nothing is left of the start
 *   DIED     `outcome`: how it ended, before exec
 *   LOST     `outcome`: how it ended, if that is known
 *   EXECED   `exit`
 * `error` is what went wrong after the start, a positive errno or 0. After ETIMEDOUT, ENOBUFS and ENOMEM the child has
 * been sent `kill_signal`. If there is none of these, it is the first error of a pipe.
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
 * done. When it returns, every descriptor in `pipes` is closed, even after an error.
 */
void collect_run(const void *plan, size_t size, struct collect_pipe *pipes, const int32_t *child_ends, size_t count,
                 const struct collect_limits *limits, struct collect_result *result);

#ifdef __cplusplus
}
#endif

#endif
