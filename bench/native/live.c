/* Many children at once: what one more start and one more end cost then; hosts/tasks/live.mjs in C. */
#include "host.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

enum { HUNDRED = 100 };

static void end_one(pid_t pid)
{
    kill(pid, SIGKILL);
    if (waitpid(pid, NULL, 0) != pid)
        fail("waitpid");
}

static double end_together(const pid_t *pids, long count)
{
    double begin = now();
    for (long i = 0; i < count; i++)
        kill(pids[i], SIGKILL);
    for (long i = 0; i < count; i++)
        if (waitpid(pids[i], NULL, 0) != pids[i])
            fail("waitpid");
    return (now() - begin) / (double)count;
}

void run_live(const struct way *way, char *sleeper, long children)
{
    struct list starts = {0}, ends = {0};
    long before = resident(), one_by_one = children / 2 < HUNDRED ? children / 2 : HUNDRED;
    pid_t *pids = calloc((size_t)children, sizeof *pids);
    if (!pids)
        fail("calloc");
    for (long i = 0; i < children; i++) {
        double begin = now();
        pids[i] = way->start(sleeper);
        if (i >= children - HUNDRED)
            append(&starts, now() - begin);
    }
    long memory = resident() - before;
    for (long i = 1; i <= one_by_one; i++) {
        double begin = now();
        end_one(pids[children - i]);
        append(&ends, now() - begin);
    }
    double together = end_together(pids, children - one_by_one);
    printf("{\"start\":%.2f,\"end\":%.2f,\"endTogether\":%.2f,\"memory\":%.1f}\n", middle(&starts), middle(&ends),
           together, (double)memory / (double)children);
    free(starts.values);
    free(ends.values);
    free(pids);
}
