/* meddle.node: what a test does to its own process that JavaScript cannot. For throw-away processes where it says so
 * in test/support/meddle.ts, which describes each function. */
#include "facts.h"
#include "id-changer.h"
#include "napi.h"
#include "reaper.h"
#include "seccomp-rules.h"
#include "storm.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_ARGUMENTS = 2, MAX_RULES = 32 };

struct arguments {
    napi_value values[MAX_ARGUMENTS];
};

static struct arguments get_arguments(napi_env env, napi_callback_info info)
{
    struct arguments arguments;
    size_t count = MAX_ARGUMENTS;
    napi_get_cb_info(env, info, &count, arguments.values, NULL, NULL);
    return arguments;
}

static int to_integer(napi_env env, napi_value value)
{
    int32_t result = -1;
    napi_get_value_int32(env, value, &result);
    return result;
}

static bool to_boolean(napi_env env, napi_value value)
{
    bool result = false;
    napi_get_value_bool(env, value, &result);
    return result;
}

static napi_value undefined(napi_env env)
{
    napi_value result;
    napi_get_undefined(env, &result);
    return result;
}

static napi_value from_number(napi_env env, double number)
{
    napi_value result;
    napi_create_double(env, number, &result);
    return result;
}

static napi_value from_text(napi_env env, const char *text)
{
    napi_value result;
    napi_create_string_utf8(env, text, strlen(text), &result);
    return result;
}

static napi_value throw_errno(napi_env env, const char *what, int error)
{
    char message[256];
    snprintf(message, sizeof message, "%s: %s", what, strerror(error));
    napi_throw_error(env, strerrorname_np(error), message);
    return undefined(env);
}

static napi_value install_seccomp_filter(napi_env env, napi_callback_info info)
{
    struct arguments given = get_arguments(env, info);
    char text[1024] = "";
    const char *rules[MAX_RULES];
    size_t count = 0;
    char *state;
    napi_get_value_string_utf8(env, given.values[0], text, sizeof text, NULL);
    for (char *rule = strtok_r(text, " ", &state); rule != NULL && count < MAX_RULES;
         rule = strtok_r(NULL, " ", &state))
        rules[count++] = rule;
    const char *wrong = install_seccomp(rules, count, to_boolean(env, given.values[1]));
    if (wrong != NULL)
        napi_throw_error(env, NULL, wrong);
    return undefined(env);
}

static struct sigaction sigchld_at_first;
static bool sigchld_is_saved;

static napi_value set_sigchld(napi_env env, napi_callback_info info)
{
    struct arguments given = get_arguments(env, info);
    char mode[32] = "";
    napi_get_value_string_utf8(env, given.values[0], mode, sizeof mode, NULL);
    if (!sigchld_is_saved)
        sigaction(SIGCHLD, NULL, &sigchld_at_first);
    sigchld_is_saved = true;
    struct sigaction action = sigchld_at_first;
    if (strcmp(mode, "ignore") == 0)
        action = (struct sigaction){.sa_handler = SIG_IGN};
    else if (strcmp(mode, "no-wait") == 0)
        action.sa_flags |= SA_NOCLDWAIT;
    else if (strcmp(mode, "restore") != 0)
        return throw_errno(env, mode, EINVAL);
    sigaction(SIGCHLD, &action, NULL);
    return undefined(env);
}

static napi_value start_storm(napi_env env, napi_callback_info info)
{
    struct arguments given = get_arguments(env, info);
    int error = storm_start(to_boolean(env, given.values[0]));
    return error < 0 ? throw_errno(env, "storm", -error) : undefined(env);
}

