/* Which file a descriptor is open on. The hazard: other code may close the number, and open another file there. */
#ifndef FORKLESS_IDENTITY_H
#define FORKLESS_IDENTITY_H

#include "sys.h"

#include <linux/stat.h>
#include <stdbool.h>

struct identity {
    uint64_t inode;
    uint32_t major, minor;
};

/*
 * 0 or -errno. `mode` is the kind of file. AT_STATX_DONT_SYNC, because statx would otherwise ask the server of a
 * network file system, and would hang if that is dead.
 */
static inline int identify(int32_t fd, struct identity *identity, uint16_t *mode)
{
    struct statx status;
    int error = (int)sys_call5(__NR_statx, fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_INO | STATX_TYPE, &status);
    if (error)
        return error;
    *identity = (struct identity){status.stx_ino, status.stx_dev_major, status.stx_dev_minor};
    *mode = status.stx_mode;
    return 0;
}

static inline bool is_same(const struct identity *one, const struct identity *other)
{
    return one->inode == other->inode && one->major == other->major && one->minor == other->minor;
}

static inline bool is_open_on(int32_t fd, const struct identity *wanted)
{
    struct identity found;
    uint16_t mode;
    return identify(fd, &found, &mode) == 0 && is_same(&found, wanted);
}

#endif
