/*
 * Debian's Node reads some of its own JavaScript from /usr/share/nodejs, by absolute paths that are compiled in. This
 * library stands before libuv and leads the reads into the folder that the package was unpacked into, ROOT.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

typedef int (*opener)(void *loop, void *request, const char *path, int flags, int mode, void *done);

int uv_fs_open(void *loop, void *request, const char *path, int flags, int mode, void *done);

int uv_fs_open(void *loop, void *request, const char *path, int flags, int mode, void *done) {
    static const char own[] = "/usr/share/nodejs/";
    char unpacked[4096];
    void *found = dlsym(RTLD_NEXT, "uv_fs_open");
    opener next;
    memcpy(&next, &found, sizeof next);
    if (strncmp(path, own, sizeof own - 1) == 0) {
        int length = snprintf(unpacked, sizeof unpacked, "%s%s", ROOT, path);
        if (length > 0 && (size_t)length < sizeof unpacked) path = unpacked;
    }
    return next(loop, request, path, flags, mode, done);
}
