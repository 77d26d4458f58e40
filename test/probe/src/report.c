#include "report.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

_Noreturn void give_up(const char *what)
{
    dprintf(2, "probe: %s: %s\n", what, strerror(errno));
    _exit(97);
}

static void report_strings(struct json *json, const char *key, char **strings)
{
    json_open(json, key, '[');
    for (; *strings != NULL; strings++)
        json_string(json, NULL, *strings);
    json_close(json, ']');
}

static void report_link(struct json *json, const char *key, const char *link)
{
    char target[PATH_MAX];
    ssize_t length = readlink(link, target, sizeof target - 1);
    if (length < 0) {
        json_null(json, key);
        return;
    }
    target[length] = '\0';
    json_string(json, key, target);
}

static void report_program(struct json *json, int argc, char **argv, char **environment)
{
    json_open(json, "argv", '[');
    for (int i = 0; i < argc; i++)
        json_string(json, NULL, argv[i]);
    json_close(json, ']');
    json_string(json, "argv0", argv[0]);
    report_strings(json, "env", environment);
    report_link(json, "exe", "/proc/self/exe");
    /* getcwd would say "(unreachable)" where the directory lies outside the root: the link says the same. */
    report_link(json, "cwd", "/proc/self/cwd");
}

static void report_umask(struct json *json)
{
    mode_t mask = umask(0);
    umask(mask);
    json_integer(json, "umask", mask);
}

static void report_groups(struct json *json)
{
    gid_t groups[NGROUPS_MAX];
    int count = getgroups(NGROUPS_MAX, groups);
    if (count < 0)
        give_up("getgroups");
    json_open(json, "groups", '[');
    for (int i = 0; i < count; i++)
        json_integer(json, NULL, groups[i]);
    json_close(json, ']');
}

static void report_ids(struct json *json)
{
    uid_t uid, euid, suid;
    gid_t gid, egid, sgid;
    getresuid(&uid, &euid, &suid);
    getresgid(&gid, &egid, &sgid);
    json_integer(json, "pid", getpid());
    json_integer(json, "ppid", getppid());
    json_integer(json, "pgid", getpgrp());
    json_integer(json, "sid", getsid(0));
    json_integer(json, "uid", uid);
    json_integer(json, "euid", euid);
    json_integer(json, "suid", suid);
    json_integer(json, "gid", gid);
    json_integer(json, "egid", egid);
    json_integer(json, "sgid", sgid);
    report_groups(json);
}

static void report_scheduling(struct json *json)
{
    struct sched_param param = {0};
    int pdeathsig = 0;
    prctl(PR_GET_PDEATHSIG, &pdeathsig);
    sched_getparam(0, &param);
    json_integer(json, "dumpable", prctl(PR_GET_DUMPABLE));
    json_integer(json, "pdeathsig", pdeathsig);
    json_integer(json, "nice", getpriority(PRIO_PROCESS, 0));
    json_integer(json, "schedPolicy", sched_getscheduler(0));
    json_integer(json, "schedPriority", param.sched_priority);
}

/* From /proc and not from sigprocmask and sigaction: libc hides 32 and 33, its own signals, which are just
 * the two that a careless spawner leaves blocked or ignored. */
static void report_signals(struct json *json)
{
    static const char *const rows[][2] = {{"SigBlk:", "sigBlk"}, {"SigIgn:", "sigIgn"}, {"SigCgt:", "sigCgt"},
                                          {"SigPnd:", "sigPnd"}, {"ShdPnd:", "shdPnd"}, {"CapInh:", "capInh"},
                                          {"CapPrm:", "capPrm"}, {"CapEff:", "capEff"}, {"CapBnd:", "capBnd"},
                                          {"CapAmb:", "capAmb"}};
    char line[256];
    FILE *status = fopen("/proc/self/status", "re");
    if (status == NULL)
        give_up("/proc/self/status");
    while (fgets(line, sizeof line, status) != NULL) {
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            char hex[17];
            if (strncmp(line, rows[i][0], strlen(rows[i][0])) == 0 &&
                sscanf(line + strlen(rows[i][0]), "%16s", hex) == 1)
                json_string(json, rows[i][1], hex);
        }
    }
    fclose(status);
}

