/* Threads that a signal has stopped under a tracer. */
#include "observe/stopped.h"

#include <errno.h>
#include <stdlib.h>

static int *find(const struct stopped *stopped, int tid)
{
	for (size_t i = 0; i < stopped->count; i++) {
		if (stopped->tids[i] == tid)
			return &stopped->tids[i];
	}
	return NULL;
}

bool stopped_has(const struct stopped *stopped, int tid)
{
	return find(stopped, tid) != NULL;
}

int stopped_add(struct stopped *stopped, int tid)
{
	int *grown;

	if (stopped_has(stopped, tid))
		return 0;
	grown = realloc(stopped->tids, (stopped->count + 1) * sizeof(grown[0]));
	if (!grown)
		return -ENOMEM;
	stopped->tids = grown;
	grown[stopped->count++] = tid;
	return 0;
}

void stopped_remove(struct stopped *stopped, int tid)
{
	int *at = find(stopped, tid);

	if (at)
		*at = stopped->tids[--stopped->count];
}

void stopped_free(struct stopped *stopped)
{
	free(stopped->tids);
	*stopped = (struct stopped){0};
}
