/* Collects what an exec'ed program can see of itself. */
#ifndef FORKLESS_PROBE_REPORT_H
#define FORKLESS_PROBE_REPORT_H

#include "json.h"

/* Opens nothing that stays open, and describes no descriptor of its own making. */
void collect_report(struct json *json, int argc, char **argv, char **environment);

/* Under the key `task`: see task.c. */
void report_task(struct json *json);

/* Ends the program with status 97 after saying why on descriptor 2: never half a report. */
_Noreturn void give_up(const char *what);

#endif
