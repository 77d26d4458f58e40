#include "plan.h"

#include <linux/errno.h>

/* Which fields a step uses. What it does not use must be 0, so that two equal plans are equal bytes. */
enum field { FD = 1, NEW_FD = 2, TEXT = 4, NUMBER = 8, MODE = 16, HIGH_FD = 32, LIST = 64 };

static unsigned fields_of(enum plan_op op)
{
    switch (op) {
    case OP_OPEN: return FD | TEXT | NUMBER | MODE;
    case OP_DUP2: return FD | NEW_FD;
    case OP_RESTORE: return NEW_FD;
    case OP_SWEEP: return FD | HIGH_FD;
    case OP_CHDIR:
    case OP_EXECVE: return TEXT;
    case OP_SETPGID:
    case OP_SETGID:
    case OP_SETUID:
    case OP_UMASK: return NUMBER;
    case OP_SETGROUPS: return LIST;
    case OP_SETSCHEDULER: return NUMBER | MODE;
    case OP_SETPARAM: return MODE;
    case OP_CLOSE:
    case OP_FCHDIR:
    case OP_CLOSEFROM:
    case OP_INHERIT:
    case OP_KEEP_IF_OPEN:
    case OP_TCSETPGRP:
    case OP_SET_BLOCKING:
    case OP_SAVE: return FD;
    default: return 0;
    }
}

static bool number_fits(const struct plan_step *step, unsigned fields, int32_t highest)
{
    /* closefrom and sweep speak of ranges: their numbers need not lie below the report pipe */
    bool range = step->op == OP_CLOSEFROM || step->op == OP_SWEEP;
    if (fields & FD ? step->fd < 0 || (!range && step->fd > highest) : step->fd != 0)
        return false;
    if (fields & NEW_FD)
        return step->arg >= 0 && step->arg <= highest;
    if (fields & HIGH_FD)
        return step->arg >= step->fd;
    return fields & (NUMBER | LIST) || step->arg == 0;
}

/* A string, which ends with the plan's last NUL at the latest, or a list of `arg` numbers that lies inside. */
static bool text_fits(const struct plan_head *head, const struct plan_step *step, unsigned fields)
{
    if (fields & LIST)
        return step->arg >= 0 && step->text >= head->text &&
               step->text + (uint64_t)step->arg * sizeof(uint32_t) <= head->size;
    return fields & TEXT ? step->text >= head->text && step->text < head->size : step->text == 0;
}

static bool step_is_sound(const struct plan_head *head, const struct plan_step *step)
{
    if (step->op >= PLAN_STEP_COUNT)
        return false;
    unsigned fields = fields_of((enum plan_op)step->op);
    if (!number_fits(step, fields, head->highest_fd))
        return false;
    if (!text_fits(head, step, fields))
        return false;
    return fields & MODE || step->mode == 0;
}

/* `save` and `restore` come in pairs, one pair at a time: there is room for one spare. */
static bool steps_are_sound(const struct plan_head *head, const struct plan_step *steps)
{
    bool saved = false;
    for (uint32_t i = 0; i < head->step_count; i++) {
        if (!step_is_sound(head, &steps[i]))
            return false;
        if ((steps[i].op == OP_EXECVE) != (i >= head->first_exec))
            return false;
        if (steps[i].op == OP_SAVE || steps[i].op == OP_RESTORE) {
            if (saved == (steps[i].op == OP_SAVE))
                return false;
            saved = !saved;
        }
    }
    return !saved;
}

static bool strings_fit(const struct plan_head *head, const char *bytes, uint32_t at, uint32_t count)
{
    if (count == 0)
        return at == 0;
    if (at < head->text || at >= head->size)
        return false;
    for (uint32_t i = at; i < head->size; i++)
        if (bytes[i] == 0 && --count == 0)
            return true;
    return false;
}

static bool head_is_sound(const struct plan_head *head, size_t size)
{
    if (head->magic != PLAN_MAGIC || head->layout != PLAN_LAYOUT || head->size != size)
        return false;
    if (head->flags & ~(uint32_t)PLAN_ALL_FLAGS || head->highest_fd < -1 || head->argc == 0)
        return false;
    if (head->flags & PLAN_ENVIRON && head->envc != 0)
        return false;
    uint64_t steps_end = sizeof *head + (uint64_t)head->step_count * sizeof(struct plan_step);
    return head->text == steps_end && head->text < size && head->first_exec < head->step_count;
}

int plan_open(const void *bytes, size_t size, struct plan *plan)
{
    const struct plan_head *head = bytes;
    if (size < sizeof *head || size > INT32_MAX || !head_is_sound(head, size))
        return -EINVAL;
    const char *text = bytes;
    const struct plan_step *steps = (const struct plan_step *)(head + 1);
    if (text[size - 1] != 0 || !steps_are_sound(head, steps))
        return -EINVAL;
    if (!strings_fit(head, text, head->argv, head->argc) || !strings_fit(head, text, head->env, head->envc))
        return -EINVAL;
    *plan = (struct plan){.head = head, .steps = steps, .bytes = text};
    return 0;
}

void plan_vector(const char *first, uint32_t count, const char **vector)
{
    for (uint32_t i = 0; i < count; i++) {
        vector[i] = first;
        while (*first++ != 0) {
        }
    }
    vector[count] = NULL;
}
