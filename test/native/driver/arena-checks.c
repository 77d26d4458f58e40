/*
 * What a child may write, and what not: the arena above the guard is shared with every child, `progress` must be seen;
 * what lies below the guard is the parent's own.
 */
#include "../../../csrc/core/arena.h"
#include "checks.h"
#include "plan-builder.h"

#include <sys/wait.h>
#include <unistd.h>

static struct builder builder;

/* As a child of rung 4 does, which has a copy of all memory that is not shared. */
static void write_in_a_copy(volatile char *own, volatile int32_t *shared)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        (*own)++;
        *shared = 7;
        _exit(0);
    }
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
}

void check_arenas(void)
{
    int error;
    builder_start(&builder);
    builder_step(&builder, OP_EXECVE, 0, 0, "/bin/true", 0);
    builder_argv(&builder, (const char *[]){"true", NULL});
    struct spawn_arena *arena = arena_acquire(builder.bytes, builder_finish(&builder), &error);
    CHECK(arena != NULL);
    volatile char *own = (char *)arena_stack(arena) - ARENA_GUARD - 1;
    char before = *own;
    write_in_a_copy(own, &arena->task.progress);
    CHECK(*own == before);
    CHECK(arena->task.progress == 7);
    arena_release(arena);
}
