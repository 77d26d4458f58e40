/* The rules at the head of child.c apply: the runner decodes its plan with this. */
#include "cobs.h"

enum { LONGEST_RUN = 255 /* with the byte that counts it */ };

char *cobs_encode(const char *bytes, size_t size, char *string)
{
    char *count = string++;
    unsigned run = 1;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i]) {
            *string++ = bytes[i];
            run++;
        }
        if (!bytes[i] || run == LONGEST_RUN) {
            *count = (char)run;
            count = string++;
            run = 1;
        }
    }
    *count = (char)run;
    *string++ = 0;
    return string;
}

/* The last run is followed by no NUL. */
char *cobs_decode(const char *string, char *bytes)
{
    for (;;) {
        unsigned run = (unsigned char)*string++;
        for (unsigned i = 1; i < run; i++)
            *bytes++ = *string++;
        if (*string == 0)
            return bytes;
        if (run != LONGEST_RUN)
            *bytes++ = 0;
    }
}
