#include "id-changer.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

static atomic_bool stopping;
static bool running;
static pthread_t changer;
static uint64_t changes;
static uint32_t other_id;

static void *run_changer(void *unused)
{
    (void)unused;
    uid_t user = geteuid();
    gid_t group = getegid();
    while (!atomic_load(&stopping)) {
        bool changed = setegid(other_id) == 0 && seteuid(other_id) == 0;
        bool restored = seteuid(user) == 0 && setegid(group) == 0;
        changes += changed && restored;
    }
    return NULL;
}

int id_changer_start(uint32_t id)
{
    if (running)
        return -EALREADY;
    changes = 0;
    other_id = id;
    atomic_store(&stopping, false);
    int error = pthread_create(&changer, NULL, run_changer, NULL);
    running = error == 0;
    return -error;
}

uint64_t id_changer_stop(void)
{
    if (!running)
        return 0;
    atomic_store(&stopping, true);
    pthread_join(changer, NULL);
    running = false;
    return changes;
}
