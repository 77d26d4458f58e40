/*
 * Bytes as a string without NUL (consistent overhead byte stuffing): the arguments of a program cannot contain NUL.
 * Each run of up to 254 other bytes is preceded by a byte that says how far the next NUL, or the next such byte, is.
 */
#ifndef FORKLESS_COBS_H
#define FORKLESS_COBS_H

#include <stddef.h>

/* Hidden: calls within one object need no table of addresses, which only a loader could fill. */
#pragma GCC visibility push(hidden)

/* How long the string for `size` bytes can be, with its NUL. */
static inline size_t cobs_room(size_t size)
{
    return size + size / 254 + 2;
}

/* Writes the string, and returns the address behind its NUL. */
char *cobs_encode(const char *bytes, size_t size, char *string);

/* Writes the bytes of a string that cobs_encode() has made. `bytes` may be `string`, or below it. Returns their end. */
char *cobs_decode(const char *string, char *bytes);

#pragma GCC visibility pop

#endif
