/* Births held back: the launched process is traced with all its descendants, so that each new process stops before its
 * first instruction until it is let go, and everything can be stopped in the instant in which the launched process
 * ends. All else that tracing stops goes on at once, as if untraced. ptrace(2). */
#ifndef TERMINAL_HOLD_H
#define TERMINAL_HOLD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct leader;

struct hold {
	uint64_t n_births;       /* processes, so far */
	pid_t ending;            /* the launched process's last thread, stopped on its way out; 0: not yet */
	bool frozen;             /* nothing is let go on */
	bool told;               /* MESSAGE_ENDING was sent */
	int64_t freeze_until_us; /* what has not stopped by then is not waited for */
};

/* Traces the launched process, which waits for that. */
int hold_seize(struct leader *leader, pid_t pid, struct error *error);

/* A traced thread stopped, with that status of wait(2). */
void hold_stopped(struct leader *leader, pid_t tid, int status);

/* A traced thread has ended, and is in the table no more. */
void hold_ended(struct leader *leader);

/* How long poll(2) may wait; and what is due when the time has come. */
int hold_timeout_ms(const struct hold *hold);
void hold_due(struct leader *leader);

/* LEADER_RELEASE and LEADER_GO: 0 or -errno. */
int hold_release(struct leader *leader, pid_t pid, int signal);
int hold_go(struct leader *leader);

/* The launched process has ended and been looked at. */
void hold_returned(struct leader *leader);

#endif
