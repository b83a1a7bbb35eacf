/* Watching the name of the declared pid file from before the start on: whether a reader could have found it empty or
 * half written. */
#ifndef OBSERVE_PIDFILE_WATCH_H
#define OBSERVE_PIDFILE_WATCH_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/evidence.h"
#include "sandbox/sandbox.h"

struct pidfile_watch {
	int fd;           /* inotify, not owned; -1: nothing is watched */
	int directory;    /* the watch descriptor */
	int64_t since_us; /* CLOCK_MONOTONIC */
	int root;         /* directory of all paths; the sandbox's */
	char path[PATH_MAX];
	const char *name; /* within it */
	bool created;     /* made in place, not moved or linked there, and nothing written yet */
	bool unfinished;  /* the last look found this beginning of a line */
	char beginning[64];
	size_t length;
};

/* Begins to watch where the file is declared and its directory is there. */
void pidfile_watch_begin(const struct sandbox *sandbox, const char *path, struct pidfile_watch *ret_watch);

/* The watch goes on in another place. */
void pidfile_watch_take_over(const struct pidfile_watch *from, struct pidfile_watch *ret_watch);

/* The candidate starts at AT_US: what happened before was our own doing. */
void pidfile_watch_started(struct pidfile_watch *watch, int64_t at_us, struct ev_pidfile *pidfile);

/* Takes what has happened so far. */
void pidfile_watch_take(struct pidfile_watch *watch, struct ev_pidfile *pidfile);

void pidfile_watch_end(struct pidfile_watch *watch);

#endif
