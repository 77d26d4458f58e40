#include "arena.h"
#include "cobs.h"
#include "sys.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

/*
 * The guard and the private part are as large as the largest page of any supported machine (64 KiB on arm64). That
 * costs address space, but no memory.
 */
enum {
    PRIVATE_PART = 65536,
    BELOW_TASK = PRIVATE_PART + ARENA_GUARD + ARENA_STACK,
    COMMON_SIZE = PRIVATE_PART + ARENA_GUARD + 2 * 65536,
    POOLED = 16 /* arenas that are kept */
};

/* At the start of the mapping; private, so that a child with memory of its own cannot change the parent's copy. */
struct private_part {
    size_t size; /* of the whole mapping */
    size_t used; /* bytes of the plan, and of argv and the environment with their vectors */
};

extern char **environ;

/*
 * munmap causes TLB shootdowns on every CPU that runs a thread of this process. So a few arenas of the common size are
 * kept for later starts.
 *
 * There is no lock. The hazard of one: a signal handler may start a process while its own thread holds it, and a fork
 * may copy the process while another thread holds it.
 */
static struct spawn_arena *pool[POOLED];

static struct spawn_arena *in_mapping(char *start)
{
    return (struct spawn_arena *)(start + BELOW_TASK);
}

void *arena_stack(struct spawn_arena *arena)
{
    return (char *)arena - ARENA_STACK;
}

static char *mapping_of(struct spawn_arena *arena)
{
    return (char *)arena - BELOW_TASK;
}

static size_t size_of(struct spawn_arena *arena)
{
    return ((const struct private_part *)(void *)mapping_of(arena))->size;
}

size_t arena_used(struct spawn_arena *arena)
{
    return ((const struct private_part *)(void *)mapping_of(arena))->used;
}

/* mmap and mprotect return -errno, which is -4095 to -1, on failure. */
static bool is_address(long result)
{
    return result >= 0 || result <= -4096;
}

/* NULL: -errno in *error. */
static struct spawn_arena *map(size_t size, int *error)
{
    enum { PROTECTION = PROT_READ | PROT_WRITE, SHARED = MAP_SHARED | MAP_ANONYMOUS };
    enum { PRIVATE = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED };
    long start = sys_call6(__NR_mmap, 0, (long)size, PROTECTION, SHARED, -1, 0);
    if (!is_address(start)) {
        *error = (int)start;
        return NULL;
    }
    long result = sys_call6(__NR_mmap, start, PRIVATE_PART, PROTECTION, PRIVATE, -1, 0);
    if (is_address(result))
        result = sys_call3(__NR_mprotect, start + PRIVATE_PART, ARENA_GUARD, PROT_NONE);
    if (!is_address(result)) {
        *error = (int)result;
        sys_call2(__NR_munmap, start, size);
        return NULL;
    }
    *(struct private_part *)start = (struct private_part){size, 0};
    return in_mapping((char *)start);
}

/* From the pool, or a new mapping. The relaxed load first, because most places are empty and an exchange costs more. */
static struct spawn_arena *take_or_map(size_t size, int *error)
{
    struct spawn_arena *arena = NULL;
    if (size > COMMON_SIZE)
        return map(size, error);
    for (int i = 0; i < POOLED && !arena; i++)
        if (__atomic_load_n(&pool[i], __ATOMIC_RELAXED))
            arena = __atomic_exchange_n(&pool[i], NULL, __ATOMIC_ACQUIRE);
    return arena ? arena : map(COMMON_SIZE, error);
}

