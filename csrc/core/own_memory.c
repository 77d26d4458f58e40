/* The rules at the head of child.c apply: this code runs in memory that a running parent may share. */
#include "own_memory.h"
#include "fields.h"

#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/prctl.h>

/* Whoever starts the file by hand, or with another version's arguments, must not get anything done. */
static const char title[] = "forkless-runner";

enum { HEX_DIGITS = 16 };

/* ---- the name ------------------------------------------------------------------------------------------------- */

/* Longer numbers are cut off. The parent takes what it cannot read for the step `own-memory`. */
int own_memory_take_name(const char *nonce, int32_t place)
{
    char name[PROCESS_NAME_SIZE], digits[12];
    int at = 0, count = 0;
    uint32_t rest = place < 0 ? 0u - (uint32_t)place : (uint32_t)place;
    name[at++] = '/';
    for (int i = 0; i < NONCE_SIZE; i++)
        name[at++] = nonce[i];
    name[at++] = ':';
    if (place < 0)
        name[at++] = '-';
    do
        digits[count++] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    while (count > 0 && at < PROCESS_NAME_SIZE - 1)
        name[at++] = digits[--count];
    name[at] = 0;
    return as_int(sys_call2(__NR_prctl, PR_SET_NAME, name));
}

/* ---- argv[0] -------------------------------------------------------------------------------------------------- */

static char *put_text(char *at, const char *text)
{
    while (*text)
        *at++ = *text++;
    return at;
}

static char *put_number(char *at, uint64_t number)
{
    *at++ = ' ';
    for (int shift = 4 * (HEX_DIGITS - 1); shift >= 0; shift -= 4)
        *at++ = (char)((number >> shift & 15) < 10 ? '0' + (number >> shift & 15) : 'a' - 10 + (number >> shift & 15));
    return at;
}

static uint64_t two_numbers(uint32_t high, uint32_t low)
{
    return (uint64_t)high << 32 | low;
}

static uint64_t nonce_as_number(const char *nonce)
{
    uint64_t number = 0;
    for (int i = 0; i < NONCE_SIZE; i++)
        number = number << 8 | (unsigned char)nonce[i];
    return number;
}

static void write_handover(char *at, const struct handover *over)
{
    at = put_text(at, title);
    at = put_number(at, PLAN_LAYOUT);
    at = put_number(at, two_numbers((uint32_t)over->report, over->step));
    at = put_number(at, two_numbers(over->parts, (uint32_t)over->parent));
    at = put_number(at, (uint32_t)over->program);
    at = put_number(at, over->caller_mask);
    at = put_number(at, over->carried);
    at = put_number(at, nonce_as_number(over->nonce));
    at = put_number(at, over->capabilities.effective);
    at = put_number(at, over->capabilities.permitted);
    at = put_number(at, over->capabilities.inheritable);
    *at = 0;
}

static bool take_text(const char **at, const char *text)
{
    while (*text)
        if (*(*at)++ != *text++)
            return false;
    return true;
}

static bool take_number(const char **at, uint64_t *number)
{
    *number = 0;
    if (*(*at)++ != ' ')
        return false;
    for (int i = 0; i < HEX_DIGITS; i++) {
        unsigned digit = (unsigned char)*(*at)++;
        bool is_letter = digit >= 'a' && digit <= 'f';
        if (!is_letter && (digit < '0' || digit > '9'))
            return false;
        *number = *number << 4 | (is_letter ? digit - 'a' + 10 : digit - '0');
    }
    return true;
}

static bool take_two(const char **at, uint32_t *high, uint32_t *low)
{
    uint64_t number;
    bool is_there = take_number(at, &number);
    *high = (uint32_t)(number >> 32);
    *low = (uint32_t)number;
    return is_there;
}

bool own_memory_read_handover(const char *at, struct handover *over)
{
    uint64_t layout, nonce, program;
    uint32_t report, parent;
    if (!take_text(&at, title) || !take_number(&at, &layout) || layout != PLAN_LAYOUT)
        return false;
    if (!take_two(&at, &report, &over->step) || !take_two(&at, &over->parts, &parent) || !take_number(&at, &program) ||
        !take_number(&at, &over->caller_mask) || !take_number(&at, &over->carried) || !take_number(&at, &nonce) ||
        !take_number(&at, &over->capabilities.effective) || !take_number(&at, &over->capabilities.permitted) ||
        !take_number(&at, &over->capabilities.inheritable) || *at != 0)
        return false;
    over->report = (int32_t)report;
    over->parent = (int32_t)parent;
    over->program = (int32_t)program;
    for (int i = NONCE_SIZE - 1; i >= 0; i--, nonce >>= 8)
        over->nonce[i] = (char)nonce;
    return true;
}

/* ---- exec ----------------------------------------------------------------------------------------------------- */

/*
 * Exec closes what is close-on-exec, and later steps may read such descriptors. So their flag is cleared, and the
 * runner sets it again. A step that reads a closed number fails in the runner, as it would here.
 */
static int carry_descriptors(const struct plan *plan, uint32_t first, const struct child_state *child,
                             uint64_t *carried)
{
    *carried = 0;
    for (uint32_t i = first; i < plan->head->step_count; i++) {
        const struct plan_step *step = &plan->steps[i];
        if (!reads_descriptor(step) || report_check_source(child, step->fd))
            continue;
        int flags = as_int(sys_call2(__NR_fcntl, step->fd, F_GETFD));
        if (flags < 0 || !(flags & FD_CLOEXEC))
            continue;
        if (i - first >= MOST_CARRIED)
            return -EINVAL;
        int error = as_int(sys_call3(__NR_fcntl, step->fd, F_SETFD, 0));
        if (error)
            return error;
        *carried |= 1ull << (i - first);
    }
    return 0;
}

/*
 * The identity is compared because other code may have closed the number just before the clone, and opened another file
 * there, which must not be executed.
 */
int own_memory_enter(const struct own_memory *own, const struct plan *plan, const struct child_state *child,
                     uint64_t caller_mask, int32_t parent, const char *const *envp)
{
    struct handover over;
    over.report = child->report;
    over.step = (uint32_t)own->step;
    over.parts = own->parts;
    over.parent = parent;
    over.program = child->program;
    over.caller_mask = caller_mask;
    for (int i = 0; i < NONCE_SIZE; i++)
        over.nonce[i] = own->nonce[i];
    over.capabilities = own->capabilities;
    int error = carry_descriptors(plan, over.step + 1, child, &over.carried);
    if (!error)
        error = as_int(sys_call3(__NR_fcntl, child->report, F_SETFD, 0));
    if (!error && child->program >= 0)
        error = as_int(sys_call3(__NR_fcntl, child->program, F_SETFD, 0));
    if (error)
        return error;
    write_handover(own->handover, &over);
    if (!is_open_on(child->runner, &own->identity))
        return -EBADF;
    return as_int(sys_call5(__NR_execveat, child->runner, "", own->argv, envp, AT_EMPTY_PATH));
}
