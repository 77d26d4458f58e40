/* Writes plans by hand, so that the engine can be driven without Node, under qemu, strace or valgrind. */
#ifndef PLAN_BUILDER_H
#define PLAN_BUILDER_H

#include "../../../csrc/core/plan.h"

enum { BUILDER_STEPS = 16, BUILDER_DATA = 4096 };

struct builder {
    struct plan_head head;
    struct plan_step steps[BUILDER_STEPS];
    char data[BUILDER_DATA], argv[BUILDER_DATA];
    uint32_t data_size, argv_size;
    _Alignas(8) char bytes[sizeof(struct plan_head) + BUILDER_STEPS * sizeof(struct plan_step) + 2 * BUILDER_DATA];
};

void builder_start(struct builder *builder);
void builder_step(struct builder *builder, enum plan_op op, int fd, int arg, const char *text, uint32_t arg2);
/* A step whose data is no string. They begin on a multiple of 8. */
void builder_step_with(struct builder *builder, struct plan_step step, const void *data, size_t size);
void builder_argv(struct builder *builder, const char *const *argv);
/* The finished plan lies in builder->bytes. */
size_t builder_finish(struct builder *builder);

#endif
