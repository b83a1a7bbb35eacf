/* The scenarios as data: one row a launch, under which fingerprints it starts and what is done to it then. */
#ifndef ENGINE_SCENARIOS_H
#define ENGINE_SCENARIOS_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/evidence.h"
#include "observe/script.h"
#include "terminal/variation.h"

/* Signals that are known only when the candidate is: in struct scenario_step.signal. */
enum { SCENARIO_STOP_SIGNAL = -1, SCENARIO_RELOAD_SIGNAL = -2, SCENARIO_LOG_SIGNAL = -3, SCENARIO_VARIANT_SIGNAL = -4 };

/* Arguments of a step that are known only then. */
enum scenario_arguments {
	SCENARIO_NO_ARGUMENTS,
	SCENARIO_ADDRESS,    /* CONNECT: of the declared request, else of the first TCP listener that was seen */
	SCENARIO_PASSED,     /* CONNECT: of the socket that was passed */
	SCENARIO_FIRST_PART, /* SEND: the first part of the declared request */
	SCENARIO_REST,       /* FINISH: the rest of it */
	SCENARIO_WHOLE,      /* FINISH: all of it */
	SCENARIO_LOG,        /* RENAME: the declared log */
	SCENARIO_BREAK,      /* WRITE: the declared broken configuration */
	SCENARIO_ACTION,     /* RUN: the init script with the action `action` */
	SCENARIO_PROGRAM,    /* RENAME: the program that the main process executes */
};

struct scenario_step {
	enum ev_step_kind kind;
	enum script_until until;
	enum script_whom whom;
	int signal;
	enum scenario_arguments arguments;
	const char *action;
	unsigned int needs; /* the step is left out where this is not met */
	bool bare;          /* RUN: no environment and no terminal */
};

/* What must be known or declared for the launch to make sense: a set. What is missing is the reason why it is not done.
 */
enum scenario_need {
	SCENARIO_NEEDS_RETURN = 1 << 0,       /* it forks away */
	SCENARIO_NEEDS_STAY = 1 << 1,         /* it stays in the foreground */
	SCENARIO_NEEDS_PIDFILE = 1 << 2,      /* a pid file is declared */
	SCENARIO_NEEDS_PORT = 1 << 3,         /* it listens on a fixed port, TCP or UDP */
	SCENARIO_NEEDS_TCP = 1 << 4,          /* it listens on a TCP address */
	SCENARIO_NEEDS_WORKER = 1 << 5,       /* its main process has a child */
	SCENARIO_NEEDS_RELOAD = 1 << 6,       /* a reload signal is declared */
	SCENARIO_NEEDS_BREAK = 1 << 7,        /* a broken configuration is declared */
	SCENARIO_NEEDS_LOG = 1 << 8,          /* a log and its signal are declared */
	SCENARIO_NEEDS_REQUEST = 1 << 9,      /* a request is declared */
	SCENARIO_NEEDS_NOTIFY = 1 << 10,      /* it is declared to notify */
	SCENARIO_NEEDS_SOCKETS = 1 << 11,     /* it is declared to take sockets */
	SCENARIO_NEEDS_S6 = 1 << 12,          /* it is declared to write a newline */
	SCENARIO_NEEDS_INIT_SCRIPT = 1 << 13, /* the command is an init script's start */
	SCENARIO_NEEDS_NO_ROOT = 1 << 14,     /* root may read everything */
	SCENARIO_NEEDS_BIRTH = 1 << 15,       /* which birth becomes the main process: after HELD */
};

struct scenario {
	enum ev_scenario id;
	int variant;
	unsigned int needs;
	struct variation variation;
	struct script_hold hold;
	bool kills_birth; /* hold.nth is the birth of the main process, and hold.signal may be SCENARIO_STOP_SIGNAL */
	bool other_umask; /* `umask` in place of the usual one */
	unsigned int umask;
	bool empty_environment;
	bool no_plants;    /* descriptors of the harness would be in the way of those that are passed */
	const char *stale; /* the content of a pid file that is there at the start */
	const struct scenario_step *steps;
	size_t n_steps;
	unsigned int times;               /* the step list is done so often */
	const struct scenario_step *last; /* … and then these */
	size_t n_last;
};

extern const struct scenario SCENARIOS[];
extern const size_t N_SCENARIOS;

/* How often what is a race is repeated. */
enum { SCENARIO_AGAIN = 2, SCENARIO_AGAIN_THOROUGH = 10, SCENARIO_RACES = 3, SCENARIO_RACES_THOROUGH = 20 };

#endif
