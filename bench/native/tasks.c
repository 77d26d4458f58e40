/* What is asked of each way; hosts/tasks/ does the same in JavaScript, and says why. */
#include "host.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { MIN_ROUNDS = 2, MIN_TURN = 3 };

static char true_program[] = "/bin/true";

static void reap(pid_t pid)
{
    if (waitpid(pid, NULL, 0) != pid)
        fail("waitpid");
}

static void take_turn(const struct way *way, struct list *held, struct list *exited, long starts, double turn_ms)
{
    double end = now() + turn_ms * 1e3;
    for (long count = 0; count < starts && (count < MIN_TURN || now() < end); count++) {
        double begin = now();
        pid_t pid = way->start(true_program);
        double returned = now() - begin;
        reap(pid);
        double over = now() - begin;
        /* the first pays for the way before it */
        if (count > 0 || starts == 1) {
            append(held, returned);
            append(exited, over);
        }
    }
}

static void print_times(const struct way *way, struct list *held, struct list *exited)
{
    printf("\"%s\":{", way->name);
    print_list("held", held);
    if (way->knows_exec) {
        printf(",");
        print_list("execed", held);
    }
    printf(",");
    print_list("exited", exited);
    printf("}");
    free(held->values);
    free(exited->values);
}

void run_one(char *way_names, double budget_ms, long turn_starts, double turn_ms)
{
    const struct way *chosen[8];
    struct list held[8] = {0}, exited[8] = {0};
    char *rest = NULL;
    size_t count = 0;
    for (char *name = strtok_r(way_names, ",", &rest); name && count < 8; name = strtok_r(NULL, ",", &rest))
        chosen[count++] = find_way(name);
    double end = now() + budget_ms * 1e3;
    for (long round = 0; round < MIN_ROUNDS || now() < end; round++)
        for (size_t i = 0; i < count; i++) {
            size_t index = round % 2 ? count - 1 - i : i;
            take_turn(chosen[index], &held[index], &exited[index], turn_starts, turn_ms);
        }
    printf("{");
    for (size_t i = 0; i < count; i++) {
        printf("%s", i ? "," : "");
        print_times(chosen[i], &held[i], &exited[i]);
    }
    printf("}\n");
}

void run_time(const struct way *way, char *file)
{
    double begin = now();
    pid_t pid = way->start(file);
    double held = now() - begin;
    reap(pid);
    printf("{\"held\":%.2f,", held);
    if (way->knows_exec)
        printf("\"execed\":%.2f,", held);
    printf("\"exited\":%.2f}\n", now() - begin);
}

void run_burst(const struct way *way, long starts)
{
    double begin = now();
    for (long i = 0; i < starts; i++)
        way->start(true_program);
    double held = now() - begin;
    for (long i = 0; i < starts; i++)
        if (wait(NULL) < 0)
            fail("wait");
    printf("{\"burst\":%.2f}\n", held);
}

void run_rate(const struct way *way, long in_flight, double milliseconds)
{
    double begin = now(), end = begin + milliseconds * 1e3;
    long started = 0, ended = 0;
    for (;;) {
        for (; started - ended < in_flight && (started < in_flight || now() < end); started++)
            way->start(true_program);
        if (ended == started)
            break;
        if (wait(NULL) < 0)
            fail("wait");
        ended++;
    }
    printf("{\"perSecond\":%.1f}\n", (double)started / (now() - begin) * 1e6);
}
