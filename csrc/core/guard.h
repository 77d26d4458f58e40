/*
 * The hazard: a child that outlives its parent before exec keeps all of the parent's memory in use, and with all
 * signals blocked only SIGKILL ends it. So until exec, the kernel kills it when the thread that made it ends
 * (PR_SET_PDEATHSIG).
 *
 * The step `pdeathsig` sets another signal. Then that one stays, over the exec too.
 */
#ifndef FORKLESS_GUARD_H
#define FORKLESS_GUARD_H

#include <stdbool.h>
#include <stdint.h>

/* Hidden: calls within one object need no table of addresses, which only a loader could fill. */
#pragma GCC visibility push(hidden)

/*
 * Sets PDEATHSIG, and ends the child if `parent` is not its parent any more. False: it cannot find that out; then call
 * guard_check_reader().
 */
bool guard_set(int32_t parent);

/*
 * For a child with a maker (maker.h): returns when that thread has ended, and the main thread is the parent. PDEATHSIG
 * must not be set before: its end would send the signal. 0, or -errno if that cannot be found out.
 */
int guard_wait_for_end_of(int32_t maker);

/* Ends the child if `parent` is not its parent any more. False: it cannot find that out. */
bool guard_check_parent(int32_t parent);

/* Ends the child if no process has the read end of its report pipe open. */
void guard_check_reader(int report);

/* Clears PDEATHSIG, just before exec: the program may outlive its parent. */
void guard_drop(void);

#pragma GCC visibility pop

#endif
