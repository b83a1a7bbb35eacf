/* The terminal and its session leader: a process that stands inside the sandbox for the person at a terminal. It owns a
 * pty as its controlling terminal, starts the candidate as a shell with job control does (own process group, in the
 * foreground), takes the terminal back when the started process has ended, and stays alive: where a candidate is itself
 * the session leader, correct daemons lose a race with the kernel's SIGHUP and faulty ones lose the terminal that they
 * should have left. */
#ifndef TERMINAL_LEADER_H
#define TERMINAL_LEADER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "evidence/evidence.h"
#include "sandbox/message.h"
#include "sandbox/sandbox.h"
#include "terminal/look.h"

enum { LEADER_SENTINEL_SIZE = 33 };

/* A descriptor that the candidate finds open under a number where no shell leaves one. */
struct leader_plant {
	int number, fd;
};

struct leader_plan {
	char *const *argv, *const *environment; /* NULL-ended */
	const char *directory;                  /* where to start; overridden by the sandbox's start directory */
	const char *pidfile;                    /* looked at in the instant of the return; NULL: none */
	mode_t umask;
	const struct leader_plant *plants;
	size_t n_plants;
	char sentinel[LEADER_SENTINEL_SIZE]; /* written to the terminal between the return and everything later */
};

/* Payload of MESSAGE_STARTED; the pty's master comes along. The candidate is the message's pid. */
struct leader_started {
	int leader;
	uint32_t uid, gid;      /* as the candidate starts */
	uint64_t cap_effective; /* what execve leaves to the candidate: all of it to root, nothing to others */
	struct ev_file terminal, directory;
	char path[MESSAGE_PAYLOAD_MAX / 2]; /* of the start directory */
};

/* Payload of MESSAGE_RETURNED: the look at the pid file, cut after its content. */
struct leader_returned {
	struct look look;
};

/* sandbox_plan.leader; DATA is a struct leader_plan. */
void leader_run(const struct sandbox_inside *inside, void *data);

#endif
