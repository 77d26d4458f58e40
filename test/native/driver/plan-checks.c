/*
 * What plan_open() refuses: in a sound plan one number is changed, to the last value that is right and to the first one
 * that is wrong.
 */
#include "checks.h"
#include "plan-builder.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

enum { OPEN, SAVE, RESTORE, DUP2, SWEEP, GROUPS, LIMIT, SCHEDULER, SESSION, FIRST_EXEC, SECOND_EXEC, STEPS };
enum { HIGHEST = 8 };

static struct builder builder;
static size_t size;

static void step(enum plan_op op, int fd, int arg, const char *text, uint32_t mode)
{
    builder_step(&builder, op, fd, arg, text, mode);
}

static void step_with(enum plan_op op, int arg, uint32_t arg2, const void *data, size_t data_size)
{
    builder_step_with(&builder, (struct plan_step){.op = op, .arg = arg, .arg2 = arg2}, data, data_size);
}

static void start(const char *const *argv)
{
    builder_start(&builder);
    builder_argv(&builder, argv);
}

static bool is_sound(void)
{
    struct plan plan;
    int error = plan_open(builder.bytes, size, &plan);
    CHECK(error == 0 || error == -EINVAL);
    return error == 0;
}

static bool is_sound_with(size_t at, int64_t number)
{
    uint32_t before, word = (uint32_t)number;
    memcpy(&before, builder.bytes + at, sizeof before);
    memcpy(builder.bytes + at, &word, sizeof word);
    bool sound = is_sound();
    memcpy(builder.bytes + at, &before, sizeof before);
    return sound;
}

#define IN_HEAD(field) offsetof(struct plan_head, field)
#define IN_STEP(step, field)                                                                                           \
    (sizeof(struct plan_head) + (step) * sizeof(struct plan_step) + offsetof(struct plan_step, field))

/* Two checks, so that the line tells which. */
#define EDGE(at, right, wrong)                                                                                         \
    do {                                                                                                               \
        CHECK(is_sound_with(at, right));                                                                               \
        CHECK(!is_sound_with(at, wrong));                                                                              \
    } while (0)

