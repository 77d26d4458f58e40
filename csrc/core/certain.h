/*
 * Whether the exec of a start is as good as certain to succeed. Its caller is then told that the program runs as soon
 * as the child exists; if the exec fails all the same, that is told later.
 */
#ifndef FORKLESS_CERTAIN_H
#define FORKLESS_CERTAIN_H

#include "known_program.h"

/*
 * The conditions that concern the plan: the program is known, nothing is too long for the kernel, and every descriptor
 * that the plan reads is open. `size`: bytes of the plan, argv and environment together. `rung`: the way in which
 * children are made here; 0: not known yet.
 */
bool certain_is_exec(const struct known_program *known, const struct plan *plan, size_t size, int rung);

/*
 * Opens the working directory that the plan enters, which may be removed or replaced as soon as the start returns.
 * Returns its descriptor (O_PATH); -1 if the plan enters none; or DIRECTORY_FAILED: the child must enter it by its
 * path, and report what is wrong. *step: the step that enters it.
 */
enum { NO_DIRECTORY = -1, DIRECTORY_FAILED = -2 };
int certain_open_directory(const struct plan *plan, int32_t *step);

/* For tests: each program that exists is certain, whatever is known of it; or none is. */
enum certain_mode { CERTAIN_IF_KNOWN, CERTAIN_ALWAYS, CERTAIN_NEVER };
void certain_set_mode(enum certain_mode mode);

#endif