static napi_value stop_storm(napi_env env, napi_callback_info info)
{
    struct storm_record record;
    napi_value result;
    napi_value strangers;
    (void)info;
    storm_stop(&record);
    napi_create_array(env, &strangers);
    for (uint32_t i = 0; i < record.stranger_count; i++)
        napi_set_element(env, strangers, i, from_number(env, record.strangers[i]));
    napi_create_object(env, &result);
    napi_set_named_property(env, result, "sent", from_number(env, (double)record.sent));
    napi_set_named_property(env, result, "runs", from_number(env, (double)record.runs));
    napi_set_named_property(env, result, "strangers", strangers);
    return result;
}

static napi_value start_id_changer(napi_env env, napi_callback_info info)
{
    struct arguments given = get_arguments(env, info);
    int error = id_changer_start((uint32_t)to_integer(env, given.values[0]));
    return error < 0 ? throw_errno(env, "id changer", -error) : undefined(env);
}

static napi_value stop_id_changer(napi_env env, napi_callback_info info)
{
    (void)info;
    return from_number(env, (double)id_changer_stop());
}

static napi_value start_reaper(napi_env env, napi_callback_info info)
{
    struct arguments given = get_arguments(env, info);
    int error = reaper_start(to_boolean(env, given.values[0]));
    return error < 0 ? throw_errno(env, "reaper", -error) : undefined(env);
}

static napi_value stop_reaper(napi_env env, napi_callback_info info)
{
    const struct reaped *list;
    napi_value result;
    (void)info;
    size_t count = reaper_stop(&list);
    napi_create_array(env, &result);
    for (size_t i = 0; i < count; i++) {
        napi_value entry;
        napi_create_object(env, &entry);
        napi_set_named_property(env, entry, "pid", from_number(env, list[i].pid));
        napi_set_named_property(env, entry, "status", from_number(env, list[i].status));
        napi_set_element(env, result, (uint32_t)i, entry);
    }
    return result;
}

/* By raw calls, and as all 64 bits: libc keeps 32 and 33 to itself. */
static napi_value exchange_mask(napi_env env, const uint64_t *mask)
{
    uint64_t before = 0;
    char hex[17];
    if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, mask, &before, sizeof before) < 0)
        return throw_errno(env, "rt_sigprocmask", errno);
    snprintf(hex, sizeof hex, "%016llx", (unsigned long long)before);
    return from_text(env, hex);
}

static napi_value get_mask(napi_env env, napi_callback_info info)
{
    (void)info;
    return exchange_mask(env, NULL);
}

static napi_value set_mask(napi_env env, napi_callback_info info)
{
    struct arguments given = get_arguments(env, info);
    char hex[32] = "";
    napi_get_value_string_utf8(env, given.values[0], hex, sizeof hex, NULL);
    uint64_t mask = strtoull(hex, NULL, 16);
    return exchange_mask(env, &mask);
}

static napi_value get_dumpable(napi_env env, napi_callback_info info)
{
    (void)info;
    return from_number(env, prctl(PR_GET_DUMPABLE));
}

static napi_value set_dumpable(napi_env env, napi_callback_info info)
{
    struct arguments given = get_arguments(env, info);
    if (prctl(PR_SET_DUMPABLE, to_integer(env, given.values[0])) < 0)
        return throw_errno(env, "prctl", errno);
    return undefined(env);
}

static napi_value duplicate(napi_env env, napi_callback_info info)
{
    struct arguments given = get_arguments(env, info);
    int fd = dup2(to_integer(env, given.values[0]), to_integer(env, given.values[1]));
    return fd < 0 ? throw_errno(env, "dup2", errno) : from_number(env, fd);
}

static napi_value set_soft_nofile(napi_env env, napi_callback_info info)
{
    struct arguments given = get_arguments(env, info);
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = (rlim_t)to_integer(env, given.values[0]);
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        return throw_errno(env, "setrlimit", errno);
    return from_number(env, (double)before);
}

