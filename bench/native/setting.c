/* What every start is measured under: so much resident memory, so many open descriptors. And the clock. */
#include "host.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

_Noreturn void fail(const char *what)
{
    perror(what);
    exit(1);
}

long resident(void)
{
    char text[128] = {0}, *rest = text;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file || !fgets(text, sizeof text, file))
        fail("/proc/self/statm");
    fclose(file);
    strtol(text, &rest, 10);
    return strtol(rest, NULL, 10) * sysconf(_SC_PAGESIZE);
}

long open_descriptors(void)
{
    long count = 0;
    DIR *folder = opendir("/proc/self/fd");
    if (!folder)
        fail("/proc/self/fd");
    while (readdir(folder))
        count++;
    closedir(folder);
    return count - 3; /* ".", ".." and the folder itself */
}

/* Every page written: the kernel gives memory only then. */
static void occupy_memory(long bytes)
{
    long page = sysconf(_SC_PAGESIZE), missing = bytes - resident();
    if (missing <= 0)
        return;
    char *memory = mmap(NULL, (size_t)missing, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        fail("mmap");
    for (long at = 0; at < missing; at += page)
        memory[at] = 1;
}

void occupy(long bytes, long descriptors)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        fail("getrlimit");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        fail("setrlimit");
    for (long open_now = open_descriptors(); open_now < descriptors; open_now++)
        if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0)
            fail("/dev/null");
    occupy_memory(bytes);
}