static void refuses_numbers_out_of_bounds(void)
{
    start((const char *[]){"true", "x", NULL});
    step(OP_OPEN, 7, 0, "/dev/null", 0600);
    step(OP_SAVE, 7, 0, NULL, 0);
    step(OP_RESTORE, 0, HIGHEST, NULL, 0);
    step(OP_DUP2, 7, HIGHEST, NULL, 0);
    step(OP_SWEEP, 9, 12, NULL, 0);
    step_with(OP_SETGROUPS, 0, 0, (uint32_t[]){2, 7, 8}, 12);
    step_with(OP_RLIMIT, 7, 2, (uint64_t[]){0, 1ull << 40}, 16);
    step(OP_SETSCHEDULER, 0, 3, NULL, 9);
    step(OP_SETSID, 0, 0, NULL, 0);
    step(OP_EXECVE, 0, 0, "/bin/false", 0);
    step(OP_EXECVE, 0, 0, "/bin/true", 0);
    size = builder_finish(&builder);
    int64_t data = builder.head.data, argv = builder.head.argv, end = (int64_t)size;
    int64_t groups = builder.steps[GROUPS].data, limit = builder.steps[LIMIT].data;
    CHECK(is_sound());

    EDGE(IN_STEP(SAVE, fd), HIGHEST, HIGHEST + 1);
    EDGE(IN_STEP(SAVE, fd), 0, -1);
    EDGE(IN_STEP(DUP2, fd), HIGHEST, HIGHEST + 1);
    EDGE(IN_STEP(DUP2, arg), HIGHEST, HIGHEST + 1);
    EDGE(IN_STEP(DUP2, arg), 0, -1);
    EDGE(IN_STEP(RESTORE, arg), HIGHEST, HIGHEST + 1);
    EDGE(IN_STEP(SWEEP, arg), 9, 8);
    EDGE(IN_STEP(SWEEP, fd), 0, -1);
    EDGE(IN_HEAD(highest_fd), HIGHEST, HIGHEST - 1);

    EDGE(IN_STEP(OPEN, data), data, data - 1);
    EDGE(IN_STEP(OPEN, data), argv - 1, argv);
    CHECK(!is_sound_with(IN_STEP(OPEN, data), 0));
    EDGE(IN_STEP(SECOND_EXEC, data), data, data - 1);

    /* the list and the numbers are at their places, and nowhere between them */
    for (int off = 1; off < 8; off++) {
        CHECK(!is_sound_with(IN_STEP(GROUPS, data), groups + off));
        CHECK(!is_sound_with(IN_STEP(LIMIT, data), limit + off));
    }
    CHECK(!is_sound_with(IN_STEP(GROUPS, data), (int64_t)sizeof(struct plan_head)));
    CHECK(!is_sound_with(IN_STEP(GROUPS, data), argv / 8 * 8 + 8));
    uint32_t room = (uint32_t)(argv - groups) / 4 - 1;
    EDGE((size_t)groups, 0, -1);
    EDGE((size_t)groups, room, room + 1);
    CHECK(!is_sound_with((size_t)groups, INT32_MAX));
    CHECK(!is_sound_with((size_t)groups, 0x40000000)); /* times four it would be 0 in 32 bits */
    CHECK(!is_sound_with((size_t)groups, 0x3fffffff)); /* and with the count itself, this one */

    /* a limit that is not given is 0; no bit stands for a third one */
    EDGE(IN_STEP(LIMIT, arg2), 3, 1);
    EDGE(IN_STEP(LIMIT, arg2), 2, 0);
    EDGE(IN_STEP(LIMIT, arg2), 3, 4);
    CHECK(!is_sound_with(IN_STEP(LIMIT, arg2), -1));
    EDGE((size_t)limit, 0, 1);
    EDGE((size_t)limit + 4, 0, 1);
    CHECK(!is_sound_with(IN_STEP(LIMIT, data), argv / 8 * 8 - 8));

    EDGE(IN_STEP(SESSION, fd), 0, 1);
    EDGE(IN_STEP(SESSION, arg), 0, 1);
    EDGE(IN_STEP(SESSION, data), 0, data);
    EDGE(IN_STEP(SESSION, arg2), 0, 1);
    EDGE(IN_STEP(SAVE, arg), 0, 1);
    EDGE(IN_STEP(SAVE, arg2), 0, 1);
    EDGE(IN_STEP(SCHEDULER, fd), 0, 1);
    EDGE(IN_STEP(FIRST_EXEC, fd), 0, 1);
    EDGE(IN_STEP(GROUPS, arg), 0, 1);

    EDGE(IN_STEP(SESSION, op), OP_RESET_IDS, PLAN_STEP_COUNT);
    EDGE(IN_STEP(SAVE, op), OP_SAVE, OP_INHERIT);
    CHECK(!is_sound_with(IN_STEP(SESSION, op), OP_PDEATHSIG));
    EDGE(IN_STEP(DUP2, op), OP_DUP2, OP_RESTORE);
    EDGE(IN_HEAD(first_exec), FIRST_EXEC, FIRST_EXEC - 1);
    EDGE(IN_HEAD(first_exec), FIRST_EXEC, SECOND_EXEC);
    EDGE(IN_HEAD(first_exec), FIRST_EXEC, STEPS);

    EDGE(IN_HEAD(magic), PLAN_MAGIC, PLAN_MAGIC + 1u);
    EDGE(IN_HEAD(layout), PLAN_LAYOUT, PLAN_LAYOUT - 1);
    EDGE(IN_HEAD(layout), PLAN_LAYOUT, PLAN_LAYOUT + 1);
    EDGE(IN_HEAD(size), end, end - 1);
    EDGE(IN_HEAD(data), data, data + 1);
    EDGE(IN_HEAD(step_count), STEPS, STEPS - 1);
    EDGE(IN_HEAD(flags), PLAN_ALL_FLAGS & ~PLAN_OWN_MEMORY, PLAN_ALL_FLAGS + 1);
    CHECK(!is_sound_with(IN_HEAD(flags), PLAN_OWN_MEMORY)); /* without the step */
    EDGE(IN_HEAD(argc), 1, 0);
    EDGE(IN_HEAD(argc), 2, 3);
    CHECK(!is_sound_with(IN_HEAD(argv), data - 1));
    EDGE(IN_HEAD(argv), argv, argv - 1); /* the last path would not end before argv */
    EDGE(IN_HEAD(argv), argv, end);
    EDGE(IN_HEAD(env), 0, data);
    CHECK(!is_sound_with(IN_HEAD(envc), 1));

    builder.bytes[size - 1] = 'x';
    CHECK(!is_sound());
}

