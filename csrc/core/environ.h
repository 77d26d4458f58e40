/* This process's environment. */
#ifndef FORKLESS_ENVIRON_H
#define FORKLESS_ENVIRON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Writes the environment into `block` as strings that follow one another, and returns their size. Returns 0 if the
 * first `before` bytes of `block` hold it already. If there is not enough room, returns the size negated; the content
 * of `block` is then undefined. No thread may change the environment during the call.
 */
int64_t environ_read(char *block, size_t room, size_t before);

#ifdef __cplusplus
}
#endif

#endif
