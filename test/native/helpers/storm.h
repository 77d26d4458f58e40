/* A storm of signals over this process, with handlers of ours for all of them. A handler that runs in a child (one
 * that was not stopped from running there) is found out, whether the child shares our memory or has a copy. */
#ifndef FORKLESS_TEST_STORM_H
#define FORKLESS_TEST_STORM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { STORM_MAX_STRANGERS = 256 };

struct storm_record {
    uint64_t sent, runs;
    uint32_t stranger_count;
    pid_t strangers[STORM_MAX_STRANGERS]; /* processes, other than this one, in which a handler ran */
};

/* For the whole process group the storm is of SIGCHLD, SIGCONT, SIGURG and SIGWINCH only: what already runs another
 * program ignores these, a child before exec would run the handler. -errno. */
int storm_start(bool whole_group);
void storm_stop(struct storm_record *record);

#endif
