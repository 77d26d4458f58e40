/* Only in memory of the child's own (PLAN_OWN_MEMORY): a change of ids in shared memory would change the parent too. */
#include "steps.h"

/*
 * Sets the effective ids to the real ones; execve then copies them to the saved ids. The group comes first, because
 * after the change of the user it may be forbidden.
 */
int step_reset_ids(void)
{
    /* Ids are unsigned and have 32 bits. So a negative result is a filter's error, which must not be set as an id. */
    long group = sys_call0(__NR_getgid), user = sys_call0(__NR_getuid);
    if (group < 0 || user < 0)
        return as_int(group < 0 ? group : user);
    int error = as_int(sys_call3(__NR_setresgid, -1, group, -1));
    return error ? error : as_int(sys_call3(__NR_setresuid, -1, user, -1));
}

int step_setgroups(const uint32_t *list)
{
    return as_int(sys_call2(__NR_setgroups, *list, list + 1));
}

int step_drop_groups_if_allowed(void)
{
    sys_call2(__NR_setgroups, 0, NULL);
    return 0;
}

int step_setgid(uint32_t gid)
{
    return as_int(sys_call1(__NR_setgid, gid));
}

int step_setuid(uint32_t uid)
{
    return as_int(sys_call1(__NR_setuid, uid));
}
