/* The fields of steps, as steps.def declares them. plan_open() checks them with this, and the child reads them. */
#ifndef FORKLESS_FIELDS_H
#define FORKLESS_FIELDS_H

#include "plan.h"

/*
 * All fields of a step as one number: a bit for each kind of field in the fixed record, and a count of four bits for
 * each kind of data. The macros below add up: `0 SOURCE(fd) U64(a) U64(b)` is FIELD_SOURCE + 2 * FIELD_U64.
 *
 * The hazard: a sixteenth field of a kind would carry into the count of the next kind. The generator (npm run generate)
 * refuses that.
 */
enum step_field {
    FIELD_SOURCE = 1,
    FIELD_TARGET = 2,
    FIELD_KEPT = 4,
    FIELD_LOW = 8,
    FIELD_ONTO = 16,
    FIELD_HIGH = 32,
    FIELD_ARG = 64,
    FIELD_ARG2 = 128,
    FIELD_U64 = 1 << 8,
    FIELD_MAYBE_U64 = 1 << 12,
    FIELD_LIST = 1 << 16,
    FIELD_BLOB = 1 << 20,
    FIELD_STRING = 1 << 24
};

#define NONE
#define SOURCE(name) +FIELD_SOURCE
#define TARGET(name) +FIELD_TARGET
#define KEPT(name) +FIELD_KEPT
#define LOW(name) +FIELD_LOW
#define ONTO(name) +FIELD_ONTO
#define HIGH(name) +FIELD_HIGH
#define ARG(name) +FIELD_ARG
#define ARG2(name) +FIELD_ARG2
#define U64(name) +FIELD_U64
#define MAYBE_U64(name) +FIELD_MAYBE_U64
#define LIST(name) +FIELD_LIST
#define BLOB(name) +FIELD_BLOB
#define PATH(name) +FIELD_STRING
#define STRING(name) +FIELD_STRING

/* The fields of a step. `op` is below PLAN_STEP_COUNT. */
static inline unsigned step_fields(enum plan_op op)
{
    static const unsigned fields_of[] = {
#define STEP(op, name, syscall, fields, call) [OP_##op] = 0 fields,
#include "steps.def"
    };
    return fields_of[op];
}

/* Whether the step reads a descriptor of the parent, which the child then needs in its own table. */
static inline bool reads_descriptor(const struct plan_step *step)
{
    return step_fields((enum plan_op)step->op) & (FIELD_SOURCE | FIELD_KEPT);
}

/* How many fields of a kind of data (FIELD_U64, … FIELD_STRING) a step has. */
static inline uint32_t field_count(unsigned fields, enum step_field kind)
{
    return fields / (unsigned)kind & 15;
}

/* Where each part of a step's data begins. A part that the step does not have is empty: the next one begins there. */
struct step_data {
    const uint64_t *numbers; /* the U64s, then the MAYBE_U64s */
    const uint32_t *lists;   /* count, numbers, count, numbers, … */
    const uint32_t *blobs;   /* length, bytes, zeros, length, … */
    const char *strings;
};

static inline const uint32_t *next_list(const uint32_t *list)
{
    return list + 1 + *list;
}

/* The length of a blob is in bytes; zeros fill it up to a multiple of 4. */
static inline const uint32_t *next_blob(const uint32_t *blob)
{
    return blob + 1 + *blob / 4 + (*blob % 4 != 0);
}

static inline const char *next_string(const char *string)
{
    while (*string++ != 0) {
    }
    return string;
}

/*
 * Moves `at` behind a list or a blob. False: it does not end before `end`.
 *
 * The hazard: the count comes from the plan and may be any number. In 32 bits, the size of 0x40000001 items would wrap
 * around to 4 bytes and seem to fit. So all sums are made in 64 bits.
 */
static inline bool skip_counted(const char *bytes, uint64_t *at, uint64_t end, uint64_t item_size)
{
    if (*at + sizeof(uint32_t) > end)
        return false;
    uint64_t size = *(const uint32_t *)(bytes + *at) * item_size;
    *at += sizeof(uint32_t) + (size + 3) / 4 * 4;
    return *at <= end;
}

/*
 * Finds the parts of a step's data; `step->data` must be aligned. False: a list or a blob does not end before argv.
 * Strings have no count, so this does not find their end: plan_open() checks it before the clone, and the child relies
 * on that.
 */
static inline bool find_step_data(const struct plan_head *head, const struct plan_step *step, unsigned fields,
                                  struct step_data *data)
{
    const char *bytes = (const char *)head;
    uint64_t at = step->data, end = head->argv;
    data->numbers = (const uint64_t *)(bytes + at);
    at += sizeof(uint64_t) * (field_count(fields, FIELD_U64) + field_count(fields, FIELD_MAYBE_U64));
    if (at > end)
        return false;
    data->lists = (const uint32_t *)(bytes + at);
    for (uint32_t i = 0; i < field_count(fields, FIELD_LIST); i++)
        if (!skip_counted(bytes, &at, end, sizeof(uint32_t)))
            return false;
    data->blobs = (const uint32_t *)(bytes + at);
    for (uint32_t i = 0; i < field_count(fields, FIELD_BLOB); i++)
        if (!skip_counted(bytes, &at, end, 1))
            return false;
    data->strings = bytes + at;
    return true;
}

#endif
