/* The C contenders: what the files of this host share. Errors end the program: a benchmark has nothing to save. */
#ifndef FORKLESS_BENCH_HOST_H
#define FORKLESS_BENCH_HOST_H

#include <stddef.h>
#include <sys/types.h>

/* One way to start `file` with 0-2 on /dev/null. Returns its pid. */
struct way {
    const char *name;
    pid_t (*start)(char *file);
    /* fork returns before exec, and does not hear of it */
    int knows_exec;
};

extern const struct way ways[];
extern const size_t way_count;
const struct way *find_way(const char *name);

/* What 0-2 of every child become; before the first start. */
void open_nothing(void);

/* Microseconds since some moment. */
double now(void);
_Noreturn void fail(const char *what);

/* Resident memory in bytes. */
long resident(void);
long open_descriptors(void);
/* Fills up to that much resident memory and that many open descriptors; what is more already stays. */
void occupy(long bytes, long descriptors);

struct list {
    double *values;
    size_t count, room;
};
void append(struct list *list, double value);
/* Sorts it. */
double middle(struct list *list);
void print_list(const char *name, const struct list *list);

/* The tasks: each prints one line of JSON. */
void run_one(char *way_names, double budget_ms, long turn_starts, double turn_ms);
/* One start of `file`. */
void run_time(const struct way *way, char *file);
/* Many starts without a wait between them: how long all of them take. */
void run_burst(const struct way *way, long starts);
void run_rate(const struct way *way, long in_flight, double milliseconds);
void run_live(const struct way *way, char *sleeper, long children);

#endif
