/*
 * Reads a plan from standard input. `print` writes its steps and all of their data as JSON. `hostile` changes each word
 * and each byte of it to many others: whatever plan_open() lets through must lie within the plan, so all of it is read,
 * from a block that is exactly as large (a sanitizer sees a read past its end). Says how many changes were refused.
 */
#include "../../../csrc/core/fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 65536 };

static FILE *out;

static void print_words(const char *name, const uint32_t *lists, uint32_t count)
{
    fprintf(out, ",\"%s\":[", name);
    for (uint32_t n = 0; n < count; n++, lists = next_list(lists)) {
        fprintf(out, "%s[", n ? "," : "");
        for (uint32_t i = 0; i < *lists; i++)
            fprintf(out, "%s%u", i ? "," : "", lists[i + 1]);
        fprintf(out, "]");
    }
    fprintf(out, "]");
}

static void print_blobs(const uint32_t *blob, uint32_t count)
{
    fprintf(out, ",\"blobs\":[");
    for (uint32_t n = 0; n < count; n++, blob = next_blob(blob)) {
        fprintf(out, "%s\"", n ? "," : "");
        for (uint32_t i = 0; i < *blob; i++)
            fprintf(out, "%02x", ((const unsigned char *)(blob + 1))[i]);
        fprintf(out, "\"");
    }
    fprintf(out, "]");
}

static void print_step(const struct plan *plan, const struct plan_step *step)
{
    struct step_data data;
    unsigned fields = step_fields((enum plan_op)step->op);
    if (!find_step_data(plan->head, step, fields, &data))
        abort();
    fprintf(out, "{\"op\":%u,\"fd\":%d,\"arg\":%d,\"arg2\":%u,\"numbers\":[", step->op, step->fd, step->arg,
            step->arg2);
    uint32_t numbers = field_count(fields, FIELD_U64) + field_count(fields, FIELD_MAYBE_U64);
    for (uint32_t n = 0; n < numbers; n++)
        fprintf(out, "%s\"%llu\"", n ? "," : "", (unsigned long long)data.numbers[n]);
    fprintf(out, "]");
    print_words("lists", data.lists, field_count(fields, FIELD_LIST));
    print_blobs(data.blobs, field_count(fields, FIELD_BLOB));
    fprintf(out, ",\"strings\":[");
    const char *string = data.strings;
    for (uint32_t n = 0; n < field_count(fields, FIELD_STRING); n++, string = next_string(string))
        fprintf(out, "%s\"%s\"", n ? "," : "", string);
    fprintf(out, "]}");
}

static void print_plan(const struct plan *plan)
{
    fprintf(out, "[");
    for (uint32_t i = 0; i < plan->head->step_count; i++) {
        fprintf(out, i ? ",\n" : "\n");
        print_step(plan, &plan->steps[i]);
    }
    fprintf(out, "]\n");
}

/* 1 if it is refused. */
static int try_changed(const char *bytes, size_t size, size_t at, const void *change, size_t change_size)
{
    struct plan plan;
    char *copy = malloc(size);
    if (!copy)
        abort();
    memcpy(copy, bytes, size);
    memcpy(copy + at, change, change_size);
    int error = plan_open(copy, size, &plan);
    if (!error)
        print_plan(&plan);
    free(copy);
    return error != 0;
}

static int try_words(const char *bytes, size_t size)
{
    int refused = 0;
    uint32_t argv = ((const struct plan_head *)bytes)->argv;
    for (size_t at = 0; at + 4 <= size; at += 4) {
        uint32_t before;
        memcpy(&before, bytes + at, sizeof before);
        const uint32_t words[] = {0,
                                  1,
                                  2,
                                  (uint32_t)size,
                                  argv,
                                  argv - 1,
                                  argv / 8 * 8,
                                  argv / 8 * 8 - 8,
                                  before + 1,
                                  before - 1,
                                  before + 8,
                                  before - 8,
                                  0x3fffffff,
                                  0x40000000,
                                  0x7fffffff,
                                  0x80000000,
                                  UINT32_MAX - 3 - 4,
                                  UINT32_MAX};
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            refused += try_changed(bytes, size, at, &words[i], sizeof words[i]);
    }
    return refused;
}

static int try_bytes(const char *bytes, size_t size)
{
    int refused = 0;
    for (size_t at = 0; at < size; at++) {
        for (int bit = 1; bit < 256; bit <<= 1) {
            char changed = (char)(bytes[at] ^ bit);
            refused += try_changed(bytes, size, at, &changed, 1);
        }
    }
    return refused;
}

int main(int argc, char **argv)
{
    static _Alignas(8) char bytes[MOST];
    struct plan plan;
    size_t size = fread(bytes, 1, sizeof bytes, stdin);
    if (argc < 2 || plan_open(bytes, size, &plan) != 0) {
        fprintf(stderr, "the plan is refused\n");
        return 1;
    }
    if (strcmp(argv[1], "print") == 0) {
        out = stdout;
        print_plan(&plan);
        return 0;
    }
    out = fopen("/dev/null", "w");
    if (!out)
        return 1;
    int words = try_words(bytes, size);
    printf("%d %d\n", words, try_bytes(bytes, size));
    return 0;
}
