/* What the kernel knows of a thread, and of the calling one, that /proc does not tell. */
#ifndef FORKLESS_FACTS_H
#define FORKLESS_FACTS_H

#include <stddef.h>

/* Each writes "name=value" words into `text`. Of what the kernel does not have, the value is an errno. */
void thread_facts(int thread, char *text, size_t size);
void caller_facts(char *text, size_t size);

#endif
