/* The parent's end of the report pipe (struct plan_report in plan.h). */
#ifndef FORKLESS_REPORT_READER_H
#define FORKLESS_REPORT_READER_H

#include "spawn.h"

/*
 * Reads what is in the pipe, without waiting. If the child has reported a failure, sets child->reported and
 * child->report. If it has reported that it has left the shared table, returns its slots. Closes the pipe at its end of
 * file.
 */
void report_read(struct spawn_child *child);

void report_close(struct spawn_child *child);

#endif