static void refuses_a_plan_without_a_program(void)
{
    start((const char *[]){"true", NULL});
    step(OP_SETSID, 0, 0, NULL, 0);
    size = builder_finish(&builder);
    CHECK(!is_sound());
}

/* The signal would come when the calling thread ends. */
static void refuses_a_death_signal_without_the_main_thread_as_parent(void)
{
    start((const char *[]){"true", NULL});
    step(OP_PDEATHSIG, 0, 9, NULL, 0);
    step(OP_EXECVE, 0, 0, "/bin/true", 0);
    builder.head.flags |= PLAN_MAIN_PARENT;
    size = builder_finish(&builder);
    EDGE(IN_HEAD(flags), PLAN_MAIN_PARENT, PLAN_ALL_FLAGS & ~(uint32_t)PLAN_MAIN_PARENT);
}

static void refuses_two_environments(void)
{
    start((const char *[]){"true", NULL});
    step(OP_EXECVE, 0, 0, "/bin/true", 0);
    size = builder_finish(&builder);
    uint32_t one = 1, none = 0;
    memcpy(builder.bytes + IN_HEAD(env), &builder.head.argv, sizeof builder.head.argv);
    memcpy(builder.bytes + IN_HEAD(envc), &one, sizeof one);
    CHECK(!is_sound());
    memcpy(builder.bytes + IN_HEAD(flags), &none, sizeof none);
    CHECK(is_sound());
    EDGE(IN_HEAD(env), builder.head.data, builder.head.data - 1);
    EDGE(IN_HEAD(highest_fd), -1, -2);
}

static void refuses_an_empty_argv(void)
{
    start((const char *[]){NULL});
    step(OP_EXECVE, 0, 0, "/bin/true", 0);
    size = builder_finish(&builder);
    CHECK(!is_sound());
    CHECK(!is_sound_with(IN_HEAD(argv), 0));
    CHECK(!is_sound_with(IN_HEAD(argc), -1));
}

static bool is_sound_with_spares(const enum plan_op *ops)
{
    start((const char *[]){"true", NULL});
    for (; *ops != OP_EXECVE; ops++)
        step(*ops, *ops == OP_SAVE ? 1 : 0, *ops == OP_RESTORE ? 2 : 0, NULL, 0);
    step(OP_EXECVE, 0, 0, "/bin/true", 0);
    size = builder_finish(&builder);
    return is_sound();
}

static void refuses_a_spare_that_is_not_there(void)
{
    CHECK(is_sound_with_spares((enum plan_op[]){OP_SAVE, OP_RESTORE, OP_SAVE, OP_RESTORE, OP_EXECVE}));
    CHECK(!is_sound_with_spares((enum plan_op[]){OP_SAVE, OP_EXECVE}));
    CHECK(!is_sound_with_spares((enum plan_op[]){OP_RESTORE, OP_EXECVE}));
    CHECK(!is_sound_with_spares((enum plan_op[]){OP_RESTORE, OP_RESTORE, OP_EXECVE}));
    CHECK(!is_sound_with_spares((enum plan_op[]){OP_SAVE, OP_SAVE, OP_RESTORE, OP_RESTORE, OP_EXECVE}));
    CHECK(!is_sound_with_spares((enum plan_op[]){OP_SAVE, OP_RESTORE, OP_RESTORE, OP_EXECVE}));
}

/* The environment that the engine copies by itself may be one copy for several starts. */
static void refuses_a_pid_in_an_environment_that_is_not_in_the_plan(void)
{
    start((const char *[]){"true", NULL});
    step(OP_LISTEN_PID, 0, 0, NULL, 0);
    step(OP_EXECVE, 0, 0, "/bin/true", 0);
    size = builder_finish(&builder);
    EDGE(IN_HEAD(flags), 0, PLAN_ENVIRON);
}

void check_plans(void)
{
    refuses_numbers_out_of_bounds();
    refuses_a_plan_without_a_program();
    refuses_a_death_signal_without_the_main_thread_as_parent();
    refuses_two_environments();
    refuses_an_empty_argv();
    refuses_a_spare_that_is_not_there();
    refuses_a_pid_in_an_environment_that_is_not_in_the_plan();
}
