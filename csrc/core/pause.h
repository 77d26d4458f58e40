/*
 * Time, and waiting. The hazard: a filter may refuse any of these system calls, and a wait that fails at once would
 * make its caller's loop spin. So after an error other than EINTR, each function tries another system call.
 */
#ifndef FORKLESS_PAUSE_H
#define FORKLESS_PAUSE_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

enum { MILLISECOND_NS = 1000000, SECOND_NS = 1000000000 };

/* No limit, for pause_poll(). */
#define PAUSE_FOREVER INT64_MAX

/* Nanoseconds of a monotonic clock. */
int64_t pause_clock(void);

/* Sleeps for about this time, or until a signal is handled. */
void pause_sleep(int64_t nanoseconds);

/*
 * poll(2). If a filter refuses it, this sleeps for a millisecond at most and returns -errno: any of the descriptors may
 * be ready, and the caller must try all of them without waiting. -EINTR: a signal came, and nothing is known.
 */
long pause_poll(struct pollfd *polls, size_t count, int64_t nanoseconds);

#endif
