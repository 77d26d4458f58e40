/* Whether the runner (runner_file.h) runs here, found out by a start that goes through it. */
#ifndef FORKLESS_RUNNER_PROBE_H
#define FORKLESS_RUNNER_PROBE_H

#include "own_memory.h"
#include "runner_file.h"

/* 0: it has carried out a step and called exec. -errno: it has not. */
int runner_probe(const struct runner_file *file);

/* Fills the characters that name the processes of one start: a program that has run before cannot know them. */
void runner_make_nonce(char nonce[NONCE_SIZE]);

/* In spawn.c: as spawn_start_ahead(), through this runner. It is not counted as a start. */
struct spawn_child;
int spawn_start_trial(const void *plan, size_t size, const struct runner_file *file, struct spawn_child *child);

#endif
