/* The read ends of the candidate's standard output and error where those are pipes. */
#ifndef OBSERVE_PIPES_H
#define OBSERVE_PIPES_H

#include <stdbool.h>

#include "evidence/evidence.h"

enum { PIPES = 2 };

struct pipes {
	int fds[PIPES]; /* -1: there is none, or it has ended */
};

struct watch;

/* Takes the read end of standard output (INDEX 0) or error (1) over and writes the pipe down, also as a plant, so that
 * whoever holds it is told. 0 or -ENOMEM. */
int pipes_take(struct watch *watch, int index, int fd, const struct ev_file *file);

/* Empties a pipe without blocking, a bounded amount at a time. */
void pipes_serve(struct watch *watch, int index);

/* Nobody can write any more, or there are no pipes. */
bool pipes_ended(const struct pipes *pipes);

void pipes_close(struct pipes *pipes);

#endif
