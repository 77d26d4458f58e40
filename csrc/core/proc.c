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

static int read_more(int fd, struct text *text)
{
    do
        text->size = sys_call3(__NR_read, fd, text->bytes, sizeof text->bytes - 1);
    while (text->size == -EINTR);
    text->bytes[text->size < 0 ? 0 : text->size] = 0;
    return text->size < 0 ? (int)text->size : 0;
}

static int read_file(const char *path, struct text *text)
{
    int fd = (int)sys_call4(__NR_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return fd;
    int error = read_more(fd, text);
    sys_call1(__NR_close, fd);
    return error;
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

/*
 * Opens a file of a process and reads its beginning. Returns the descriptor.
 *
 * The hazard: to read `stat`, `wchan` and others, the kernel waits for an exec of that process to end. It may hang in
 * there: while it closes a file whose server does not answer, say. `status` and `comm` do not wait.
 */
static int open_file(int32_t pid, const char *name, struct text *text)
{
    char path[40];
    append(append_number(append(path, "/proc/"), pid), name);
    if (!is_for_this_namespace())
        return -ENOENT;
    int fd = (int)sys_call4(__NR_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return fd;
    int error = read_more(fd, text);
    if (error) {
        sys_call1(__NR_close, fd);
        return error;
    }
    return fd;
}

/* After the name, which may contain brackets and blanks, come the state, a letter, and then only numbers. */
static int64_t flags_in(const struct text *text)
{
    int64_t value = -1;
    const char *at = text->bytes;
    for (const char *found = text->bytes; *found; found++)
        if (*found == ')')
            at = found;
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
    int fd = open_file(pid, "/stat", &text);
    if (fd < 0)
        return fd;
    sys_call1(__NR_close, fd);
    return flags_in(&text);
}

/* As open_file(), for `status`. The name, in which a line feed is escaped, is the first line. */
static int open_status(int32_t pid, struct text *text)
{
    static const char label[] = "\nPPid:";
    int fd = open_file(pid, "/status", text);
    if (fd < 0)
        return fd;
    const char *at = strstr(text->bytes, label);
    int64_t parent;
    if (at && next_number(&at, &parent) && parent == sys_call0(__NR_getpid))
        return fd;
    sys_call1(__NR_close, fd);
    return at ? -ESRCH : -EINVAL;
}

int proc_name(int32_t pid, char name[PROC_NAME_SIZE])
{
    static const char label[] = "Name:\t";
    enum { AT = sizeof label - 1 };
    struct text text;
    int fd = open_status(pid, &text), length = 0;
    if (fd < 0)
        return fd;
    sys_call1(__NR_close, fd);
    if (memcmp(text.bytes, label, AT) != 0)
        return -EINVAL;
    for (const char *at = text.bytes + AT; *at && *at != '\n' && length < PROC_NAME_SIZE - 1; at++)
        name[length++] = *at;
    name[length] = 0;
    return length > 0 ? 0 : -EINVAL;
}

/* Moves *matched over the text. True: the label has been found. Its first character must be nowhere else in it. */
static bool passes(const struct text *text, const char *label, int *matched)
{
    for (const char *at = text->bytes; *at; at++) {
        if (*at != label[*matched])
            *matched = 0;
        if (*at == label[*matched])
            ++*matched;
        if (label[*matched] == 0)
            return true;
    }
    return false;
}

/* The list of groups, which comes before, may be long. */
int proc_has_memory(int32_t pid)
{
    static const char label[] = "\nVmPeak:";
    struct text text;
    int matched = 0, error = 0;
    int fd = open_status(pid, &text);
    if (fd < 0)
        return fd;
    bool is_found = passes(&text, label, &matched);
    while (!is_found && !error && text.size > 0) {
        error = read_more(fd, &text);
        is_found = !error && passes(&text, label, &matched);
    }
    sys_call1(__NR_close, fd);
    return error ? error : is_found;
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
