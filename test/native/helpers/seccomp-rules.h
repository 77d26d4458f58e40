/* Seccomp filters written as text, for tests that take a system call away.
 *
 *   RULE is [engine.]NAME[:MIN]=ACTION
 *   engine.   only where the code of forkless.node makes the call, in the parent, its watcher thread or the child: so
 *             `engine.read=EPERM` leaves Node, libc and the started program their own. Only for a filter that the
 *             process installs itself, once the addon is loaded.
 *   NAME      a system call of the table in seccomp-rules.c, or one of
 *             clone             the old clone, where it makes a process and not a thread
 *             clone-vm          the same, only where it shares memory
 *             clone-vm-novfork  the same, only where it does not suspend the caller either
 *             clone-thread      where it makes a thread; libc has clone3 for that
 *             clone-pidfd       the same as clone, only where it is to give a pidfd
 *             clone3-outside-libc  clone3 from anywhere but libc: its flags lie behind a pointer, where no filter
 *                               sees them, and without clone3 from libc no thread can be made (unless by ENOSYS).
 *                               Only for a filter that the process installs itself.
 *             epoll_ctl-add, epoll_ctl-del  epoll_ctl with this operation
 *             waitid-pidfd      waitid(P_PIDFD)
 *             pidfd-info        ioctl(PIDFD_GET_INFO)
 *             set-name          prctl(PR_SET_NAME)
 *   MIN       the rule holds only where the first argument is at least MIN: `write:200=EPERM` takes away the report
 *             pipe of a child that names descriptor 200, and leaves the rest of the program its own writes.
 *   ACTION    the name of an errno, or KILL for the process that makes the call
 *
 * The first rule that matches decides. */
#ifndef FORKLESS_SECCOMP_RULES_H
#define FORKLESS_SECCOMP_RULES_H

#include <stdbool.h>
#include <stddef.h>

/* Sets no_new_privs and installs the filter on the calling thread, or on every thread. What the thread starts later,
 * by clone or exec, inherits it. NULL, or what is wrong. */
const char *install_seccomp(const char *const *rules, size_t count, bool every_thread);

#endif
