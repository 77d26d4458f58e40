/*
 * The validator. The bytes of a plan are written in TypeScript, and may be anything: a bug there, or a caller that has
 * got hold of the binding. Whatever is not refused here is done by the child as it stands, so each number of the plan
 * is looked at once, before the clone, and no sum of two of them is made in 32 bits.
 */
#include "fields.h"
#include "plan.h"

#include <linux/errno.h>

unsigned step_fields(enum plan_op op)
{
    static const unsigned fields_of[] = {
#define STEP(op, name, syscall, fields, call) [OP_##op] = 0 fields,
#include "steps.def"
    };
    return fields_of[op];
}

/* What stands in `fd`, `arg` and `arg2`. A place that the step does not use is 0: equal plans are equal bytes. */
enum {
    IN_FD = FIELD_SOURCE | FIELD_TARGET | FIELD_KEPT | FIELD_LOW,
    IN_ARG = FIELD_ONTO | FIELD_HIGH | FIELD_ARG,
    /* A string alone may begin anywhere. All else is read as words of 4 or 8 bytes. */
    ALIGNED = 15 * (FIELD_U64 | FIELD_MAYBE_U64 | FIELD_LIST | FIELD_BLOB),
    IN_DATA = ALIGNED | 15 * FIELD_STRING
};

/*
 * The report pipe moves above the highest descriptor that a step names. A higher one would let a step close or replace
 * the pipe, so the head must not claim less than the steps name. Ranges (LOW, HIGH) step around the pipe instead.
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
    /* a bit for each MAYBE_U64, else nothing */
    return fields & FIELD_ARG2 || step->arg2 >> field_count(fields, FIELD_MAYBE_U64) == 0;
}

/* A number that the child is not to use is 0. */
static bool maybes_fit(const struct plan_step *step, unsigned fields, const uint64_t *numbers)
{
    const uint64_t *maybe = numbers + field_count(fields, FIELD_U64);
    for (uint32_t i = 0; i < field_count(fields, FIELD_MAYBE_U64); i++)
        if (!(step->arg2 >> i & 1) && maybe[i] != 0)
            return false;
    return true;
}

/* What fills a blob up to a whole word is 0. */
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

/* Whether `count` strings follow one another from `at` on, and the last one has ended before `end`. */
static bool strings_fit(const char *bytes, uint64_t at, uint64_t end, uint32_t count)
{
    for (; count > 0 && at < end; at++)
        if (bytes[at] == 0)
            count--;
    return count == 0;
}

/*
 * The data of steps end where argv begins. Without that bound a string or a list might reach into argv and the
 * environment, or end with the plan; and a runner that gets the plan without them could not read it.
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

static bool step_is_sound(const struct plan_head *head, const struct plan_step *step)
{
    if (step->op >= PLAN_STEP_COUNT)
        return false;
    unsigned fields = step_fields((enum plan_op)step->op);
    return places_fit(step, fields, head->highest_fd) && data_fit(head, step, fields);
}

/*
 * `execve` stands at the end and nowhere else. `save` and `restore` come in pairs, one pair at a time: the child has
 * room for one spare descriptor.
 */
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

/* Strings that follow the data of the steps; none have no place. */
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
    if (text[size - 1] != 0)
        return -EINVAL;
    /* argv first: it bounds the data of the steps */
    if (!vector_fits(head, head->argv, head->argc) || !vector_fits(head, head->env, head->envc))
        return -EINVAL;
    if (!steps_are_sound(head, steps))
        return -EINVAL;
    *plan = (struct plan){.head = head, .steps = steps, .bytes = text};
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
