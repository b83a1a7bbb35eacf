/* Threads that a signal has stopped under a tracer: to look at they are as those that the tracer stops for a moment,
 * but these stay. */
#ifndef OBSERVE_STOPPED_H
#define OBSERVE_STOPPED_H

#include <stdbool.h>
#include <stddef.h>

struct stopped {
	int *tids;
	size_t count;
};

bool stopped_has(const struct stopped *stopped, int tid);

/* 0 or -ENOMEM. */
int stopped_add(struct stopped *stopped, int tid);
void stopped_remove(struct stopped *stopped, int tid);

void stopped_free(struct stopped *stopped);

#endif
