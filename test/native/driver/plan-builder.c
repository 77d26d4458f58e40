#include "plan-builder.h"
#include "../../../csrc/core/fields.h"

#include <string.h>

/* Of a step without data, until builder_finish() knows where the data begin. */
#define NO_DATA UINT32_MAX

void builder_start(struct builder *builder)
{
    memset(builder, 0, sizeof *builder);
    builder->head.magic = PLAN_MAGIC;
    builder->head.layout = PLAN_LAYOUT;
    builder->head.highest_fd = -1;
    builder->head.flags = PLAN_ENVIRON;
}

static void name_fd(struct builder *builder, int fd)
{
    if (fd > builder->head.highest_fd)
        builder->head.highest_fd = fd;
}

static void add_step(struct builder *builder, const struct plan_step *step)
{
    unsigned fields = step->op < PLAN_STEP_COUNT ? step_fields((enum plan_op)step->op) : 0;
    builder->steps[builder->head.step_count++] = *step;
    if (step->op == OP_OWN_MEMORY)
        builder->head.flags |= PLAN_OWN_MEMORY;
    if (step->op != OP_EXECVE)
        builder->head.first_exec = builder->head.step_count;
    if (fields & (FIELD_SOURCE | FIELD_TARGET | FIELD_KEPT))
        name_fd(builder, step->fd);
    if (fields & FIELD_ONTO)
        name_fd(builder, step->arg);
}

static uint32_t add_data(struct builder *builder, const void *data, size_t size)
{
    uint32_t at = builder->data_size;
    memcpy(builder->data + at, data, size);
    builder->data_size += (uint32_t)size;
    return at;
}

/* The data begin behind the steps, which need not be a multiple of 8: builder_finish() puts that right. */
void builder_step_with(struct builder *builder, struct plan_step step, const void *data, size_t size)
{
    builder->data_size = (builder->data_size + 7) / 8 * 8;
    step.data = add_data(builder, data, size);
    add_step(builder, &step);
}

void builder_step(struct builder *builder, enum plan_op op, int fd, int arg, const char *text, uint32_t arg2)
{
    struct plan_step step = {.op = op, .fd = fd, .arg = arg, .arg2 = arg2, .data = NO_DATA};
    if (text)
        step.data = add_data(builder, text, strlen(text) + 1);
    add_step(builder, &step);
}

void builder_argv(struct builder *builder, const char *const *argv)
{
    for (; *argv; argv++) {
        size_t size = strlen(*argv) + 1;
        memcpy(builder->argv + builder->argv_size, *argv, size);
        builder->argv_size += (uint32_t)size;
        builder->head.argc++;
    }
}

size_t builder_finish(struct builder *builder)
{
    struct plan_head *head = &builder->head;
    size_t steps = head->step_count * sizeof(struct plan_step);
    head->data = (uint32_t)(sizeof *head + steps);
    uint32_t first = (head->data + 7) / 8 * 8;
    head->argv = first + builder->data_size;
    head->size = head->argv + builder->argv_size;
    for (uint32_t i = 0; i < head->step_count; i++)
        builder->steps[i].data = builder->steps[i].data == NO_DATA ? 0 : builder->steps[i].data + first;
    memcpy(builder->bytes, head, sizeof *head);
    memcpy(builder->bytes + sizeof *head, builder->steps, steps);
    memset(builder->bytes + head->data, 0, first - head->data);
    memcpy(builder->bytes + first, builder->data, builder->data_size);
    memcpy(builder->bytes + head->argv, builder->argv, builder->argv_size);
    return head->size;
}
