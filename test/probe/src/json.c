#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void append(struct json *json, const char *bytes, size_t length)
{
    if (json->length + length + 1 > json->capacity) {
        json->capacity = (json->length + length + 1) * 2;
        json->text = realloc(json->text, json->capacity);
        if (json->text == NULL)
            abort();
    }
    memcpy(json->text + json->length, bytes, length);
    json->length += length;
    json->text[json->length] = '\0';
}

static void append_text(struct json *json, const char *text)
{
    append(json, text, strlen(text));
}

static void append_quoted(struct json *json, const char *value)
{
    append(json, "\"", 1);
    for (const unsigned char *byte = (const unsigned char *)value; *byte != '\0'; byte++) {
        char escaped[8];
        int length;
        if (*byte < 0x20 || *byte > 0x7e || *byte == '"' || *byte == '\\')
            length = snprintf(escaped, sizeof escaped, "\\u%04x", *byte);
        else
            length = snprintf(escaped, sizeof escaped, "%c", *byte);
        append(json, escaped, (size_t)length);
    }
    append(json, "\"", 1);
}

static void begin_value(struct json *json, const char *key)
{
    if (json->needs_comma)
        append(json, ",", 1);
    json->needs_comma = true;
    if (key != NULL) {
        append_quoted(json, key);
        append(json, ":", 1);
    }
}

void json_open(struct json *json, const char *key, char bracket)
{
    begin_value(json, key);
    append(json, &bracket, 1);
    json->needs_comma = false;
}

void json_close(struct json *json, char bracket)
{
    append(json, &bracket, 1);
    json->needs_comma = true;
}

void json_string(struct json *json, const char *key, const char *value)
{
    begin_value(json, key);
    append_quoted(json, value);
}

void json_integer(struct json *json, const char *key, long long value)
{
    char digits[32];
    begin_value(json, key);
    snprintf(digits, sizeof digits, "%lld", value);
    append_text(json, digits);
}

void json_boolean(struct json *json, const char *key, bool value)
{
    begin_value(json, key);
    append_text(json, value ? "true" : "false");
}

void json_null(struct json *json, const char *key)
{
    begin_value(json, key);
    append_text(json, "null");
}
