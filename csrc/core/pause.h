/*
 * Time, and waiting. A filter may refuse any of these system calls, and a wait that fails at once would make its
 * caller's loop spin: so each has a second way, tried only after an error that is no signal.
 */
#ifndef FORKLESS_PAUSE_H
#define FORKLESS_PAUSE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MILLISECOND_NS = 1000000, SECOND_NS = 1000000000 };

/* No limit, for pause_poll(). */
#define PAUSE_FOREVER INT64_MAX

/* The system does not let this call through, whatever its arguments are. */
bool is_refused(long error);

/* Nanoseconds of a clock that only goes forward. */
int64_t pause_clock(void);

/* Sleeps about so long, or until a signal is handled. */
void pause_sleep(int64_t nanoseconds);

/*
 * poll(2). Where that is refused it sleeps, a millisecond at most, and returns -errno: then anything may be ready, and
 * all that was polled must be looked at without waiting. -EINTR: a signal, nothing is known.
 */
long pause_poll(struct pollfd *polls, size_t count, int64_t nanoseconds);

#endif
