/* The stimuli of a scenario, written as data: what is done to the daemon after its launch has settled, and what is
 * waited for after each. */
#ifndef OBSERVE_SCRIPT_H
#define OBSERVE_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/evidence.h"

/* To whom a signal is sent. */
enum script_whom {
	SCRIPT_MAIN,   /* the main process, as evidence_main says */
	SCRIPT_EVERY,  /* every process of the daemon: one step each */
	SCRIPT_GROUP,  /* every process that is still in the started process's group, as the terminal would */
	SCRIPT_WORKER, /* the first child of the main process that is not its launcher's; the declared one by name */
	SCRIPT_RAN,    /* the process that the RUN before started */
};

/* What ends a step. The bound is the script's; a state is taken then (ev_step.after). */
enum script_until {
	SCRIPT_AT_ONCE, /* nothing: the next step follows, no state is taken */
	SCRIPT_SETTLED, /* everything is at rest as after a launch, or gone */
	SCRIPT_TAKEN,   /* the signal has been taken: its target has run since, is gone, or can do nothing with it; no
	                   state */
	SCRIPT_GONE,    /* every process of the daemon has ended, and the command of a RUN too; or the bound */
	SCRIPT_RAN_OUT, /* the command of a RUN has ended, then as SETTLED */
	SCRIPT_REPLY,   /* the client's reply has ended, or its connection; then AT_ONCE */
	SCRIPT_WORKERS, /* as many live processes as before the step, and no zombie; or as SETTLED with the full
	                   patience */
	SCRIPT_LOG, /* the log's name is there again and no process holds the old file; or as SETTLED, full patience */
	SCRIPT_NOTICES, /* a READY=1 or STOPPING=1 has come since the step; or as SETTLED with the full patience */
};

struct script_step {
	enum ev_step_kind kind;
	enum script_whom whom;
	enum script_until until;
	int signal; /* SIGNAL; KEY: SIGINT, SIGQUIT or SIGTSTP for ^C, ^\ and ^Z */
	/* RUN: NULL for the candidate's own command, else NULL-ended. CONNECT: ["tcp 127.0.0.1:80"], or NULL for the
	 * socket that was passed (variation.listen). SEND, FINISH: [what to send]. RENAME: [from, to]. WRITE: [path,
	 * content]. */
	const char *const *arguments;
	bool empty_environment, no_terminal; /* RUN */
};

struct script {
	const struct script_step *steps;
	size_t n_steps;
	int64_t stop_within_us; /* bound of GONE and of every other wait but SETTLED's own rules */
};

/* What to do with births that are held back (variation.hold). */
struct script_hold {
	bool past_timers; /* an older process that waits on a timer has not come to rest: hold on, up to the bound;
	                     until the started process has ended, or one bound was reached */
	int64_t bound_us; /* give up holding after so long in one birth */
	int nth;          /* this birth, counted from 1, is not simply let go; 0: all are */
	int signal;       /* … but gets this signal first */
};

#endif
