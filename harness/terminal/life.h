/* The session leader's state, shared by the files of this folder that run in its process. */
#ifndef TERMINAL_LIFE_H
#define TERMINAL_LIFE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "sandbox/message.h"
#include "sandbox/sandbox.h"
#include "terminal/count.h"
#include "terminal/hold.h"
#include "terminal/leader.h"
#include "terminal/passed.h"
#include "terminal/trace.h"

struct leader {
	const struct leader_plan *plan;
	enum sandbox_level level;
	int report;
	int signals;            /* tells of SIGCHLD */
	int null;               /* the device, whatever the variation leaves of its path */
	int master;             /* of the candidate's terminal; -1 once the harness has it */
	int slave;              /* the candidate's terminal: standard output, or one of its own */
	int sentinel;           /* the candidate's terminal, to write to without waiting */
	const char *directory;  /* the start directory */
	char own_directory[32]; /* … where it is made for the launch */
	bool unmounted;         /* it was a mount of ours, and is no more */
	pid_t candidate;
	bool returned; /* the candidate has been reaped */
	pid_t stranger;
	struct passed passed;
	struct trace trace;
	struct hold hold;
	struct count count;
};

/* Sends MESSAGE_FAILED and ends the process. */
void life_fail(int report, const struct error *error) __attribute__((noreturn));

/* The candidate has ended and waits to be reaped: takes down what can be seen at this instant, reaps it and reports. */
void life_returned(struct leader *leader);

/* Hands on what was sent to NOTIFY_SOCKET. */
void life_notices(const struct leader *leader);

/* Carries out what the harness has asked for so far. */
void life_obey(struct leader *leader);

#endif
