/*
 * forkless: the engine. Starts a process from a plan without fork, and tells exactly what became of the start.
 *
 * Hazards a reader must know:
 *
 *  - The child runs in the memory of its running parent until exec. Its stack and its plan lie in an arena, which may
 *    be freed only when the child has exec'ed or is dead. Only a verdict (verdict.h) says that.
 *  - End of file on the report pipe does not prove an exec: a child that is killed before exec closes the pipe too.
 *    execve changes the exit signal from 0 to SIGCHLD, so waitid(__WCLONE) can tell the two apart.
 *  - One lock is held from pipe2 over clone to the close of the write end. Without it, a child that another thread
 *    makes in between, and that hangs before exec, would hold the write end of this start open: the pipe would have no
 *    end of file.
 *  - A child that has not exec'ed has all signals blocked: only SIGKILL ends it.
 *  - Children are named by pidfd. Other code may close that number and get it again for another file. So each use first
 *    checks that the number is still open on this child's pidfd (handle.h). A pid is used only where a filter forbids
 *    the pidfd or the pidfd is lost, and only while the child is not reaped.
 *  - A seccomp filter may refuse any system call that is made after the clone. Only EINTR is taken for a signal, and
 *    only ECHILD for "other code has reaped the child". Every other error means that this call tells nothing, and
 *    another call is tried. There is no verdict while the child may still use the arena.
 *
 * Every function returns a non-negative result or -errno. All are safe from any thread.
 */
#ifndef FORKLESS_SPAWN_H
#define FORKLESS_SPAWN_H

#include "exit.h"
#include "handle.h"
#include "verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How the clone is made. The first that the system lets through is used and remembered; the results are the same. */
enum spawn_rung {
    RUNG_CLONE3 = 1, /* clone3: shared memory, handlers cleared by the kernel, no exit signal */
    RUNG_CLONE,      /* clone: the same, handlers reset by the child */
    RUNG_VFORK,      /* clone with VFORK and SIGCHLD, for emulators, valgrind and gdb: blocks this thread, which holds
                        the lock, until exec; a failed start raises SIGCHLD */
    RUNG_PRIVATE,    /* without shared memory, as slow as fork: also for every plan that asks for private memory */
    SPAWN_RUNGS = RUNG_PRIVATE
};

struct spawn_arena;
struct plan_step;

/* One child, from clone to reaping. Belongs to the caller; one thread at a time. */
struct spawn_child {
    struct spawn_arena *arena; /* until the verdict */
    /* The parent's own copies: the child can write to the arena. The steps themselves are checked again when they are
     * read. */
    const struct plan_step *steps;
    uint32_t step_count;
    int32_t pid;
    int32_t pidfd;     /* -1: other code has closed the number, and no other pidfd can be had */
    uint32_t renewals; /* how often the pidfd was opened anew, maybe under the same number */
    enum spawn_handle handle;
    struct identity pidfd_file;
    int32_t report_fd; /* read end, non-blocking; -1 after the verdict */
    int32_t rung;
    int64_t parent_rss_kb; /* the parent's own mark at the verdict */
    bool shares_table;     /* started in the shared-table mode (fdtable.h). Until the verdict, call spawn_ask also when
                              report_fd is readable: then slots can be returned */
    bool reported;         /* the child has reported why it failed, in `report` */
    bool is_gone;          /* reaped by other code, for certain: its pid may be another process's */
    bool is_kept;          /* reaped here before the caller asked for its end; `kept` is returned then */
    struct spawn_outcome report;
    struct spawn_exit kept;
};

/* Why a start failed before there was a child. */
struct spawn_failure {
    int32_t step;
    uint32_t op;
};

/* At load: takes a few low descriptor numbers, which the shared-table mode needs. Once is enough. */
void spawn_prepare(void);

/*
 * Starts a child from plan bytes (csrc/core/plan.h) and does not wait for exec. 0: *child is filled; call spawn_ask or
 * spawn_wait until the verdict is not SPAWN_PENDING. -errno: nothing was started, *failure says where.
 */
int spawn_start(const void *plan, size_t size, struct spawn_child *child, struct spawn_failure *failure);

/*
 * The same for a caller that calls spawn_wait next. It must keep the regular files that the plan reads open until
 * spawn_wait returns; sockets and pipes may be closed at once.
 */
int spawn_start_ahead(const void *plan, size_t size, struct spawn_child *child, struct spawn_failure *failure);

/* The rung in use (0 before the first start, unless forced); how many starts ran on each; force one (0: none). */
int spawn_rung(void);
void spawn_counts(uint64_t counts[SPAWN_RUNGS]);
void spawn_force_rung(int rung);

/*
 * How many starts ran in the shared-table mode, and the mode's use, for tests and measurements: 0 where it pays,
 * 1 wherever it is possible, 2 never.
 */
uint64_t spawn_shared_table_count(void);
void spawn_force_shared_table(int mode);

#ifdef __cplusplus
}
#endif

#endif
