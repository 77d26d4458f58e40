/*
 * The file of the runner (runner.c). It is the addon's own file, opened when the addon is loaded, so that a later
 * update of the package cannot give another version. Where that cannot be executed (it lost its mode, or is on a file
 * system that is mounted noexec), it is a sealed copy in memory. Where that is forbidden too, there is none, and the
 * plans that need it take rung 4.
 *
 * Whether the system lets it run is found out by running it, once, at the first start that needs it: what AppArmor,
 * SELinux and others answer cannot be found out in another way.
 */
#ifndef FORKLESS_RUNNER_FILE_H
#define FORKLESS_RUNNER_FILE_H

#include "identity.h"

#ifdef __cplusplus
extern "C" {
#endif

enum runner_kind { RUNNER_NONE, RUNNER_ADDON, RUNNER_MEMFD };

struct runner_file {
    int32_t fd; /* close-on-exec */
    struct identity identity;
};

/* At load: the file to run. Only the first call has an effect. Other code may close the descriptor that this opens. */
void runner_file_set(const char *path);

/* The kind in use: RUNNER_NONE before the first start that needs one, or where none works. */
enum runner_kind runner_file_kind(void);

/* For tests, and for systems on which one of them is not wanted. */
enum runner_choice { RUNNER_ANY, RUNNER_ONLY_ADDON, RUNNER_ONLY_MEMFD, RUNNER_NEVER };
void runner_file_choose(int choice);

/*
 * The file to run, or false: there is none. The first call starts a process by `try`, which returns 0 if the runner has
 * done its work there, or the error, which is remembered unless it may pass.
 */
bool runner_file_find(int (*try)(const struct runner_file *file), struct runner_file *file);

/* Whether the kernel calls a process so that has exec'ed the file at this path. */
bool runner_file_gives(const char *path, const char *name);

/*
 * Whether the kernel calls a process so that has exec'ed the runner and has taken no name yet: by its file, or before
 * Linux 6.14 by the number that the child had it on.
 */
bool runner_file_names(const char *name, int32_t fd);

/* The system has refused to run it, as it did not before: the next start finds out again what works. */
void runner_file_forget(void);

#ifdef __cplusplus
}
#endif

#endif
