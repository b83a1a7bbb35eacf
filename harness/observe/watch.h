/* The state of one watch, shared by the files of this folder. */
#ifndef OBSERVE_WATCH_H
#define OBSERVE_WATCH_H

#include "observe/collect.h"
#include "observe/observe.h"
#include "observe/output.h"

struct watch {
	const struct observe_plan *plan;
	struct evidence *evidence;
	struct observe_times *times;
	struct error *error;
	struct output output;
	struct pids_scope scope;
	struct collect look;
	bool started;      /* the candidate's process is there */
	bool not_executed; /* … but could not become the command */
	bool returned;
	uint64_t exits; /* ends of processes that init reported */
	int failure;    /* -errno: the harness cannot go on */
};

/* Takes what the inside and the terminal have to say, waiting at most until UNTIL_US (CLOCK_MONOTONIC) for the first of
 * it. */
void events_take(struct watch *watch, int64_t until_us);

/* Watches until the verdicts can stand, or the deadline. 0 or -errno. */
int settle_watch(struct watch *watch);

#endif
