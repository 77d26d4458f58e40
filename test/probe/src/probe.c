/* The witness of the tests: a static program that says how it was started, as only the started program can
 * know it. Each mode stands in the table at the end; a mode that no test uses fails the full run. */
#include "json.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct invocation {
    int argc; /* of the whole command line, like argv and environment */
    char **argv;
    char **environment;
};

static const char *argument(const struct invocation *call, int index)
{
    if (index >= call->argc) {
        errno = EINVAL;
        give_up("missing argument");
    }
    return call->argv[index];
}

static long number_argument(const struct invocation *call, int index)
{
    char *end;
    const char *text = argument(call, index);
    long number = strtol(text, &end, 10);
    if (end == text || *end != '\0') {
        errno = EINVAL;
        give_up(text);
    }
    return number;
}

static void write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            give_up("write");
        bytes += written;
        length -= (size_t)written;
    }
}

/* report [FD]: the report on FD, 1 when not given. */
static int run_report(const struct invocation *call)
{
    struct json json = {0};
    collect_report(&json, call->argc, call->argv, call->environment);
    write_all(call->argc > 2 ? (int)number_argument(call, 2) : 1, json.text, json.length);
    return 0;
}

/* report-to PATH: PATH is opened only after the facts are known, so the report needs no descriptor that the
 * test did not ask for. */
static int run_report_to(const struct invocation *call)
{
    struct json json = {0};
    const char *path = argument(call, 2);
    collect_report(&json, call->argc, call->argv, call->environment);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        give_up(path);
    write_all(fd, json.text, json.length);
    return 0;
}

/* exit STATUS */
static int run_exit(const struct invocation *call)
{
    return (int)number_argument(call, 2);
}

/* kill SIGNAL: dies by it, stops by it, or ends with 0 where it is ignored or blocked. */
static int run_kill(const struct invocation *call)
{
    if (kill(getpid(), (int)number_argument(call, 2)) < 0)
        give_up("kill");
    return 0;
}

/* block: until somebody kills it. */
static int run_block(const struct invocation *call)
{
    (void)call;
    while (pause() < 0)
        continue;
    return 0;
}

/* echo-stdin: copies 0 to 1 until the end. */
static int run_echo_stdin(const struct invocation *call)
{
    static char buffer[65536];
    ssize_t length;
    (void)call;
    while ((length = read(0, buffer, sizeof buffer)) != 0) {
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            give_up("read");
        write_all(1, buffer, (size_t)length);
    }
    return 0;
}

/* write-fd FD TEXT */
static int run_write_fd(const struct invocation *call)
{
    const char *text = argument(call, 3);
    write_all((int)number_argument(call, 2), text, strlen(text));
    return 0;
}

static void report_length(struct json *json, const char *count_key, const char *bytes_key, char **strings)
{
    long long count = 0;
    long long bytes = 0;
    for (; strings[count] != NULL; count++)
        bytes += (long long)strlen(strings[count]) + 1;
    json_integer(json, count_key, count);
    json_integer(json, bytes_key, bytes);
}

/* args-length: counts and bytes, NULs included, of argv and env; for command lines too long to repeat. */
static int run_args_length(const struct invocation *call)
{
    struct json json = {0};
    json_open(&json, NULL, '{');
    report_length(&json, "argc", "argvBytes", call->argv);
    report_length(&json, "envc", "envBytes", call->environment);
    json_close(&json, '}');
    write_all(1, json.text, json.length);
    return 0;
}

/* spend MIB MILLISECONDS: touches that much memory and burns that much processor time, for the resource
 * usage that the parent is told. */
static int run_spend(const struct invocation *call)
{
    size_t size = (size_t)number_argument(call, 2) << 20;
    clock_t end = (clock_t)(number_argument(call, 3) * (CLOCKS_PER_SEC / 1000));
    volatile char *memory = calloc(1, size + 1);
    if (memory == NULL)
        give_up("calloc");
    for (size_t offset = 0; offset < size; offset += 4096)
        memory[offset] = 1;
    while (clock() < end)
        memory[0]++;
    free((void *)memory);
    return 0;
}

/* The first bytes of a file as text; null: it cannot be opened. */
static void report_start(struct json *json, const char *path)
{
    char start[64];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, start, sizeof start - 1);
    if (fd >= 0)
        close(fd);
    if (length < 0) {
        json_null(json, NULL);
        return;
    }
    start[length] = '\0';
    json_string(json, NULL, start);
}

/* where PATH...: without /proc, where it is and who it is, and what it can read. */
static int run_where(const struct invocation *call)
{
    struct json json = {0};
    char cwd[PATH_MAX];
    json_open(&json, NULL, '{');
    json_string(&json, "cwd", getcwd(cwd, sizeof cwd) == NULL ? strerror(errno) : cwd);
    json_integer(&json, "uid", getuid());
    json_open(&json, "files", '[');
    for (int i = 2; i < call->argc; i++)
        report_start(&json, call->argv[i]);
    json_close(&json, ']');
    json_close(&json, '}');
    write_all(1, json.text, json.length);
    return 0;
}

static int run_modes(const struct invocation *call);

static const struct {
    const char *name;
    int (*run)(const struct invocation *call);
} modes[] = {
    {"report", run_report},     {"report-to", run_report_to},
    {"exit", run_exit},         {"kill", run_kill},
    {"block", run_block},       {"echo-stdin", run_echo_stdin},
    {"write-fd", run_write_fd}, {"args-length", run_args_length},
    {"spend", run_spend},       {"where", run_where},
    {"modes", run_modes},
};

/* modes: the names in this table, for the check that every one is used. */
static int run_modes(const struct invocation *call)
{
    struct json json = {0};
    (void)call;
    json_open(&json, NULL, '[');
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
        json_string(&json, NULL, modes[i].name);
    json_close(&json, ']');
    write_all(1, json.text, json.length);
    return 0;
}

int main(int argc, char **argv, char **environment)
{
    struct invocation call = {argc, argv, environment};
    const char *mode = argument(&call, 1);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
        if (strcmp(modes[i].name, mode) == 0)
            return modes[i].run(&call);
    errno = EINVAL;
    give_up(mode);
}
