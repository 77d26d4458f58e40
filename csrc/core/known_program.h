/*
 * What is known about a program that this process has exec'ed: which of the candidates it was, and which files the
 * kernel opened for it. If nothing of that has changed, it is as good as certain that the same exec succeeds again.
 */
#ifndef FORKLESS_KNOWN_PROGRAM_H
#define FORKLESS_KNOWN_PROGRAM_H

#include "plan.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    PROGRAM_FILES = 4,    /* the program, its interpreter, the interpreter's interpreter, … */
    PROGRAM_NAMES = 2048, /* bytes of all names */
    PROGRAM_GROUPS = 32,  /* supplementary groups; with more, no program is known */
    SETTLED_AFTER_S = 60  /* for so long after its last change a file is not taken for the same */
};

struct program_file {
    uint64_t inode, size;
    int64_t changed_s, modified_s;
    uint32_t changed_ns, modified_ns;
    uint32_t major, minor, mode, owner, group;
    uint32_t link_changed_ns; /* of the symbolic link that names it; 0: its name is not one */
    int64_t link_changed_s;
    uint64_t link_inode;
};

struct program_user {
    uint32_t user, group, group_count, groups[PROGRAM_GROUPS];
};

/* All zeros: nothing is known. Plain memory: it may be copied, and freed at any time. */
struct known_program {
    uint32_t file_count;
    uint32_t candidates; /* how many of the names, from the first on, are candidates; the last one was exec'ed */
    uint32_t names_size;
    struct program_user user;
    struct program_file files[PROGRAM_FILES];
    char names[PROGRAM_NAMES]; /* of the candidates, then of the interpreters */
};

/* After an exec of candidate `step` of this plan. If it cannot be known again, nothing is known afterwards. */
void known_program_learn(struct known_program *known, const struct plan *plan, uint32_t step);

/*
 * Whether this plan tries the same candidates, up to the one that was exec'ed, for the same user, and each file is the
 * one that it was and has not changed during the last minute; nor has a symbolic link that names it.
 *
 * The hazard, for which the minute is: a program that has just written a file often replaces or removes it as soon as
 * spawn() returns. Then the child would exec another file, or none (measured: the new file, silently, in 10 of 15).
 */
bool known_program_is_same(const struct known_program *known, const struct plan *plan);

/* For tests: whether the first candidate that exists is an executable file. */
bool known_program_exists(const struct plan *plan);

#ifdef __cplusplus
}
#endif

#endif
