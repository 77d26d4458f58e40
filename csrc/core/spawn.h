/*
 * The engine of forkless. Starts a process from a plan without fork, and finds out whether it has exec'ed, or which
 * step failed with which errno.
 *
 * The words: a *start* is one call of spawn_start() up to its verdict. *Other code* is all code in this process that is
 * not forkless. A *filter* is a seccomp filter. The drop-in is `forkless/child_process`.
 *
 * Hazards a reader must know:
 *
 *  - The child runs in the memory of its running parent until exec. Its stack and its plan are in an arena, which may
 * be freed only when the child has exec'ed or is dead. Only a verdict (verdict.h) proves that.
 *  - End of file on the report pipe does not prove an exec: a child that is killed before exec closes the pipe too.
 *    execve changes the exit signal from 0 to SIGCHLD, and waitid(__WCLONE) shows which of the two it is.
 *  - One lock is held from pipe2 over clone to the close of the write end. Without it, another thread could make a
 * child in between. If that child hangs before exec, it holds the write end of this start open, and the pipe never
 * reaches its end of file.
 *  - The clone has no CLONE_VFORK: the parent is not suspended, so a child that hangs before exec blocks nothing. The
 *    price is that parent and child run in the same memory at the same time (child.c).
 *  - A child that has not exec'ed has all signals blocked: only SIGKILL ends it.
 *  - Children are named by pidfd. Other code may close that number, and then get it for another file. So each use first
 *    checks that the number is still open on this child's pidfd (handle.h). A pid is used only if a filter refuses the
 *    pidfd or the pidfd is lost, and only while the child is not reaped.
 *  - A filter may refuse any system call that is made after the clone. Only EINTR means a signal, and only ECHILD means
 *    that other code has reaped the child. Any other error means that this call gives no answer, and another call is
 *    tried. There is no verdict while the child may still use the arena.
 *
 * Every function returns a non-negative result or -errno. All are safe from any thread.
 */
#ifndef FORKLESS_SPAWN_H
#define FORKLESS_SPAWN_H

#include "exit.h"
#include "handle.h"
#include "known_program.h"
#include "verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How the clone is made. The first rung that the system permits is used, and remembered. The results are the same. */
enum spawn_rung {
    RUNG_CLONE3 = 1, /* clone3: shared memory, handlers cleared by the kernel, no exit signal */
    RUNG_CLONE,      /* clone: the same, handlers reset by the child */
    RUNG_VFORK,   /* clone with VFORK and SIGCHLD, for emulators, valgrind and gdb. It blocks this thread, which holds
                     the lock, until exec; a failed start raises SIGCHLD. With PLAN_MAIN_PARENT: a fork */
    RUNG_PRIVATE, /* without shared memory, as slow as fork. Plans with PLAN_PRIVATE_MEMORY always use it, and those
                     with PLAN_OWN_MEMORY where the runner cannot be used */
    SPAWN_RUNGS = RUNG_PRIVATE
};

struct spawn_arena;
struct plan_step;

/* One child, from clone to reaping. The caller owns it, and uses it on one thread at a time. */
struct spawn_child {
    struct spawn_arena *arena; /* until the verdict */
    /* Copies in the parent's memory, because the child can write to the arena. The steps are in the arena, so each is
     * checked again when it is read. */
    const struct plan_step *steps;
    uint32_t step_count;
    int32_t pid;
    int32_t pidfd;     /* -1: other code has closed the number, and a new pidfd cannot be opened */
    uint32_t renewals; /* how often a new pidfd was opened, maybe with the same number */
    enum spawn_handle handle;
    struct identity pidfd_file;
    int32_t report_fd; /* read end, non-blocking; -1 after the verdict */
    int32_t rung;
    int32_t exec_step;     /* after SPAWN_EXECED: the candidate that was exec'ed, as the index of its step */
    int32_t own_memory;    /* the step at which it leaves this process's memory for its own; -1: there is none */
    char nonce[8];         /* of the names that it has from then on (own_memory.h) */
    int64_t looked_first;  /* when it was first found to have its own memory: pause_clock(); 0: not yet */
    int64_t parent_rss_kb; /* the parent's own high-water mark of memory at the verdict (usage.h) */
    bool shares_table;     /* started in the shared-table mode (fdtable.h). Until the verdict, also call spawn_ask when
                              report_fd is readable: it then returns the slots */
    bool reported;         /* the child has reported why it failed, in `report` */
    bool is_gone;          /* other code has certainly reaped it: its pid may be another process's */
    bool outlives;  /* its caller believes that the program runs: it does not die with this process, and if it ends
                       before exec, the verdict does not reap it; spawn_reap does */
    bool is_traced; /* by the thread that made it. waitid then shows its stops too, and shows it with any exit signal */
    bool is_kept;   /* reaped here before the caller asked how it ended; `kept` has the result */
    struct spawn_outcome report;
    struct spawn_exit kept;
};

/* Why a start failed before there was a child. */
struct spawn_failure {
    int32_t step;
    uint32_t op;
};

/* At load: reserves a few low descriptor numbers for the shared-table mode. One call is enough. */
void spawn_prepare(void);

/*
 * Starts a child from plan bytes (csrc/core/plan.h) and does not wait for exec. 0: *child is filled; call spawn_ask or
 * spawn_wait until the verdict is not SPAWN_PENDING. -errno: there is no child, and *failure names the step or stage.
 */
int spawn_start(const void *plan, size_t size, struct spawn_child *child, struct spawn_failure *failure);

/*
 * The same, for a caller that calls spawn_wait next. Until spawn_wait returns, it must not close the regular files that
 * the plan reads; it may close sockets and pipes at once.
 */
int spawn_start_ahead(const void *plan, size_t size, struct spawn_child *child, struct spawn_failure *failure);

/*
 * The same, but if the exec is as good as certain (certain.h), child->outlives is set: the caller need not wait, and
 * may close or replace any descriptor, remove the working directory, and end. Else it calls spawn_wait next.
 */
int spawn_start_known(const void *plan, size_t size, const struct known_program *known, struct spawn_child *child,
                      struct spawn_failure *failure);

/*
 * At load: the file that a child execs where its plan needs own memory (runner_file.h). Later: which one is used, and
 * for tests, which may be (enum runner_kind, enum runner_choice).
 */
void spawn_use_runner(const char *path);
int spawn_runner(void);
void spawn_force_runner(int choice);

/* The rung in use (0 before the first start, unless forced); how many starts ran on each rung; force one (0: none). */
int spawn_rung(void);
void spawn_counts(uint64_t counts[SPAWN_RUNGS]);
void spawn_force_rung(int rung);

/*
 * For tests and measurements: how many starts used the shared-table mode, and when to use it (enum fdtable_mode): 0 if
 * it is faster, 1 wherever it is possible, 2 never. In JavaScript the mode is called `flat`.
 */
uint64_t spawn_shared_table_count(void);
void spawn_force_shared_table(int mode);

/* For tests: how many starts were as good as certain, and which are (enum certain_mode). */
uint64_t spawn_certain_count(void);
void spawn_force_certain(int mode);

#ifdef __cplusplus
}
#endif

#endif
