/*
 * A child whose parent is the main thread, whichever thread starts it.
 *
 * The hazard: the kernel sends PDEATHSIG when the *thread* ends that is the child's parent: the one that has cloned it.
 * A Worker that ends would signal its children, although this process goes on. So such a child is cloned by a thread
 * that is made for this one start, the maker, and that ends at once. The kernel then gives the child to the first
 * thread of the process that lives: the main thread, which ends with the process.
 *
 * The maker is a copy of the calling thread: signal mask, scheduler, priorities, affinity, timer slack, ids,
 * capabilities, namespaces, filters, security label, working directory and descriptor table. So the child inherits what
 * it would inherit from the calling thread, with nothing to be carried over. A thread that lasts, and clones on demand,
 * could not have all of these: some, such as a Landlock domain, cannot even be read.
 */
#ifndef FORKLESS_MAKER_H
#define FORKLESS_MAKER_H

#include <stdint.h>

/*
 * Calls make(argument) on a thread of its own, whose id is in *maker by then, and returns when it uses no
 * memory any more. Its end follows; the child waits for it (guard_wait_for_end_of). `make` may make raw system calls
 * only, as the child of a clone. All signals must be blocked. -errno: `make` was not called. -ESRCH: the main thread
 * has ended.
 */
int maker_run(void (*make)(void *argument), void *argument, int32_t *maker);

#endif
