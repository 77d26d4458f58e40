#include "environ.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/*
 * Compares and copies in one pass. Entries that are the same as in `block` are not written: mostly nothing has changed
 * since the last start. If the size exceeds the room, the rest is only measured.
 */
int64_t environ_read(char *block, size_t room, size_t before)
{
    size_t size = 0;
    bool same = true;
    for (char **entry = environ; entry && *entry; entry++) {
        size_t length = strlen(*entry) + 1;
        if (size + length <= room && (!same || size + length > before || memcmp(block + size, *entry, length) != 0)) {
            memcpy(block + size, *entry, length);
            same = false;
        }
        size += length;
    }
    if (size > room)
        return -(int64_t)size;
    if (size == 0 && before > 0) { /* the environment is empty now: 0 would mean that it has not changed */
        block[0] = 0;
        return 1;
    }
    return same && size == before ? 0 : (int64_t)size;
}
