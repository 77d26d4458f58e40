/*
 * The C contenders in one process: host BYTES DESCRIPTORS. Says {"resident", "descriptors"}, then answers each line of
 * standard input, "TASK ARGUMENT...", with one line of JSON. The other hosts speak the same.
 */
#include "host.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ARGUMENTS = 6 };

static void answer(char *line)
{
    char *words[MAX_ARGUMENTS] = {0}, *rest = NULL;
    size_t count = 0;
    for (char *word = strtok_r(line, " \n", &rest); word && count < MAX_ARGUMENTS; word = strtok_r(NULL, " \n", &rest))
        words[count++] = word;
    if (count == 5 && strcmp(words[0], "one") == 0)
        run_one(words[1], strtod(words[2], NULL), strtol(words[3], NULL, 10), strtod(words[4], NULL));
    else if (count == 3 && strcmp(words[0], "time") == 0)
        run_time(find_way(words[1]), words[2]);
    else if (count == 3 && strcmp(words[0], "burst") == 0)
        run_burst(find_way(words[1]), strtol(words[2], NULL, 10));
    else if (count == 4 && strcmp(words[0], "rate") == 0)
        run_rate(find_way(words[1]), strtol(words[2], NULL, 10), strtod(words[3], NULL));
    else if (count == 4 && strcmp(words[0], "live") == 0)
        run_live(find_way(words[1]), words[2], strtol(words[3], NULL, 10));
    else
        fail("no such task");
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t room = 0;
    if (argc != 3)
        fail("host BYTES DESCRIPTORS");
    open_nothing();
    occupy(strtol(argv[1], NULL, 10), strtol(argv[2], NULL, 10));
    printf("{\"resident\":%ld,\"descriptors\":%ld}\n", resident(), open_descriptors());
    fflush(stdout);
    while (getline(&line, &room, stdin) > 0) {
        answer(line);
        fflush(stdout);
    }
    free(line);
    return 0;
}
