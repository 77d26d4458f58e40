/*
 * Between two execs the exit signal proves nothing any more: it changes at the first. What is used:
 *
 *  - The report pipe. While it is open, it is the runner's, or just being closed by the exec of the program.
 *  - At its end of file, whether the process has memory (process_mrelease). Exec gives it new memory before it closes
 *    descriptors, and a process that dies loses its memory before them. So one with memory has exec'ed. Where that call
 *    is missing, the kernel's flag that a process ends.
 *  - The name of a dead process. The runner's names have a slash, which no file name has, and the nonce of this start.
 *
 * The hazard: the kernel changes the name after the memory and after the descriptors, and since Linux 6.13 the name of a
 * living process is read without a lock, so it may be half of one name and half of another. So only a dead process is
 * judged by its name.
 */
#include "verdict_own_memory.h"
#include "arena.h"
#include "handle.h"
#include "own_memory.h"
#include "proc.h"
#include "runner_file.h"
#include "sys.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

enum { NO_MEMORY, HAS_MEMORY, MEMORY_UNKNOWN };

enum { IS_EXITING = 4 /* PF_EXITING */ };

/* The errors of the kernel: the process has memory and is not being killed (EINVAL), or it is (EAGAIN, EINTR). */
static int look_at_memory(const struct spawn_child *child)
{
    long error = child->pidfd < 0 ? -EBADF : sys_call2(__NR_process_mrelease, child->pidfd, 0);
    if (error == -ESRCH)
        return NO_MEMORY;
    return error == 0 || error == -EINVAL || error == -EAGAIN || error == -EINTR ? HAS_MEMORY : MEMORY_UNKNOWN;
}

static bool is_name_of_start(const struct spawn_child *child, const char *name)
{
    return name[0] == '/' && memcmp(name + 1, child->nonce, NONCE_SIZE) == 0 && name[NONCE_SIZE + 1] == ':';
}

/* If the number cannot be read, or is that of no step, it is the step `own-memory`. */
static int32_t progress_in(const struct spawn_child *child, const char *name)
{
    const char *at = name + NAME_NUMBER_AT;
    bool is_stage = *at == '-';
    int32_t number = 0;
    for (at += is_stage; *at >= '0' && *at <= '9'; at++)
        number = number * 10 + (*at - '0');
    if (is_stage)
        return -number;
    return (uint32_t)(child->own_memory + number) < child->step_count ? child->own_memory + number : child->own_memory;
}

/*
 * Where process_mrelease is missing or refused. A process that ends has this flag before it closes its descriptors: so
 * without it, the pipe was closed by exec.
 */
static enum own_memory_finding judge_living_by_flags(const struct spawn_child *child)
{
    int64_t flags = proc_flags(child->pid);
    return flags >= 0 && !(flags & IS_EXITING) ? RUNS_PROGRAM : RUNS_STILL;
}

static enum own_memory_finding judge_living(const struct spawn_child *child)
{
    if (child->report_fd >= 0)
        return RUNS_STILL;
    switch (look_at_memory(child)) {
    case HAS_MEMORY: return RUNS_PROGRAM;
    case NO_MEMORY: return RUNS_STILL; /* it is dying: its end will be seen */
    default: return judge_living_by_flags(child);
    }
}

/* Whether the file that the process was to exec has this name. */
static bool is_name_of_candidate(const struct spawn_child *child, const char *name)
{
    const struct plan *plan = &child->arena->task.plan;
    for (uint32_t i = plan->head->first_exec; i < plan->head->step_count; i++)
        if (runner_file_gives(plan->bytes + plan->steps[i].data, name))
            return true;
    return false;
}

/*
 * Between its exec and its first instructions the runner has the name of its file. It cannot end by itself there. The
 * program may be called the same.
 */
static enum own_memory_finding judge_name_of_file(const struct spawn_child *child, const struct ending *ending,
                                                  const char *name)
{
    if (ending->exit_code >= 0 || !runner_file_names(name, child->arena->task.own_memory.file))
        return RUNS_PROGRAM;
    return is_name_of_candidate(child, name) ? DIED_SOMEWHERE : DIED_IN_RUNNER;
}

static enum own_memory_finding judge_dead(struct spawn_child *child, const struct ending *ending, int32_t *progress)
{
    char name[PROCESS_NAME_SIZE];
    struct ending unused;
    *progress = child->own_memory;
    /* is_kept: its pid may be another process's by now */
    if (child->is_kept || proc_name(child->pid, name) != 0)
        return ending_proves_exec(ending) ? RUNS_PROGRAM : DIED_SOMEWHERE;
    if (ending_look(child, __WALL, &unused) == -ECHILD)
        return REAPED_ELSEWHERE; /* the name may be another process's */
    if (!is_name_of_start(child, name))
        return judge_name_of_file(child, ending, name);
    *progress = progress_in(child, name);
    return DIED_IN_RUNNER;
}

enum own_memory_finding own_memory_look(struct spawn_child *child, struct ending *ending, int32_t *progress)
{
    int answer = ending_look(child, __WALL, ending);
    if (answer == -ECHILD)
        return REAPED_ELSEWHERE;
    if (answer < 0) {
        *ending = unknown_ending;
        answer = handle_has_ended(child);
    }
    return answer == 1 ? judge_dead(child, ending, progress) : judge_living(child);
}
