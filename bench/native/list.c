#include "host.h"
#include <stdio.h>
#include <stdlib.h>

void append(struct list *list, double value)
{
    if (list->count == list->room) {
        list->room = list->room ? 2 * list->room : 64;
        double *grown = realloc(list->values, list->room * sizeof *list->values);
        if (!grown)
            fail("realloc");
        list->values = grown;
    }
    list->values[list->count++] = value;
}

void print_list(const char *name, const struct list *list)
{
    printf("\"%s\":[", name);
    for (size_t i = 0; i < list->count; i++)
        printf("%s%.2f", i ? "," : "", list->values[i]);
    printf("]");
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

double middle(struct list *list)
{
    qsort(list->values, list->count, sizeof *list->values, compare);
    return list->values[list->count / 2];
}
