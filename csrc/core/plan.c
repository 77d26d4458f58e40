/*
 * The validator.
 *
 * The hazard: TypeScript writes the plan, but the bytes may be anything, by a bug or because other code calls the addon
 * itself. The child carries out the plan without a check, in memory that it shares with its parent: a wrong offset
 * would read or write there. So each number of the plan is checked here, before the clone, and sums of two numbers are
 * made in 64 bits, where they cannot wrap around.
 */
#include "plan.h"
#include "fields.h"

#include <linux/errno.h>

/* Which kinds of field are in `fd`, in `arg` and in `data`. What a step does not use must be 0. */
enum {
    IN_FD = FIELD_SOURCE | FIELD_TARGET | FIELD_KEPT | FIELD_LOW,
    IN_ARG = FIELD_ONTO | FIELD_HIGH | FIELD_ARG,
    /* Data that are read as words of 4 or 8 bytes must be aligned. Strings may begin anywhere. */
    ALIGNED = 15 * (FIELD_U64 | FIELD_MAYBE_U64 | FIELD_LIST | FIELD_BLOB),
    IN_DATA = ALIGNED | 15 * FIELD_STRING
};

/*
 * The hazard: the report pipe is moved above `highest`, the head's highest_fd, once. A step that names a higher number
 * could close or replace the pipe, and the child's error would get lost. So no step may. Ranges (LOW, HIGH) may be
 * higher: step_sweep() leaves the pipe out.
 */
static bool places_fit(const struct plan_step *step, unsigned fields, int32_t highest)
{
    if (fields & IN_FD ? step->fd < 0 : step->fd != 0)
        return false;
    if (!(fields & FIELD_LOW) && fields & IN_FD && step->fd > highest)
        return false;
    if (fields & FIELD_ONTO && (step->arg < 0 || step->arg > highest))
        return false;
    if (fields & FIELD_HIGH && step->arg < step->fd)
        return false;
    if (!(fields & IN_ARG) && step->arg != 0)
        return false;
    /* without ARG2 it has one bit for each MAYBE_U64, and no other bit may be set */
    return fields & FIELD_ARG2 || step->arg2 >> field_count(fields, FIELD_MAYBE_U64) == 0;
}

/* A number that is not given, and which the child ignores, must be 0. */
static bool maybes_fit(const struct plan_step *step, unsigned fields, const uint64_t *numbers)
{
    const uint64_t *maybe = numbers + field_count(fields, FIELD_U64);
    for (uint32_t i = 0; i < field_count(fields, FIELD_MAYBE_U64); i++)
        if (!(step->arg2 >> i & 1) && maybe[i] != 0)
            return false;
    return true;
}

/* The bytes that fill a blob up to a multiple of 4 must be 0. find_step_data() has checked where the blobs end. */
static bool blobs_fit(unsigned fields, const uint32_t *blob)
{
    for (uint32_t i = 0; i < field_count(fields, FIELD_BLOB); i++, blob = next_blob(blob)) {
        const char *bytes = (const char *)(blob + 1);
        for (uint32_t at = *blob; at % 4 != 0; at++)
            if (bytes[at] != 0)
                return false;
    }
    return true;
}

/* Whether `count` strings follow one another from `at` on, and the last one ends before `end`. */
static bool strings_fit(const char *bytes, uint64_t at, uint64_t end, uint32_t count)
{
    for (; count > 0 && at < end; at++)
        if (bytes[at] == 0)
            count--;
    return count == 0;
}

/*
 * The data of a step must lie between the steps and argv. The hazard: without the upper bound, a list or a string could
 * reach into argv and the environment, or beyond the plan. Another program that gets the plan without these two must be
 * able to read the steps.
 */
static bool data_fit(const struct plan_head *head, const struct plan_step *step, unsigned fields)
{
    const char *bytes = (const char *)head;
    struct step_data data;
    if (!(fields & IN_DATA))
        return step->data == 0;
    if (step->data < head->data || (fields & ALIGNED && step->data % 8 != 0))
        return false;
    if (!find_step_data(head, step, fields, &data))
        return false;
    if (!maybes_fit(step, fields, data.numbers) || !blobs_fit(fields, data.blobs))
        return false;
    return strings_fit(bytes, (uint64_t)(data.strings - bytes), head->argv, field_count(fields, FIELD_STRING));
}

