/* Pseudo terminals for callers. Each function returns 0 or a result, or -errno. */
#ifndef FORKLESS_PTY_H
#define FORKLESS_PTY_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Columns and rows. */
struct pty_size {
    uint16_t rows, columns;
};

/* Master, slave, both close-on-exec, and the slave's number in /dev/pts. */
int pty_open(const struct pty_size *size, int32_t numbers[3]);

int pty_get_size(int fd, struct pty_size *size);
int pty_set_size(int fd, const struct pty_size *size);

/* The foreground process group of the terminal. 0: it is in another pid namespace. */
int pty_foreground(int fd);

#ifdef __cplusplus
}
#endif

#endif
