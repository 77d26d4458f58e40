/* What the kernel keeps for a task beside ids, signals and limits: scheduling, and what it cannot take back. */
#include "report.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { OF_PROCESS = 1, NODE_BITS = 1024, LONG_BITS = 64 };

static void report_line_of_status(struct json *json, const char *key, const char *name)
{
    char line[8192];
    FILE *status = fopen("/proc/self/status", "re");
    if (status == NULL)
        give_up("/proc/self/status");
    while (fgets(line, sizeof line, status) != NULL) {
        size_t length = strlen(name);
        if (strncmp(line, name, length) != 0 || line[length] != ':')
            continue;
        line[strcspn(line, "\n")] = '\0';
        json_string(json, key, line + length + 2);
    }
    fclose(status);
}

/* Mode and nodes; null: the kernel has no NUMA, or a filter refuses to tell. */
static void report_memory_policy(struct json *json)
{
    int mode;
    unsigned long nodes[NODE_BITS / LONG_BITS] = {0};
    if (syscall(SYS_get_mempolicy, &mode, nodes, NODE_BITS + 1, NULL, 0) < 0) {
        if (errno != ENOSYS && errno != EPERM)
            give_up("get_mempolicy");
        json_null(json, "memoryPolicy");
        return;
    }
    json_open(json, "memoryPolicy", '[');
    json_integer(json, NULL, mode);
    for (int node = 0; node < NODE_BITS; node++)
        if (nodes[node / LONG_BITS] >> node % LONG_BITS & 1)
            json_integer(json, NULL, node);
    json_close(json, ']');
}

void report_task(struct json *json)
{
    int subreaper = 0;
    prctl(PR_GET_CHILD_SUBREAPER, &subreaper);
    json_open(json, "task", '{');
    report_line_of_status(json, "cpus", "Cpus_allowed_list");
    report_line_of_status(json, "capabilities", "CapEff");
    json_integer(json, "ioPriority", syscall(SYS_ioprio_get, OF_PROCESS, 0));
    report_memory_policy(json);
    json_integer(json, "timerSlack", syscall(SYS_prctl, PR_GET_TIMERSLACK));
    json_integer(json, "noNewPrivs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    json_integer(json, "securebits", prctl(PR_GET_SECUREBITS));
    json_integer(json, "personality", personality(0xffffffff));
    json_boolean(json, "subreaper", subreaper != 0);
    json_boolean(json, "resetOnFork", (sched_getscheduler(0) & SCHED_RESET_ON_FORK) != 0);
    json_close(json, '}');
}
