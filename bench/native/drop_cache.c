/*
 * drop_cache FILE: the kernel forgets what it has read of FILE, so that the next exec reads it from the disk. Fails if
 * pages are left: of a file in memory, or one that somebody runs. Pages that are being read ahead cannot be forgotten
 * before they are there: it tries again for a second.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 100 };

static const struct timespec between = {0, 10000000L};

static int fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    return 1;
}

static long cached_pages(int fd, size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (size + page - 1) / page;
    long cached = 0;
    unsigned char *seen = malloc(pages);
    void *mapped = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    if (!seen || mapped == MAP_FAILED || mincore(mapped, size, seen) != 0)
        cached = -1;
    for (size_t i = 0; cached >= 0 && i < pages; i++)
        cached += seen[i] & 1;
    if (mapped != MAP_FAILED)
        munmap(mapped, size);
    free(seen);
    return cached;
}

int main(int argc, char **argv)
{
    struct stat file;
    if (argc != 2)
        return 2;
    int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &file) != 0 || file.st_size <= 0)
        return fail(argv[1]);
    /* Only pages that are on the disk can be forgotten. */
    if (fdatasync(fd) != 0)
        return fail("fdatasync");
    long left = 1;
    for (int tries = 0; left > 0 && tries < TRIES; tries++) {
        if (tries > 0)
            nanosleep(&between, NULL);
        errno = posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        if (errno != 0)
            return fail("posix_fadvise");
        left = cached_pages(fd, (size_t)file.st_size);
    }
    if (left < 0)
        return fail("mincore");
    if (left > 0) {
        fprintf(stderr, "%ld pages stay in memory\n", left);
        return 1;
    }
    return 0;
}
