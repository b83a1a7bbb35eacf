/* Watching one launch until it has settled, and writing down what was seen. */
#ifndef OBSERVE_OBSERVE_H
#define OBSERVE_OBSERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "evidence/evidence.h"
#include "observe/pidfile_watch.h"
#include "observe/script.h"
#include "sandbox/sandbox.h"

struct observe_times {
	int64_t started_us;  /* the command was executed, CLOCK_MONOTONIC */
	int64_t returned_us; /* the started process ended; 0: it did not */
	int64_t settled_us;  /* the last snapshot was proven */
	int64_t read_us;     /* spent on reading snapshots */
	int64_t judge_us;    /* spent in `judge` */
};

/* What the settled state is worth, as the caller judges it. */
struct observe_opinion {
	bool pending;       /* something does not hold yet that time could still mend */
	uint64_t signature; /* equal for equal verdicts */
};

struct observe_plan {
	struct sandbox *sandbox;
	const char *tree;     /* the sandbox's lower tree */
	const char *sentinel; /* the leader's */
	int64_t deadline_us;  /* CLOCK_MONOTONIC */
	int64_t patience_us;
	/* Called on every consistent snapshot. NULL: nothing is read, the first settled state ends the watch. */
	int (*judge)(struct evidence *evidence, struct observe_opinion *ret_opinion, void *data);
	void *judge_data;
	struct script script; /* done after the launch has settled with something of the daemon alive */
	struct script_hold hold;
	bool stays; /* it is known to stay in the foreground: it need not be waited for whether it returns */
	struct pidfile_watch *pidfile_watch; /* begun before the leader did anything; NULL: there is none */
	/* What is declared, and the listeners of the clean launch: top of the evidence. For the worker's name, the log,
	 * and ev_notice.listening. NULL: nothing. */
	const struct evidence *top;
};

/* The evidence comes with what the caller knows of the start (command, umask, plants, markers, declared pid file and
 * user) and is filled with everything else. On return everything still runs: the caller ends the sandbox. 0 or -errno
 * where the harness failed; whatever a candidate does is evidence. */
int observe_launch(const struct observe_plan *plan, struct evidence *evidence, struct observe_times *ret_times,
                   struct error *error);

#endif
