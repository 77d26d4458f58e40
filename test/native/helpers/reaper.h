/* A stranger in our own process: a thread that waits for whatever child there is, as careless libraries do. */
#ifndef FORKLESS_TEST_REAPER_H
#define FORKLESS_TEST_REAPER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { REAPER_MAX = 65536 };

struct reaped {
    pid_t pid;
    int status;
};

/* With all (__WALL) it also takes children that died before exec. -errno. */
int reaper_start(bool all);

/* What it took, in order; valid until the next start. */
size_t reaper_stop(const struct reaped **list);

#endif
