#include "plan-builder.h"

#include <string.h>

void builder_start(struct builder *builder)
{
    memset(builder, 0, sizeof *builder);
    builder->head.magic = PLAN_MAGIC;
    builder->head.layout = PLAN_LAYOUT;
    builder->head.highest_fd = -1;
    builder->head.flags = PLAN_ENVIRON;
}

/* Offsets count from the text until builder_finish() knows where the text begins. */
static uint32_t add_text(struct builder *builder, const char *text)
{
    uint32_t at = builder->used;
    size_t length = strlen(text) + 1;
    memcpy(builder->text + at, text, length);
    builder->used += (uint32_t)length;
    return at;
}

void builder_step(struct builder *builder, enum plan_op op, int fd, int arg, const char *text, uint32_t mode)
{
    struct plan_step *step = &builder->steps[builder->head.step_count++];
    *step = (struct plan_step){.op = op, .fd = fd, .arg = arg, .mode = mode};
    step->text = text ? add_text(builder, text) : UINT32_MAX;
    if (op != OP_EXECVE)
        builder->head.first_exec = builder->head.step_count;
    bool names_fd = op != OP_CLOSEFROM && op != OP_SWEEP;
    if (names_fd && fd > builder->head.highest_fd)
        builder->head.highest_fd = fd;
    if ((op == OP_DUP2 || op == OP_RESTORE) && arg > builder->head.highest_fd)
        builder->head.highest_fd = arg;
}

void builder_argv(struct builder *builder, const char *const *argv)
{
    builder->head.argv = builder->used;
    for (; *argv; argv++) {
        add_text(builder, *argv);
        builder->head.argc++;
    }
}

size_t builder_finish(struct builder *builder)
{
    struct plan_head *head = &builder->head;
    size_t steps = head->step_count * sizeof(struct plan_step);
    head->text = (uint32_t)(sizeof *head + steps);
    head->argv += head->text;
    head->size = head->text + builder->used;
    for (uint32_t i = 0; i < head->step_count; i++)
        builder->steps[i].text = builder->steps[i].text == UINT32_MAX ? 0 : builder->steps[i].text + head->text;
    memcpy(builder->bytes, head, sizeof *head);
    memcpy(builder->bytes + sizeof *head, builder->steps, steps);
    memcpy(builder->bytes + head->text, builder->text, builder->used);
    return head->size;
}
