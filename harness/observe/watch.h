/* The state of one watch, shared by the files of this folder. */
#ifndef OBSERVE_WATCH_H
#define OBSERVE_WATCH_H

#include "observe/client.h"
#include "observe/collect.h"
#include "observe/command.h"
#include "observe/hold.h"
#include "observe/notices.h"
#include "observe/observe.h"
#include "observe/output.h"
#include "observe/pidfile_watch.h"
#include "observe/pipes.h"

/* The command of the last RUN. */
struct watch_ran {
	bool starting; /* it was asked for: the next answer tells its pid */
	bool awaited;  /* its own end is no end of the daemon */
	int pid;       /* 0: none was started */
	bool ended;
	int status;       /* as wait(2) gives it */
	int error_number; /* it could not be executed */
	int64_t at_us;    /* when it ended, CLOCK_MONOTONIC */
};

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
	bool counting;   /* the leader counts calls */
	uint64_t exits;  /* ends of processes that init reported */
	int64_t last_us; /* when the last process that was reaped had ended, CLOCK_MONOTONIC */
	int failure;     /* -errno: the harness cannot go on */
	bool stepping;   /* the launch has settled: the script is at work */
	bool hanging_up; /* the session leader ends by our will */
	bool leader_gone;
	uint64_t urgent;    /* counts what the next look should not wait for */
	uint64_t signalled; /* what the stranger got */
	struct commands commands;
	struct watch_ran ran;
	struct hold hold;
	struct client client;
	struct pipes pipes;
	struct notices notices;
	struct pidfile_watch pidfile;
};

/* Takes what the inside and the terminal have to say, waiting at most until UNTIL_US (CLOCK_MONOTONIC) for the first of
 * it. */
void events_take(struct watch *watch, int64_t until_us);

/* Takes all messages that are there. */
void messages_take(struct watch *watch);

/* The harness cannot go on: the first reason stands. */
void watch_fail(struct watch *watch, int status, const char *what);

/* A moment of CLOCK_MONOTONIC as the evidence counts it; 0 stays 0. */
int64_t watch_since(const struct watch *watch, int64_t at_us);

/* Watches until the verdicts can stand, or the deadline. 0 or -errno. */
int settle_watch(struct watch *watch);

/* Does the script's steps. 0 or -errno. */
int script_run(struct watch *watch);

#endif
