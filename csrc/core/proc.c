#include "proc.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

enum { TEXT = 512, PID_LABEL = 4, STAT_PARENT = 2, STAT_FLAGS = 7 /* fields after the name */ };

struct text {
    char bytes[TEXT];
    long size;
};

static char *append(char *at, const char *text)
{
    size_t length = strlen(text);
    memcpy(at, text, length + 1);
    return at + length;
}

static char *append_number(char *at, int32_t number)
{
    char digits[12];
    int count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    while (count > 0)
        *at++ = digits[--count];
    *at = 0;
    return at;
}

static int read_file(const char *path, struct text *text)
{
    int fd = (int)sys_call4(__NR_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return fd;
    text->size = sys_call3(__NR_read, fd, text->bytes, sizeof text->bytes - 1);
    sys_call1(__NR_close, fd);
    if (text->size < 0)
        return (int)text->size;
    text->bytes[text->size] = 0;
    return 0;
}

/* Reads the next number of the text from *at on, with a minus sign before it, and moves *at behind it. */
static bool next_number(const char **at, int64_t *number)
{
    const char *from = *at;
    while (*from && (*from < '0' || *from > '9'))
        from++;
    if (!*from)
        return false;
    bool negative = from > *at && from[-1] == '-';
    for (*number = 0; *from >= '0' && *from <= '9'; from++)
        *number = *number * 10 + (*from - '0');
    if (negative)
        *number = -*number;
    *at = from;
    return true;
}

/* In the /proc of another pid namespace, `self` shows another pid, or does not exist. */
static bool is_for_this_namespace(void)
{
    char target[16] = "";
    const char *at = target;
    int64_t number;
    long size = sys_call4(__NR_readlinkat, AT_FDCWD, "/proc/self", target, sizeof target - 1);
    return size > 0 && next_number(&at, &number) && number == sys_call0(__NR_getpid);
}

/* Reads the line of a process into `text`. Returns its error. *end: the bracket after the name. */
static int read_status(int32_t pid, struct text *text, const char **end)
{
    char path[32];
    append(append_number(append(path, "/proc/"), pid), "/stat");
    if (!is_for_this_namespace())
        return -ENOENT;
    int error = read_file(path, text);
    if (error)
        return error;
    /* the name may contain brackets and blanks, so it ends at the last bracket of the line */
    *end = text->bytes;
    for (const char *found = text->bytes; *found; found++)
        if (*found == ')')
            *end = found;
    return 0;
}

/* After the name come the state, a letter, and then only numbers. */
static int64_t flags_after(const char *at)
{
    int64_t value = -1;
    for (int field = STAT_PARENT; field <= STAT_FLAGS; field++) {
        if (!next_number(&at, &value))
            return -EINVAL;
        if (field == STAT_PARENT && value != sys_call0(__NR_getpid))
            return -ESRCH;
    }
    return value;
}

int64_t proc_flags(int32_t pid)
{
    struct text text;
    const char *end;
    int error = read_status(pid, &text, &end);
    return error ? error : flags_after(end);
}

int proc_name(int32_t pid, char name[PROC_NAME_SIZE])
{
    struct text text;
    const char *end, *at = text.bytes;
    int error = read_status(pid, &text, &end);
    int64_t flags = error ? error : flags_after(end);
    if (flags < 0)
        return (int)flags;
    while (at < end && *at != '(')
        at++;
    size_t length = at < end ? (size_t)(end - at) - 1 : 0;
    if (length == 0 || length >= PROC_NAME_SIZE)
        return -EINVAL;
    memcpy(name, at + 1, length);
    name[length] = 0;
    return 0;
}

/* "Pid:" is followed by the pid in each namespace, outermost first; it is -1 once the process is reaped. */
int proc_names_pidfd(int32_t fd, int32_t pid)
{
    char path[40];
    struct text text;
    append_number(append(path, "/proc/self/fdinfo/"), fd);
    int error = read_file(path, &text);
    if (error)
        return error;
    const char *at = text.bytes, *end = at + text.size;
    while (end - at > PID_LABEL && memcmp(at, "Pid:", PID_LABEL) != 0)
        at++;
    if (end - at <= PID_LABEL)
        return 0; /* not a pidfd */
    int64_t number;
    while (next_number(&at, &number))
        if (number == pid || number == -1)
            return 1;
    return 0;
}