static bool put_into_pool(struct spawn_arena *arena)
{
    for (int i = 0; i < POOLED; i++) {
        struct spawn_arena *none = NULL;
        if (__atomic_compare_exchange_n(&pool[i], &none, arena, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
            return true;
    }
    return false;
}

void arena_release(struct spawn_arena *arena)
{
    size_t size = size_of(arena);
    if (size != COMMON_SIZE || !put_into_pool(arena))
        sys_call2(__NR_munmap, mapping_of(arena), size);
}

/* What is still free of the arena. carve() takes from it; NULL: there is not enough left. */
struct room {
    char *at, *end;
};

static void *carve(struct room *room, size_t size)
{
    size = (size + 7) & ~(size_t)7;
    if (size > (size_t)(room->end - room->at))
        return NULL;
    void *start = room->at;
    room->at += size;
    return start;
}

struct environment {
    size_t count, bytes;
};

static struct environment measure_environ(void)
{
    struct environment size = {0, 0};
    for (char **entry = environ; entry && *entry; entry++) {
        size.count++;
        size.bytes += strlen(*entry) + 1;
    }
    return size;
}

/*
 * Copied, because the parent may change its environment before the child has exec'ed. If another thread has made it
 * larger since it was measured, the copy does not fit. Then the start fails: a child with missing variables is worse.
 */
static bool copy_environ(struct room *room, const struct environment *size, const char **vector)
{
    char *text = carve(room, size->bytes);
    size_t count = 0, left = size->bytes;
    for (char **entry = environ; entry && *entry; entry++) {
        size_t length = strlen(*entry) + 1;
        if (!text || count == size->count || length > left)
            return false;
        memcpy(text, *entry, length);
        vector[count++] = text;
        text += length;
        left -= length;
    }
    vector[count] = NULL;
    return true;
}

/* How many arguments the runner gets the plan in: only what comes before its argv. */
static uint32_t parts_of(const struct plan_head *head)
{
    return (head->argv - 1) / LARGEST_PART + 1;
}

/* Before the handover come the plan, then the arguments of the program. */
static bool lay_out_runner(struct child_task *task, struct room *room)
{
    const struct plan_head *head = task->plan.head;
    struct own_memory *own = &task->own_memory;
    uint32_t parts = parts_of(head);
    char *handover = carve(room, HANDOVER_SIZE);
    char *text = carve(room, cobs_room(head->argv) + (size_t)2 * parts);
    const char **argv = carve(room, (parts + head->argc + (size_t)2) * sizeof *argv);
    if (!handover || !text || !argv)
        return false;
    own->handover = handover;
    own->parts = parts;
    own->argv = argv;
    *argv++ = handover;
    for (uint32_t at = 0; at < head->argv; at += LARGEST_PART) {
        uint32_t left = head->argv - at;
        *argv++ = text;
        text = cobs_encode(task->plan.bytes + at, left < LARGEST_PART ? left : LARGEST_PART, text);
    }
    memcpy(argv, task->argv, (head->argc + (size_t)1) * sizeof *argv);
    return true;
}

static bool lay_out(struct spawn_arena *arena, struct room *room, const struct environment *own)
{
    struct child_task *task = &arena->task;
    const struct plan_head *head = task->plan.head;
    bool inherit = head->flags & PLAN_ENVIRON;
    size_t envc = inherit ? own->count : head->envc;
    const char **argv = carve(room, (head->argc + (size_t)2) * sizeof *argv);
    const char **envp = carve(room, (envc + 1) * sizeof *envp);
    if (!argv || !envp)
        return false;
    plan_vector(task->plan.bytes + head->argv, head->argc, argv + 1);
    task->argv = argv + 1;
    task->envp = envp;
    task->own_memory = (struct own_memory){.step = -1, .file = -1};
    if (task->plan.own_memory >= 0 && !lay_out_runner(task, room))
        return false;
    if (inherit)
        return copy_environ(room, own, envp);
    plan_vector(task->plan.bytes + head->env, head->envc, envp);
    return true;
}

/*
 * How much to map. The plan is not checked yet, so its counts may be any number: they are limited to its size in bytes.
 * The copy is checked before it is used.
 */
static size_t room_needed(const void *plan, size_t size, struct environment *own)
{
    struct plan_head head;
    memcpy(&head, plan, sizeof head);
    *own = (struct environment){0, 0};
    if (head.flags & PLAN_ENVIRON)
        *own = measure_environ();
    size_t strings = (head.argc < size ? head.argc : size) + (head.envc < size ? head.envc : size), runner = 0;
    if (head.flags & PLAN_OWN_MEMORY)
        runner = HANDOVER_SIZE + cobs_room(size) + (strings + 4) * sizeof(char *) +
                 (size / LARGEST_PART + 1) * (sizeof(char *) + 2);
    return runner + size + own->bytes + (strings + own->count + 9) * sizeof(char *) + sizeof(struct spawn_arena);
}

struct spawn_arena *arena_acquire(const void *plan, size_t size, int *error)
{
    struct environment own;
    *error = -EINVAL;
    if (size < sizeof(struct plan_head) || size > INT32_MAX)
        return NULL;
    size_t whole = BELOW_TASK + room_needed(plan, size, &own);
    struct spawn_arena *arena = take_or_map((whole + 65535) & ~(size_t)65535, error);
    if (!arena)
        return NULL;
    struct room room = {(char *)(arena + 1), mapping_of(arena) + size_of(arena)};
    void *copy = carve(&room, size);
    *error = -EINVAL;
    if (!copy)
        goto release;
    memcpy(copy, plan, size);
    *error = plan_open(copy, size, &arena->task.plan);
    if (*error)
        goto release;
    *error = -EAGAIN;
    if (!lay_out(arena, &room, &own))
        goto release;
    ((struct private_part *)(void *)mapping_of(arena))->used = (size_t)(room.at - (char *)(arena + 1));
    return arena;
release:
    arena_release(arena);
    return NULL;
}
