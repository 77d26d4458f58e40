/* Descriptors for callers. New ones are close-on-exec. Each function returns 0 or a result, or -errno. */
#ifndef FORKLESS_FDS_H
#define FORKLESS_FDS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

int fds_pipe(int pair[2]);
int fds_socket_pair(int pair[2]);

/*
 * `count` pairs: first one end of each, then the other end of each. All or none: -errno of the first pair that could
 * not be made, and nothing is left open.
 */
int fds_socket_pairs(int *numbers, size_t count);

void fds_close_all(const int *numbers, size_t count);
int fds_close(int fd);
int fds_get_cloexec(int fd);
int fds_set_cloexec(int fd, bool on);

#ifdef __cplusplus
}
#endif

#endif