/* The child writes into the environment only where that is a part of this plan, which no other start has. */
static bool step_is_sound(const struct plan_head *head, const struct plan_step *step)
{
    if (step->op >= PLAN_STEP_COUNT)
        return false;
    unsigned fields = step_fields((enum plan_op)step->op);
    if (step->op == OP_LISTEN_PID && head->flags & PLAN_ENVIRON)
        return false;
    return places_fit(step, fields, head->highest_fd) && data_fit(head, step, fields);
}

/*
 * `execve` may only be at the end, and all steps there are `execve`: the child tries them as candidates. `save` and
 * `restore` must come in pairs that do not overlap: the child has room for one spare descriptor, and a `restore`
 * without a `save` would use -1. The spare does not survive `own-memory`, of which there is one, if the head says so.
 * `pdeathsig` needs a parent that lives as long as this process: the kernel sends the signal when the thread ends that
 * is the parent.
 */
static bool steps_are_sound(const struct plan_head *head, const struct plan_step *steps, int32_t *own_memory)
{
    bool saved = false;
    *own_memory = -1;
    for (uint32_t i = 0; i < head->step_count; i++) {
        if (!step_is_sound(head, &steps[i]))
            return false;
        if ((steps[i].op == OP_EXECVE) != (i >= head->first_exec))
            return false;
        if (steps[i].op == OP_PDEATHSIG && !(head->flags & PLAN_MAIN_PARENT))
            return false;
        if (steps[i].op == OP_SAVE || steps[i].op == OP_RESTORE) {
            if (saved == (steps[i].op == OP_SAVE))
                return false;
            saved = !saved;
        }
        if (steps[i].op == OP_OWN_MEMORY) {
            if (saved || *own_memory >= 0)
                return false;
            *own_memory = (int32_t)i;
        }
    }
    return !saved && (*own_memory >= 0) == ((head->flags & PLAN_OWN_MEMORY) != 0);
}

/* argv or the environment: strings that end before the end of the plan. With a count of 0, the offset must be 0. */
static bool vector_fits(const struct plan_head *head, uint32_t at, uint32_t count)
{
    if (count == 0)
        return at == 0;
    return at >= head->data && strings_fit((const char *)head, at, head->size, count);
}

static bool head_is_sound(const struct plan_head *head, size_t size)
{
    if (head->magic != PLAN_MAGIC || head->layout != PLAN_LAYOUT || head->size != size)
        return false;
    if (head->flags & ~(uint32_t)PLAN_ALL_FLAGS || head->highest_fd < -1 || head->argc == 0)
        return false;
    if (head->flags & PLAN_ENVIRON && head->envc != 0)
        return false;
    /* in 64 bits: a step_count of 2^30 must not wrap around to a small end */
    uint64_t steps_end = sizeof *head + (uint64_t)head->step_count * sizeof(struct plan_step);
    return head->data == steps_end && head->data < size && head->first_exec < head->step_count;
}

int plan_open(const void *bytes, size_t size, struct plan *plan)
{
    const struct plan_head *head = bytes;
    if (size < sizeof *head || size > INT32_MAX || !head_is_sound(head, size))
        return -EINVAL;
    const char *text = bytes;
    const struct plan_step *steps = (const struct plan_step *)(head + 1);
    if (text[size - 1] != 0) /* so no string runs beyond the plan */
        return -EINVAL;
    /* argv before the steps: its offset is the end of their data */
    if (!vector_fits(head, head->argv, head->argc) || !vector_fits(head, head->env, head->envc))
        return -EINVAL;
    int32_t own_memory;
    if (!steps_are_sound(head, steps, &own_memory))
        return -EINVAL;
    *plan = (struct plan){.head = head, .steps = steps, .bytes = text, .own_memory = own_memory};
    return 0;
}

void plan_vector(const char *first, uint32_t count, const char **vector)
{
    for (uint32_t i = 0; i < count; i++) {
        vector[i] = first;
        first = next_string(first);
    }
    vector[count] = NULL;
}
