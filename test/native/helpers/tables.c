/* tables.node: what the tests of the flat mode do to their own process, see test/posix/flat-meddle.ts. */
#include "hold.h"
#include "napi.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

enum { MAX_ARGUMENTS = 2 };

struct arguments {
    int32_t values[MAX_ARGUMENTS];
};

static struct arguments get_arguments(napi_env env, napi_callback_info info)
{
    struct arguments arguments = {{0}};
    napi_value values[MAX_ARGUMENTS];
    size_t count = MAX_ARGUMENTS;
    napi_get_cb_info(env, info, &count, values, NULL, NULL);
    for (size_t i = 0; i < count && i < MAX_ARGUMENTS; i++)
        napi_get_value_int32(env, values[i], &arguments.values[i]);
    return arguments;
}

/* A number, or an exception that bears the name of the errno. */
static napi_value from_result(napi_env env, const char *what, int result)
{
    napi_value value = NULL;
    char message[256];
    if (result >= 0) {
        napi_create_double(env, result, &value);
        return value;
    }
    snprintf(message, sizeof message, "%s: %s", what, strerror(-result));
    napi_throw_error(env, strerrorname_np(-result), message);
    return NULL;
}

static napi_value install_hold(napi_env env, napi_callback_info info)
{
    (void)info;
    return from_result(env, "hold", hold_install());
}

static napi_value hold_next_starts(napi_env env, napi_callback_info info)
{
    hold_next((unsigned)get_arguments(env, info).values[0]);
    return from_result(env, "hold", 0);
}

static napi_value refuse_starts(napi_env env, napi_callback_info info)
{
    hold_others(get_arguments(env, info).values[0]);
    return from_result(env, "hold", 0);
}

static napi_value held_starts(napi_env env, napi_callback_info info)
{
    pid_t pids[HOLD_MAX];
    napi_value list;
    (void)info;
    size_t count = hold_list(pids);
    napi_create_array(env, &list);
    for (size_t i = 0; i < count; i++)
        napi_set_element(env, list, (uint32_t)i, from_result(env, "pid", pids[i]));
    return list;
}

static napi_value let_go(napi_env env, napi_callback_info info)
{
    struct arguments given = get_arguments(env, info);
    return from_result(env, "let go", hold_let_go(given.values[0], given.values[1]));
}

/* The whole file: a write lock, so that every other owner meets it. */
static napi_value lock_by(napi_env env, napi_callback_info info, int command)
{
    struct arguments given = get_arguments(env, info);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int error = fcntl(given.values[0], command, &lock);
    return from_result(env, "fcntl", error < 0 ? -errno : 0);
}

static napi_value lock_record(napi_env env, napi_callback_info info)
{
    return lock_by(env, info, F_SETLK);
}

static napi_value lock_open_file(napi_env env, napi_callback_info info)
{
    return lock_by(env, info, F_OFD_SETLK);
}

static napi_value lock_flock(napi_env env, napi_callback_info info)
{
    struct arguments given = get_arguments(env, info);
    return from_result(env, "flock", flock(given.values[0], LOCK_EX | LOCK_NB) < 0 ? -errno : 0);
}

static const struct napi_export functions[] = {
    {"installHold", install_hold},
    {"holdNext", hold_next_starts},
    {"refuseStarts", refuse_starts},
    {"heldStarts", held_starts},
    {"letGo", let_go},
    {"lockRecord", lock_record},
    {"lockOpenFile", lock_open_file},
    {"lockFlock", lock_flock},
};

__attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports)
{
    napi_export_all(env, exports, functions, sizeof functions / sizeof functions[0]);
    return exports;
}
