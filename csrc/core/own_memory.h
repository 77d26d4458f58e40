/*
 * The step `own-memory`: the child leaves its parent's memory, and goes on in its own. What changes ids, capabilities
 * and the like must not happen in shared memory (plan.h). So the child execs a small program, the runner (runner.c),
 * which carries out the rest of the same plan and then execs the program of the start. That costs 50 µs, at any size of
 * the parent; a copy of its memory, as on rung 4, costs tens of milliseconds at 1 GB.
 *
 * The runner gets all it needs in its arguments:
 *
 *     argv[0]        what only the child knows: struct handover, as text
 *     argv[1 … n]    the plan up to its own argv, as strings without NUL (cobs.h)
 *     argv[n + 1 …]  the argv of the program; argv[n] is free by then, for the name of a shell
 *
 * A child that dies in the runner is told from the program by its name (PR_SET_NAME): exec gives a process the name of
 * the file, which has no slash. `/`, eight random characters of this start, `:`, and how far the child has come.
 */
#ifndef FORKLESS_OWN_MEMORY_H
#define FORKLESS_OWN_MEMORY_H

#include "identity.h"
#include "report.h"

/* Hidden: calls within one object need no table of addresses, which only a loader could fill. */
#pragma GCC visibility push(hidden)

enum {
    NONCE_SIZE = 8,
    PROCESS_NAME_SIZE = 16,          /* with its NUL */
    NAME_NUMBER_AT = NONCE_SIZE + 2, /* where a name has its number */
    MOST_CARRIED = 64,               /* steps after `own-memory` that may read a descriptor are among so many */
    LARGEST_PART = 100000,           /* bytes of the plan in one argument: the kernel accepts 128 KiB */
    HANDOVER_SIZE = 256              /* room for argv[0] */
};

struct capability_sets {
    uint64_t effective, permitted, inheritable;
};

/* What the parent prepares before the clone. Part of the child's task. */
struct own_memory {
    int32_t
        step; /* the index of the step; -1: the child has its own memory already (rung 4), or there is no such step */
    int32_t
        file; /* the runner; closed, like the report pipe, to all steps. The child writes the number it execs it by */
    struct identity identity; /* of `file` */
    const char **argv;        /* of the runner */
    char *handover;           /* argv[0], which the child writes */
    uint32_t parts;           /* arguments with the plan */
    char nonce[NONCE_SIZE];
    struct capability_sets capabilities; /* of the caller: exec may give more to a root that has dropped some */
};

struct handover {
    int32_t report; /* the number of the report pipe */
    uint32_t step;  /* of `own-memory` */
    uint32_t parts;
    int32_t parent;  /* pid that getppid() must show */
    int32_t program; /* as in struct child_state */
    uint64_t caller_mask;
    uint64_t carried; /* bit n: step + 1 + n reads a descriptor that was close-on-exec, and must be so again */
    char nonce[NONCE_SIZE];
    struct capability_sets capabilities;
};

/*
 * The name of a process that has come to `place`: 0 is the step `own-memory`, 1 the next one; below 0 it is a stage.
 * -errno: a filter refuses it.
 */
int own_memory_take_name(const char *nonce, int32_t place);

/* Execs the runner. Returns only if that fails: -errno. The child must have taken its name before. */
int own_memory_enter(const struct own_memory *own, const struct plan *plan, const struct child_state *child,
                     uint64_t caller_mask, int32_t parent, const char *const *envp);

/* In the runner. False: argv[0] is none that own_memory_enter() of this version has written. */
bool own_memory_read_handover(const char *text, struct handover *over);

#pragma GCC visibility pop

#endif
