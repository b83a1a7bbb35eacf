/* Draining pipes; what they held is counted, not kept. */
#include "observe/pipes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "observe/watch.h"

enum { DRAIN_ROUNDS = 16 };

int pipes_take(struct watch *watch, int index, int fd, const struct ev_file *file)
{
	struct ev_launch *launch = &watch->evidence->launch;
	struct ev_start *start = &watch->evidence->start;
	struct ev_plant *plants = realloc(start->plants, (start->n_plants + 1) * sizeof(plants[0]));
	struct ev_pipe *pipes = realloc(launch->pipes, (launch->n_pipes + 1) * sizeof(pipes[0]));

	if (plants)
		start->plants = plants;
	if (pipes)
		launch->pipes = pipes;
	if (!plants || !pipes)
		return -ENOMEM;
	plants[start->n_plants++] =
	    (struct ev_plant){.number = index + 1, .device = file->device, .inode = file->inode};
	pipes[launch->n_pipes++] = (struct ev_pipe){.number = index + 1, .eof_us = -1};
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	watch->pipes.fds[index] = fd;
	return 0;
}

static struct ev_pipe *record_of(struct watch *watch, int index)
{
	struct ev_launch *launch = &watch->evidence->launch;

	for (size_t i = 0; i < launch->n_pipes; i++)
		if (launch->pipes[i].number == index + 1)
			return &launch->pipes[i];
	return NULL;
}

void pipes_serve(struct watch *watch, int index)
{
	struct ev_pipe *record = record_of(watch, index);
	char bytes[4096];

	for (int round = 0; round < DRAIN_ROUNDS && record && watch->pipes.fds[index] >= 0; round++) {
		ssize_t length = read(watch->pipes.fds[index], bytes, sizeof(bytes));

		if (length < 0)
			return;
		if (length == 0) {
			record->eof_us = watch_since(watch, clock_now_us());
			(void)close(watch->pipes.fds[index]);
			watch->pipes.fds[index] = -1;
			return;
		}
		record->total += (uint64_t)length;
	}
}

bool pipes_ended(const struct pipes *pipes)
{
	return pipes->fds[0] < 0 && pipes->fds[1] < 0;
}

void pipes_close(struct pipes *pipes)
{
	for (int i = 0; i < PIPES; i++) {
		if (pipes->fds[i] >= 0)
			(void)close(pipes->fds[i]);
		pipes->fds[i] = -1;
	}
}
