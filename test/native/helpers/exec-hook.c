// For LD_PRELOAD, as bear, fakechroot and snoopy are: sees what this process and its children start, and writes the
// path into the file EXEC_LOG. HOOK_EXEC, HOOK_SPAWN: what is replaced; without both, nothing of what starts programs
// is.
#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VISIBLE __attribute__((visibility("default")))
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#if defined(HOOK_EXEC) || defined(HOOK_SPAWN)
static void note(const char *path)
{
    const char *log = getenv("EXEC_LOG");
    int fd = log == NULL ? -1 : open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    char line[4096];
    size_t size = strnlen(path, sizeof line - 1);
    memcpy(line, path, size);
    line[size++] = '\n';
    if (write(fd, line, size) < 0)
        abort();
    close(fd);
}
#endif

#ifdef HOOK_EXEC
VISIBLE int execve(const char *path, char *const argv[], char *const envp[])
{
    note(path);
    return NEXT(execve)(path, argv, envp);
}

VISIBLE int execvp(const char *file, char *const argv[])
{
    note(file);
    return NEXT(execvp)(file, argv);
}
#endif

#ifdef HOOK_SPAWN
VISIBLE int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
    note(path);
    return NEXT(posix_spawn)(pid, path, actions, attributes, argv, envp);
}
#endif

// What an allocator or a tool for measuring replaces.
VISIBLE int unsetenv(const char *name)
{
    return NEXT(unsetenv)(name);
}
