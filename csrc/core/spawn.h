/*
 * forkless: the engine. Starts a process from a plan without fork, and tells exactly what became of the start.
 *
 * Hazards a reader must know:
 *
 *  - The child runs on the memory of its running parent until exec. Its stack and its plan live in an arena that may
 *    be freed only when the child has exec'ed or is dead: that is what a verdict says, and nothing else does.
 *  - End of file on the report pipe is no proof of exec: a child killed before exec closes it just the same.
 *    execve turns the exit signal from 0 into SIGCHLD, so waitid(__WCLONE) can tell the two apart.
 *  - One lock spans pipe2 .. clone .. close of the write end. Without it a neighbour's child, made in between and
 *    stuck before exec, would hold this start's write end open, and its end of file would never come.
 *  - A child that has not exec'ed has all signals blocked: only SIGKILL ends it.
 *  - Children are named by pidfd, and a number may be closed by other code and opened on something else. So each use
 *    asks first whether the number is still open on this child's pidfd (handle.h). A pid is used where a filter forbids
 *    the pidfd, or the pidfd is lost, and only while the child is not reaped.
 *  - A filter may refuse any system call that is made after the clone. Only EINTR is a signal, only ECHILD means that
 *    other code has reaped the child; every other error means that this way tells nothing, and another is tried.
 *    No verdict is given while the child may still use the arena.
 *
 * Every function returns a non-negative result or -errno. All are safe from any thread.
 */
#ifndef FORKLESS_SPAWN_H
#define FORKLESS_SPAWN_H

#include "identity.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * How the clone is made. The first that the system lets through is used and remembered; the results are the same.
 *  1  clone3: shared memory, handlers cleared by the kernel, no exit signal
 *  2  clone: the same, handlers reset by the child
 *  3  clone with VFORK and SIGCHLD, for emulators, valgrind and gdb: blocks this thread and the lock until exec,
 *     a failed start raises SIGCHLD
 *  4  without shared memory, at the price of fork: also for every plan that asks for private memory
 */
enum { SPAWN_RUNGS = 4 };

struct spawn_arena;
struct plan_step;

struct spawn_usage {
    int64_t user_us, system_us;
    int64_t max_rss_kb; /* -1: not known, because the parent's own mark hides it */
    int64_t minor_faults, major_faults, swaps;
    int64_t in_blocks, out_blocks, messages_sent, messages_received, signals;
    int64_t voluntary_switches, involuntary_switches;
};

enum spawn_verdict {
    SPAWN_PENDING, /* not known yet: ask again when the report pipe or the pidfd is readable */
    SPAWN_EXECED,  /* the program runs, or has run */
    SPAWN_FAILED,  /* a step failed and said so; reaped */
    SPAWN_DIED,    /* killed, or ended without a word, before exec; reaped */
    SPAWN_LOST     /* somebody else reaped it and nothing proves that it had exec'ed */
};

struct spawn_outcome {
    int32_t error; /* positive errno for FAILED */
    int32_t step;  /* FAILED, DIED, LOST: index in the list, or -1 */
    uint32_t op;
    int32_t exit_code, signal; /* DIED: one of them; else -1 and 0 */
};

struct spawn_exit {
    int32_t exit_code; /* -1 where a signal ended it, or where nobody knows */
    int32_t signal;    /* 0: none */
    int32_t core_dumped;
    int32_t taken; /* reaped by somebody else: no usage; code or signal only where the kernel still tells */
    struct spawn_usage usage;
};

/* What the pidfd's identity says. */
enum spawn_handle {
    HANDLE_UNKNOWN, /* nothing: the system does not tell */
    HANDLE_SHARED,  /* that it is some pidfd, eventfd, epoll …: before Linux 6.9 they are all one inode */
    HANDLE_UNIQUE   /* which process it is for */
};

