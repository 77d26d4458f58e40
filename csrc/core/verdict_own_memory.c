/*
 * Between two execs the exit signal proves nothing any more: it changes at the first. What is used:
 *
 *  - The report pipe. While it is open, it is the runner's, or just being closed by the exec of the program.
 *  - At its end of file, whether the process has memory. Exec gives it new memory before it closes
 *    descriptors, and a process that dies loses its memory before them. So one with memory has exec'ed (proof.h).
 *  - The name of a dead process. The runner's names have a slash, which no file name has, and the nonce of this start.
 *  - The name of a living one, if the pipe stays open for long: a child that other code has forked may hold a copy of
 * its write end, as long as it lives. All names before the exec of the program are ours or the runner's.
 *
 * The hazard: the kernel changes the name after the memory and after the descriptors, and since Linux 6.13 the name of
 * a living process is read without a lock, so it may be half of one name and half of another. So a living process is
 * judged by its name only if the pipe stays open, and only if it reads the same twice.
 */
#include "verdict_own_memory.h"
#include "arena.h"
#include "handle.h"
#include "own_memory.h"
#include "pause.h"
#include "proc.h"
#include "proof.h"
#include "runner_file.h"
#include "sys.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

/* Much longer than what an exec takes, but for a file system that hangs. */
enum { LONG_MS = 30 };

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
 * Twice the same, so that it is no half: from the first name of the runner to the last one the kernel writes each only
 * once.
 */
static enum own_memory_finding judge_living_by_name(struct spawn_child *child)
{
    char name[PROCESS_NAME_SIZE], again[PROCESS_NAME_SIZE];
    if (proc_name(child->pid, name) != 0 || proc_name(child->pid, again) != 0)
        return RUNS_STILL;
    if (strlen(name) != strlen(again) || memcmp(name, again, strlen(name)) != 0)
        return RUNS_STILL;
    struct ending unused;
    int answer = ending_look(child, __WALL, &unused);
    if (answer == 1 || answer == -ECHILD)
        return RUNS_STILL; /* it has ended meanwhile, and the name may be another process's */
    return name[0] == '/' || runner_file_names(name, child->arena->task.own_memory.file) ? RUNS_STILL : RUNS_PROGRAM;
}

static bool is_open_for_long(struct spawn_child *child)
{
    const int64_t now = pause_clock();
    if (child->looked_first == 0)
        child->looked_first = now;
    return now - child->looked_first > LONG_MS * (int64_t)MILLISECOND_NS;
}

static enum own_memory_finding judge_living(struct spawn_child *child)
{
    if (child->report_fd >= 0)
        return is_open_for_long(child) ? judge_living_by_name(child) : RUNS_STILL;
    return proof_at_end_of_file(child) == HAS_EXECED ? RUNS_PROGRAM : RUNS_STILL;
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
