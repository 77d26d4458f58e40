/*
 * Capabilities, and the keyring of the session. Permitted and effective ones are not set: exec computes them. Only with
 * memory of its own: a process of the same user without capabilities may not read the parent, but could read a child
 * that has dropped its own, and so the parent's memory, if it were the same.
 */
#include "steps.h"

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/keyctl.h>
#include <linux/prctl.h>

enum { WORDS = _LINUX_CAPABILITY_U32S_3, WORD_BITS = 32, MOST_CAPABILITIES = 64 };

/* The mask that stands for all that the caller has. */
#define EVERY (~0ull)
#define BIT(number) (1ull << (number))

struct capability_sets {
    uint64_t effective, permitted, inheritable;
};

static uint64_t joined(uint32_t low, uint32_t high)
{
    return (uint64_t)high << WORD_BITS | low;
}

static int read_sets(struct capability_sets *sets)
{
    struct __user_cap_header_struct header;
    struct __user_cap_data_struct data[WORDS];
    header.version = _LINUX_CAPABILITY_VERSION_3;
    header.pid = 0;
    for (int i = 0; i < WORDS; i++)
        data[i].effective = data[i].permitted = data[i].inheritable = 0;
    int error = as_int(sys_call2(__NR_capget, &header, data));
    if (error)
        return error;
    sets->effective = joined(data[0].effective, data[1].effective);
    sets->permitted = joined(data[0].permitted, data[1].permitted);
    sets->inheritable = joined(data[0].inheritable, data[1].inheritable);
    return 0;
}

static int write_sets(const struct capability_sets *sets)
{
    struct __user_cap_header_struct header;
    struct __user_cap_data_struct data[WORDS];
    header.version = _LINUX_CAPABILITY_VERSION_3;
    header.pid = 0;
    for (int i = 0; i < WORDS; i++) {
        data[i].effective = (uint32_t)(sets->effective >> i * WORD_BITS);
        data[i].permitted = (uint32_t)(sets->permitted >> i * WORD_BITS);
        data[i].inheritable = (uint32_t)(sets->inheritable >> i * WORD_BITS);
    }
    return as_int(sys_call2(__NR_capset, &header, data));
}

/* 1 or 0; -EINVAL: this kernel does not know the capability. */
static int is_bounding(int number)
{
    return as_int(sys_call5(__NR_prctl, PR_CAPBSET_READ, number, 0, 0, 0));
}

static int is_ambient(int number)
{
    return as_int(sys_call5(__NR_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, number, 0, 0));
}

static bool keeps_capabilities(void)
{
    return sys_call5(__NR_prctl, PR_GET_KEEPCAPS, 0, 0, 0, 0) == 1;
}

/* capset(2) ignores what this kernel does not know, so it is asked first. */
static int check_known(uint64_t set)
{
    int known = 0;
    for (int number = 0; set != EVERY && known >= 0 && number < MOST_CAPABILITIES; number++)
        if (set & BIT(number))
            known = is_bounding(number);
    return known < 0 ? known : 0;
}

static uint64_t bounding_set(void)
{
    uint64_t set = 0;
    for (int number = 0; number < MOST_CAPABILITIES; number++)
        if (is_bounding(number) > 0)
            set |= BIT(number);
    return set;
}

/*
 * After setuid the kernel has cleared the effective set, and kept the permitted one if step_capability_keep() has asked
 * for it. Then what is permitted takes effect again, until step_capability_lower().
 */
static int read_usable_sets(struct capability_sets *sets)
{
    int error = read_sets(sets);
    if (error || !keeps_capabilities() || sets->effective == sets->permitted)
        return error;
    sets->effective = sets->permitted;
    return write_sets(sets);
}

/* Before setuid: else all capabilities are gone with the user 0, and no other one could get any of them. */
int step_capability_keep(void)
{
    return keeps_capabilities() ? 0 : as_int(sys_call5(__NR_prctl, PR_SET_KEEPCAPS, 1, 0, 0, 0));
}

/*
 * The hazard: a file with inheritable capabilities gives the program what is inheritable, beyond the bounding set. So
 * what leaves the one leaves the other (CVE-2022-24769), and the ambient set with it.
 */
int step_capability_bounding(uint64_t wanted)
{
    struct capability_sets sets;
    int error = check_known(wanted);
    if (!error)
        error = read_usable_sets(&sets);
    for (int number = 0; !error && wanted != EVERY && number < MOST_CAPABILITIES; number++) {
        int held = is_bounding(number);
        if (wanted & BIT(number) && held == 0)
            error = -EPERM; /* it can only lose some */
        else if (!(wanted & BIT(number)) && held > 0)
            error = as_int(sys_call5(__NR_prctl, PR_CAPBSET_DROP, number, 0, 0, 0));
    }
    if (error || !(sets.inheritable & ~wanted))
        return error;
    sets.inheritable &= wanted;
    return write_sets(&sets);
}

int step_capability_inheritable(uint64_t wanted)
{
    struct capability_sets sets;
    int error = check_known(wanted);
    if (!error)
        error = read_usable_sets(&sets);
    if (error)
        return error;
    sets.inheritable = wanted == EVERY ? sets.permitted & bounding_set() : wanted;
    return write_sets(&sets);
}

/* Only what is permitted and inheritable can be ambient. */
int step_capability_ambient(uint64_t wanted)
{
    struct capability_sets sets;
    int error = check_known(wanted);
    if (!error)
        error = read_usable_sets(&sets);
    if (error)
        return error;
    uint64_t ambient = wanted == EVERY ? sets.permitted & bounding_set() : wanted;
    sets.inheritable |= ambient;
    error = write_sets(&sets);
    if (!error)
        error = as_int(sys_call5(__NR_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
    for (int number = 0; !error && number < MOST_CAPABILITIES; number++)
        if (ambient & BIT(number))
            error = as_int(sys_call5(__NR_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0));
    return error;
}

/*
 * Leaves a child that is no longer root only what the program gets.
 *
 * The hazard: with all capabilities in effect, exec would succeed for a file that the new user may not even read.
 */
int step_capability_lower(void)
{
    struct capability_sets sets;
    if (!keeps_capabilities() || sys_call0(__NR_geteuid) == 0)
        return 0;
    int error = read_sets(&sets);
    if (error)
        return error;
    uint64_t ambient = 0;
    for (int number = 0; number < MOST_CAPABILITIES; number++)
        if (is_ambient(number) > 0)
            ambient |= BIT(number);
    sets.permitted &= ambient;
    sets.effective = sets.permitted;
    return write_sets(&sets);
}

/* NULL: a new one without a name, which only the child and its descendants have. */
int step_join_keyring(void)
{
    int keyring = as_int(sys_call2(__NR_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL));
    return keyring < 0 ? keyring : 0;
}
