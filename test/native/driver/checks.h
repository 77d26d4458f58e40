/* A check that fails says where and ends the driver. */
#ifndef CHECKS_H
#define CHECKS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

extern int checks;

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        checks++;                                                                                                      \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s: not so: %s\n", __FILE__, __LINE__, __func__, #condition);                      \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

/* plan-checks.c. */
void check_plans(void);

/* arena-checks.c. */
void check_arenas(void);

/* collect-checks.c and verdict-checks.c. `fifo` is a path that is free; on the rung with VFORK nobody could stop a
 * start. */
void check_collecting(const char *fifo, bool parent_is_stopped);
void check_verdicts(const char *fifo, bool parent_is_stopped);

/* certain-checks.c. */
void check_certain_starts(void);

/* verdict-checks.c: another write end of its report pipe, of a child that is stuck before exec. */
struct spawn_child;
int report_pipe_of(const struct spawn_child *of);

/* refusal-checks.c: under filters, which an emulator has not. */
void check_refusals(const char *free_path);

/* maker-checks.c: not on an emulator. */
void check_makers(void);
/* own-memory-checks.c and own-memory-storm.c. `self`: the path of this program. */
void check_own_memory(const char *free_path, bool emulated);
void check_own_memory_storm(const char *self);

/* storm-checks.c: on the rung that is forced. */
void check_storm(void);

#endif