/* What has no row in /proc; -1 where the kernel does not know it. */
static void report_memory(struct json *json)
{
    enum { GET_THP_DISABLE = 42, GET_MEMORY_MERGE = 68 };
    json_integer(json, "thpDisabled", prctl(GET_THP_DISABLE, 0, 0, 0, 0));
    json_integer(json, "memoryMerge", prctl(GET_MEMORY_MERGE, 0, 0, 0, 0));
    json_integer(json, "sessionKeyring", syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0));
}

static void report_limit_value(struct json *json, const char *key, rlim_t value)
{
    if (value == RLIM_INFINITY)
        json_null(json, key);
    else
        json_integer(json, key, (long long)value);
}

static void report_limits(struct json *json)
{
    static const char *const names[] = {"cpu",      "fsize",  "data",    "stack", "core",  "rss",
                                        "nproc",    "nofile", "memlock", "as",    "locks", "sigpending",
                                        "msgqueue", "nice",   "rtprio",  "rttime"};
    static const int resources[] = {RLIMIT_CPU,      RLIMIT_FSIZE, RLIMIT_DATA,   RLIMIT_STACK,
                                    RLIMIT_CORE,     RLIMIT_RSS,   RLIMIT_NPROC,  RLIMIT_NOFILE,
                                    RLIMIT_MEMLOCK,  RLIMIT_AS,    RLIMIT_LOCKS,  RLIMIT_SIGPENDING,
                                    RLIMIT_MSGQUEUE, RLIMIT_NICE,  RLIMIT_RTPRIO, RLIMIT_RTTIME};
    json_open(json, "rlimits", '{');
    for (size_t i = 0; i < sizeof resources / sizeof resources[0]; i++) {
        struct rlimit limit;
        if (getrlimit(resources[i], &limit) < 0)
            give_up("getrlimit");
        json_open(json, names[i], '{');
        report_limit_value(json, "soft", limit.rlim_cur);
        report_limit_value(json, "hard", limit.rlim_max);
        json_close(json, '}');
    }
    json_close(json, '}');
}

static void report_descriptor(struct json *json, int fd)
{
    char link[64];
    struct stat stat;
    off_t offset = lseek(fd, 0, SEEK_CUR);
    if (fstat(fd, &stat) < 0)
        give_up("fstat");
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    json_open(json, NULL, '{');
    json_integer(json, "fd", fd);
    report_link(json, "target", link);
    json_integer(json, "dev", (long long)stat.st_dev);
    json_integer(json, "ino", (long long)stat.st_ino);
    json_integer(json, "flags", fcntl(fd, F_GETFL));
    json_boolean(json, "cloexec", (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    if (offset < 0)
        json_null(json, "offset");
    else
        json_integer(json, "offset", (long long)offset);
    json_close(json, '}');
}

static int compare_numbers(const void *left, const void *right)
{
    return *(const int *)left - *(const int *)right;
}

static void report_descriptors(struct json *json)
{
    int *numbers = NULL;
    size_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    if (directory == NULL)
        give_up("/proc/self/fd");
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        char *end;
        long number = strtol(entry->d_name, &end, 10);
        if (*end != '\0' || end == entry->d_name || number == dirfd(directory))
            continue;
        numbers = realloc(numbers, (count + 1) * sizeof *numbers);
        if (numbers == NULL)
            give_up("realloc");
        numbers[count++] = (int)number;
    }
    closedir(directory);
    if (count > 0)
        qsort(numbers, count, sizeof *numbers, compare_numbers);
    json_open(json, "fds", '[');
    for (size_t i = 0; i < count; i++)
        report_descriptor(json, numbers[i]);
    json_close(json, ']');
    free(numbers);
}

/* A test may have started us with a full table. Reading /proc needs one number, so take it from the room
 * between the soft limit and the hard one, after the limits have been reported. */
static void make_room_for_one_descriptor(void)
{
    struct rlimit limit;
    int fd = open("/", O_PATH | O_CLOEXEC);
    if (fd >= 0) {
        close(fd);
        return;
    }
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

void collect_report(struct json *json, int argc, char **argv, char **environment)
{
    json_open(json, NULL, '{');
    report_program(json, argc, argv, environment);
    report_umask(json);
    report_ids(json);
    report_scheduling(json);
    report_memory(json);
    report_limits(json);
    make_room_for_one_descriptor();
    report_task(json);
    report_signals(json);
    report_descriptors(json);
    pid_t foreground = tcgetpgrp(0);
    if (foreground < 0)
        json_null(json, "tcpgrp");
    else
        json_integer(json, "tcpgrp", foreground);
    json_close(json, '}');
}
