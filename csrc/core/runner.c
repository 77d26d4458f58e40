/*
 * The runner: the addon executed as a program. The kernel begins at `forkless_runner`, which binding.gypi makes the
 * entry point of the file. There is no loader and no libc, and nothing is relocated: so all that is called from here
 * must be hidden, and no constant may be the address of another. The rules at the head of child.c apply too, because
 * this is linked from the same objects.
 *
 * It carries out the steps after `own-memory`, and execs the program (own_memory.h).
 */
#include "cobs.h"
#include "fields.h"
#include "guard.h"
#include "interpret.h"
#include "own_memory.h"

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/fcntl.h>

enum { STARTED_BY_HAND_EXIT = 126, STANDARD_ERROR = 2 };

static _Noreturn void say_what_this_is(void)
{
    static const char text[] = "This file is the native part of the npm package forkless. It is started by the package "
                               "alone, to carry out the rest of a spawn plan: docs/ladder.md.\n";
    sys_call3(__NR_write, STANDARD_ERROR, text, sizeof text - 1);
    for (;;)
        sys_call1(__NR_exit_group, STARTED_BY_HAND_EXIT);
}

static const char *end_of(const char *string)
{
    while (*string)
        string++;
    return string + 1;
}

/*
 * Decodes the plan in place. The kernel puts the arguments one after the other; an emulator might not, and then there
 * is no plan. The bytes must begin at a multiple of 8: so they may overwrite the end of argv[0], which has been read.
 */
static bool open_plan(const char **argv, uint32_t parts, struct plan *plan)
{
    for (uint32_t i = 0; i < parts; i++)
        if (end_of(argv[i]) != argv[i + 1])
            return false;
    char *bytes = (char *)((uintptr_t)argv[1] & ~(uintptr_t)7), *end = bytes;
    for (uint32_t i = 1; i <= parts; i++)
        end = cobs_decode(argv[i], end);
    plan->head = (const struct plan_head *)bytes;
    plan->steps = (const struct plan_step *)(plan->head + 1);
    plan->bytes = bytes;
    return (size_t)(end - bytes) >= sizeof *plan->head && (size_t)(end - bytes) == plan->head->argv &&
           plan->head->magic == PLAN_MAGIC && plan->head->layout == PLAN_LAYOUT;
}

static uint64_t in_64(uint32_t low, uint32_t high)
{
    return (uint64_t)high << 32 | low;
}

/* Exec gives root the capabilities that it has dropped. */
static int set_capabilities(const struct capability_sets *wanted)
{
    struct __user_cap_header_struct header;
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    header.version = _LINUX_CAPABILITY_VERSION_3;
    header.pid = 0;
    int error = as_int(sys_call2(__NR_capget, &header, data));
    if (error)
        return error;
    /* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): the kernel has filled it */
    if (in_64(data[0].effective, data[1].effective) == wanted->effective &&
        in_64(data[0].permitted, data[1].permitted) == wanted->permitted &&
        in_64(data[0].inheritable, data[1].inheritable) == wanted->inheritable)
        return 0;
    data[0].effective = (uint32_t)wanted->effective;
    data[1].effective = (uint32_t)(wanted->effective >> 32);
    data[0].permitted = (uint32_t)wanted->permitted;
    data[1].permitted = (uint32_t)(wanted->permitted >> 32);
    data[0].inheritable = (uint32_t)wanted->inheritable;
    data[1].inheritable = (uint32_t)(wanted->inheritable >> 32);
    return as_int(sys_call2(__NR_capset, &header, data));
}

static int take_carried(const struct plan *plan, const struct handover *over)
{
    for (uint32_t i = 0; i < MOST_CARRIED; i++) {
        if (!(over->carried >> i & 1))
            continue;
        int error = as_int(sys_call3(__NR_fcntl, plan->steps[over->step + 1 + i].fd, F_SETFD, FD_CLOEXEC));
        if (error)
            return error;
    }
    return 0;
}

/* `stack`: as the kernel leaves it, argc, argv, NULL, the environment, NULL. */
__attribute__((used, visibility("hidden"))) _Noreturn void runner_main(uintptr_t *stack)
{
    uintptr_t argc = stack[0];
    const char **argv = (const char **)(stack + 1);
    struct handover over;
    struct plan plan;
    if (argc < 1 || !own_memory_read_handover(argv[0], &over) || over.parts + (uintptr_t)2 > argc)
        say_what_this_is();

    struct child_state child;
    child.report = over.report;
    child.program = over.program;
    child.highest = HIGHEST_FD; /* no step moves a descriptor out of the way any more */
    child.spare = child.runner = -1;
    child.has_death_signal = false;
    child.failing_op = OP_OWN_MEMORY;
    int error = as_int(sys_call3(__NR_fcntl, child.report, F_SETFD, FD_CLOEXEC));
    if (!error && child.program >= 0)
        error = as_int(sys_call3(__NR_fcntl, child.program, F_SETFD, FD_CLOEXEC));
    if (!error && !open_plan(argv, over.parts, &plan))
        error = -ENOEXEC;
    if (!error)
        error = set_capabilities(&over.capabilities);
    if (!error)
        error = take_carried(&plan, &over);
    if (error)
        report_fail(&child, error, (int32_t)over.step, OP_OWN_MEMORY);
    if (!guard_set(over.parent))
        guard_check_reader(child.report);

    volatile int32_t progress;
    struct interpret_task task;
    task.plan = &plan;
    task.argv = argv + over.parts + 1;
    task.envp = argv + argc + 1;
    task.caller_mask = over.caller_mask;
    task.handlers_cleared = true;
    task.parent = over.parent;
    task.outlives = false;
    task.step_done = -1;
    task.own_memory = NULL;
    task.first = over.step + 1;
    task.nonce = over.nonce;
    task.progress = &progress;
    interpret_rest(&task, &child);
}

SYS_ENTRY_POINT("forkless_runner", "runner_main");
