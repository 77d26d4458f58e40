/*
 * The child must not outlive its parent before exec: it would keep the parent's whole memory alive, and with all
 * signals blocked only SIGKILL could end it. So until exec it dies with the thread that made it (PR_SET_PDEATHSIG).
 */
#ifndef FORKLESS_GUARD_H
#define FORKLESS_GUARD_H

#include <stdbool.h>
#include <stdint.h>

/* Known to be in the same object: calls need no table of addresses, which only a loader fills. */
#pragma GCC visibility push(hidden)

/*
 * Sets the guard, and ends the child if `parent` is not its parent any more. False: that cannot be seen; then
 * guard_check_reader() must follow.
 */
bool guard_set(int32_t parent);

/* Ends the child if nobody can read its report pipe. */
void guard_check_reader(int report);

/* Just before exec. */
void guard_drop(void);

#pragma GCC visibility pop

#endif