static napi_value open_pty(napi_env env, napi_callback_info info)
{
    int fds[2];
    napi_value result;
    (void)info;
    if (openpty(&fds[0], &fds[1], NULL, NULL, NULL) < 0)
        return throw_errno(env, "openpty", errno);
    napi_create_array(env, &result);
    for (uint32_t i = 0; i < 2; i++) {
        fcntl(fds[i], F_SETFD, FD_CLOEXEC);
        napi_set_element(env, result, i, from_number(env, fds[i]));
    }
    return result;
}

static napi_value make_fifo(napi_env env, napi_callback_info info)
{
    struct arguments given = get_arguments(env, info);
    char path[PATH_MAX] = "";
    napi_get_value_string_utf8(env, given.values[0], path, sizeof path, NULL);
    if (mkfifo(path, 0666) < 0)
        return throw_errno(env, "mkfifo", errno);
    return undefined(env);
}

static napi_value peek(napi_env env, napi_callback_info info)
{
    struct arguments given = get_arguments(env, info);
    siginfo_t found = {0};
    int pid = to_integer(env, given.values[0]);
    if (waitid(P_PID, (id_t)pid, &found, WEXITED | WNOHANG | WNOWAIT | __WALL) < 0)
        return from_text(env, errno == ECHILD ? "no-child" : strerrorname_np(errno));
    return from_text(env, found.si_pid == 0 ? "alive" : "zombie");
}

static napi_value unshare_namespaces(napi_env env, napi_callback_info info)
{
    struct arguments given = get_arguments(env, info);
    if (unshare(to_integer(env, given.values[0])) < 0)
        return throw_errno(env, "unshare", errno);
    return undefined(env);
}

static napi_value join_namespace(napi_env env, napi_callback_info info)
{
    struct arguments given = get_arguments(env, info);
    if (setns(to_integer(env, given.values[0]), 0) < 0)
        return throw_errno(env, "setns", errno);
    return undefined(env);
}

static napi_value get_thread_facts(napi_env env, napi_callback_info info)
{
    struct arguments given = get_arguments(env, info);
    char text[1024] = "";
    thread_facts(to_integer(env, given.values[0]), text, sizeof text);
    return from_text(env, text);
}

static napi_value get_caller_facts(napi_env env, napi_callback_info info)
{
    (void)info;
    char text[2048] = "";
    caller_facts(text, sizeof text);
    return from_text(env, text);
}

/* As its tracer: waits until it has stopped, or ended, and lets it go on. */
static napi_value continue_traced(napi_env env, napi_callback_info info)
{
    struct arguments given = get_arguments(env, info);
    pid_t pid = to_integer(env, given.values[0]);
    int status;
    if (waitpid(pid, &status, __WALL | __WNOTHREAD) < 0)
        return throw_errno(env, "waitpid", errno);
    if (!WIFSTOPPED(status))
        return from_number(env, -1);
    if (ptrace(PTRACE_CONT, pid, NULL, NULL) < 0)
        return throw_errno(env, "ptrace", errno);
    return from_number(env, WSTOPSIG(status));
}

static const struct napi_export functions[] = {
    {"continueTraced", continue_traced},
    {"installSeccomp", install_seccomp_filter},
    {"setSigchld", set_sigchld},
    {"startStorm", start_storm},
    {"stopStorm", stop_storm},
    {"startIdChanger", start_id_changer},
    {"stopIdChanger", stop_id_changer},
    {"startReaper", start_reaper},
    {"stopReaper", stop_reaper},
    {"getMask", get_mask},
    {"setMask", set_mask},
    {"threadFacts", get_thread_facts},
    {"callerFacts", get_caller_facts},
    {"getDumpable", get_dumpable},
    {"setDumpable", set_dumpable},
    {"dup2", duplicate},
    {"setSoftNofile", set_soft_nofile},
    {"openPty", open_pty},
    {"makeFifo", make_fifo},
    {"peek", peek},
    {"unshare", unshare_namespaces},
    {"setns", join_namespace},
};

__attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports)
{
    napi_export_all(env, exports, functions, sizeof functions / sizeof functions[0]);
    return exports;
}
