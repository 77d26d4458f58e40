#include "exit.h"
#include "ending.h"
#include "handle.h"
#include "spawn.h"
#include "sys.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

/* ---- reaping -------------------------------------------------------------------------------------------------- */

int spawn_reap(struct spawn_child *child, struct spawn_exit *exit)
{
    spawn_ensure_pidfd(child, false);
    int answer = ending_reap_if_ended(child, exit);
    if (answer < 0 && answer != -ECHILD)
        answer = handle_has_ended(child) == 1 ? -ECHILD : 0;
    if (answer == 0)
        return 0;
    if (answer == 1) {
        usage_hide_inherited_mark(&exit->usage, child->parent_rss_kb);
        return 1;
    }
    struct ending ending = unknown_ending;
    (void)ending_read_from_pidfd(child, &ending); /* if it fails, the ending stays unknown */
    *exit = (struct spawn_exit){ending.exit_code, ending.signal, ending.core_dumped, .reaped_elsewhere = 1};
    return 1;
}

bool spawn_has_ended(struct spawn_child *child)
{
    struct ending ending;
    spawn_ensure_pidfd(child, false);
    int answer = ending_look(child, __WALL, &ending);
    return answer == 1 || answer == -ECHILD || (answer < 0 && handle_has_ended(child) == 1);
}

/* ---- signals -------------------------------------------------------------------------------------------------- */

/* The pidfd first, because waitid does not show a dead child while its tracer holds it. */
static bool is_known_to_be_dead(struct spawn_child *child)
{
    struct ending ending;
    int ended = handle_has_ended(child);
    if (ended < 0)
        ended = ending_look(child, __WALL, &ending);
    return ended == 1 || ended == -ECHILD;
}

/* ending_look() has shown that the child is not reaped, so its pid is still its own. */
static int kill_by_pid(struct spawn_child *child, int signal)
{
    struct ending ending;
    if (ending_look(child, __WALL, &ending) != 0)
        return -ESRCH;
    return (int)sys_call2(__NR_kill, child->pid, signal);
}

/*
 * -ESRCH for a dead child. That is checked before the signal is sent: afterwards, a dead child
 * may have died before, or by this signal.
 */
int spawn_kill(struct spawn_child *child, int signal)
{
    spawn_ensure_pidfd(child, true);
    if (!handle_is_certain(child))
        return kill_by_pid(child, signal);
    if (is_known_to_be_dead(child))
        return -ESRCH;
    int error = (int)sys_call4(__NR_pidfd_send_signal, child->pidfd, signal, NULL, 0);
    /* If a filter refuses it: the child lived a moment ago, and only this process can reap it. So it has its pid. */
    return is_refused(error) ? (int)sys_call2(__NR_kill, child->pid, signal) : error;
}

/* The caller may lack the right to kill a set-id program (EPERM). It may never end, so this does not wait for it. */
void spawn_kill_and_reap(struct spawn_child *child)
{
    if (spawn_kill(child, SIGKILL) != -EPERM)
        ending_wait_and_reap(child);
}