/* One child, from clone to reaping. Belongs to the caller; one thread at a time. */
struct spawn_child {
    struct spawn_arena *arena; /* until the verdict */
    /* The parent's own copies: what stands in the arena can be written by the child. The steps themselves are checked
     * again when they are read. */
    const struct plan_step *steps;
    uint32_t step_count;
    int32_t pid;
    int32_t pidfd;     /* -1 where other code has closed the number and no other can be had */
    uint32_t renewals; /* how often it is another file, maybe under the same number */
    enum spawn_handle handle;
    struct identity pidfd_file;
    int32_t report_fd; /* read end, non-blocking; -1 after the verdict */
    int32_t rung;
    int64_t parent_rss_kb; /* the parent's own mark at the verdict */
    bool flat;             /* until the verdict ask also when report_fd is readable: something may be given back */
    bool reported;         /* the child has told why it failed, in `report` */
    bool is_gone;          /* reaped by other code, for certain: its pid may be another process's */
    bool is_kept;          /* reaped here before its end was asked for; `kept` is given out then */
    struct spawn_outcome report;
    struct spawn_exit kept;
};

/* Why a start came to nothing before there was a child. */
struct spawn_failure {
    int32_t step;
    uint32_t op;
};

/* At load: takes a few low descriptors, which the flat mode needs. Once is enough. */
void spawn_prepare(void);

/*
 * Starts a child from plan bytes (csrc/core/plan.h) and does not wait for exec. 0: *child is filled and must be
 * carried to a verdict. -errno: nothing was started, *failure says where.
 */
int spawn_start(const void *plan, size_t size, struct spawn_child *child, struct spawn_failure *failure);

/*
 * The same for a caller who waits (spawn_wait) before anybody closes or replaces a descriptor that the plan reads,
 * sockets and pipes excepted, which may go at once.
 */
int spawn_start_ahead(const void *plan, size_t size, struct spawn_child *child, struct spawn_failure *failure);

/* What became of the start, without waiting. With anything but SPAWN_PENDING the arena and the pipe are released. */
enum spawn_verdict spawn_ask(struct spawn_child *child, struct spawn_outcome *outcome);

/* The same, waiting as long as it takes. */
enum spawn_verdict spawn_wait(struct spawn_child *child, struct spawn_outcome *outcome);

/* False: spawn_ask would say SPAWN_PENDING. Costs no system call. */
bool spawn_may_be_decided(const struct spawn_child *child);

/* After SPAWN_EXECED: 1 and *exit filled when it has ended (it is reaped by this), 0 when it has not. */
int spawn_reap(struct spawn_child *child, struct spawn_exit *exit);

/* After SPAWN_EXECED: whether there is something to reap, or somebody else has taken it. Reaps nothing. */
bool spawn_has_ended(struct spawn_child *child);

/* Signals by pidfd. 0, or -ESRCH once it has ended, reaped or not. */
int spawn_kill(struct spawn_child *child, int signal);

/* After SPAWN_EXECED: kills it and reaps it, unless it may not be killed. */
void spawn_end(struct spawn_child *child);

/*
 * Makes sure that `pidfd` is this child's: a number that other code has taken is given up, for a new one or -1. Where
 * identities are not unique that needs `surely`, which reads /proc.
 */
void spawn_hold(struct spawn_child *child, bool surely);

/* Closes the pidfd, unless its number is other code's by now. */
void spawn_close(struct spawn_child *child);

/* The rung in use (0 before the first start, unless forced); how many starts ran on each; force one (0: none). */
int spawn_rung(void);
void spawn_counts(uint64_t counts[SPAWN_RUNGS]);
void spawn_force_rung(int rung);

/*
 * How many starts ran in the flat mode, which costs the same with 20 or 20,000 open descriptors (ARCHITECTURE.md).
 * Forced, for tests and measurements: 0 where it pays, 1 wherever it can be, 2 never.
 */
uint64_t spawn_flat_count(void);
void spawn_force_flat(int mode);

/*
 * Writes this process's environment as strings that follow one another. Returns its size; 0 where `block` holds it
 * already, in its first `before` bytes; the size negated where there is no room, and the block is then worth nothing.
 * Nobody may change the environment meanwhile.
 */
int64_t environ_read(char *block, size_t room, size_t before);

/* Descriptors, born close-on-exec. */
int fds_pipe(int pair[2]);
int fds_socket_pair(int pair[2]);
int fds_socket_pairs(int *numbers, size_t count);
void fds_close_all(const int *numbers, size_t count);
int fds_close(int fd);
int fds_get_cloexec(int fd);
int fds_set_cloexec(int fd, bool on);

#ifdef __cplusplus
}
#endif

#endif
