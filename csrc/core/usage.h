/* What a process used (getrusage(2)). */
#ifndef FORKLESS_USAGE_H
#define FORKLESS_USAGE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The only list of the figures in C: the struct below, and the record that goes to JavaScript, have them in this order.
 * lib/record.ts has the same names; the two lists are compared when the addon is loaded.
 */
#define USAGE_FIGURES(X)                                                                                               \
    X(user_us)                                                                                                         \
    X(system_us)                                                                                                       \
    X(max_rss_kb) /* -1: not known, see usage_hide_inherited_mark() */                                                 \
    X(minor_faults)                                                                                                    \
    X(major_faults)                                                                                                    \
    X(swaps)                                                                                                           \
    X(in_blocks)                                                                                                       \
    X(out_blocks)                                                                                                      \
    X(messages_sent)                                                                                                   \
    X(messages_received)                                                                                               \
    X(signals)                                                                                                         \
    X(voluntary_switches)                                                                                              \
    X(involuntary_switches)

struct spawn_usage {
#define X(figure) int64_t figure;
    USAGE_FIGURES(X)
#undef X
};

struct rusage;

struct spawn_usage usage_of(const struct rusage *from);

/* The high-water mark of this process's memory in kilobytes; INT64_MAX if a filter refuses the call. */
int64_t usage_own_mark(void);

/*
 * At exec a child keeps the high-water mark of the memory that it had before, which is its parent's. So its max_rss_kb
 * is its own only if it is above `parent_mark`, the parent's mark after the exec. Otherwise this sets it to -1.
 */
void usage_hide_inherited_mark(struct spawn_usage *usage, int64_t parent_mark);

#ifdef __cplusplus
}
#endif

#endif
