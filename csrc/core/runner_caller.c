#include "runner_caller.h"
#include "sys.h"

#include <linux/capability.h>
#include <linux/prctl.h>
#include <linux/securebits.h>

/* Ids are unsigned; a call that fails leaves them as they are here, and then no two are the same. */
static bool are_ids_equal(long call, uint32_t *id)
{
    uint32_t ids[3] = {0, 1, 2};
    if (sys_call3(call, &ids[0], &ids[1], &ids[2]) != 0 || ids[0] != ids[1] || ids[1] != ids[2])
        return false;
    *id = ids[0];
    return true;
}

static bool read_capabilities(struct capability_sets *sets)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    if (sys_call2(__NR_capget, &header, data) != 0)
        return false;
    *sets = (struct capability_sets){
        .effective = (uint64_t)data[1].effective << 32 | data[0].effective,
        .permitted = (uint64_t)data[1].permitted << 32 | data[0].permitted,
        .inheritable = (uint64_t)data[1].inheritable << 32 | data[0].inheritable,
    };
    return true;
}

/*
 * Root gets back at exec what it has dropped, and the runner drops it again. All others, and root with SECBIT_NOROOT,
 * lose what they have.
 */
bool runner_caller_allows(struct capability_sets *sets)
{
    uint32_t user, group;
    if (!are_ids_equal(__NR_getresuid, &user) || !are_ids_equal(__NR_getresgid, &group) || !read_capabilities(sets))
        return false;
    long bits = sys_call2(__NR_prctl, PR_GET_SECUREBITS, 0);
    if (bits < 0 || bits & SECBIT_KEEP_CAPS)
        return false;
    bool is_root = user == 0 && !(bits & SECBIT_NOROOT);
    return is_root || sets->permitted == 0;
}
