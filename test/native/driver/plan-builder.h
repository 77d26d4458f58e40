/* Writes plans by hand, so that the engine can be driven without Node, under qemu, strace or valgrind. */
#ifndef PLAN_BUILDER_H
#define PLAN_BUILDER_H

#include "../../../csrc/core/plan.h"

enum { BUILDER_STEPS = 16, BUILDER_TEXT = 4096 };

struct builder {
    struct plan_head head;
    struct plan_step steps[BUILDER_STEPS];
    char text[BUILDER_TEXT];
    uint32_t used;
    _Alignas(8) char bytes[sizeof(struct plan_head) + BUILDER_STEPS * sizeof(struct plan_step) + BUILDER_TEXT];
};

void builder_start(struct builder *builder);
void builder_step(struct builder *builder, enum plan_op op, int fd, int arg, const char *text, uint32_t mode);
void builder_argv(struct builder *builder, const char *const *argv);
/* The finished plan lies in builder->bytes. */
size_t builder_finish(struct builder *builder);

#endif
