/* The engine's one lock (spawn.h). It is never held while anything is waited for, but for a moment in flat.c. */
#ifndef FORKLESS_LOCK_H
#define FORKLESS_LOCK_H

void engine_lock(void);
void engine_unlock(void);

#endif
