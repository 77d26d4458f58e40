/* A growable text in which the probe writes its JSON. Out of memory ends the program: a probe that cannot
 * report must not look like one that did. */
#ifndef FORKLESS_PROBE_JSON_H
#define FORKLESS_PROBE_JSON_H

#include <stdbool.h>
#include <stddef.h>

struct json {
    char *text;
    size_t length;
    size_t capacity;
    bool needs_comma;
};

void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);

/* key is NULL inside an array. Bytes beyond ASCII become \u00XX, so that JSON.parse yields latin1: one
 * character for each byte, whatever the bytes are. */
void json_string(struct json *json, const char *key, const char *value);
void json_integer(struct json *json, const char *key, long long value);
void json_boolean(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

#endif
