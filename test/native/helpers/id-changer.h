/* A thread that changes the effective ids of the whole process without end, as set-id servers do now and then. */
#ifndef FORKLESS_TEST_ID_CHANGER_H
#define FORKLESS_TEST_ID_CHANGER_H

#include <stdint.h>

/* Between its own and `id`, by libc, which tells every thread. -errno. */
int id_changer_start(uint32_t id);

/* Ends with the ids of before. How often it has changed them. */
uint64_t id_changer_stop(void);

#endif
