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
#include "terminal/variation.h"

enum { LEADER_SENTINEL_SIZE = 33, LEADER_ADDRESS_MAX = 112, LEADER_LISTENERS_MAX = 24 };

/* A descriptor that the candidate finds open under a number where no shell leaves one. */
struct leader_plant {
	int number, fd;
};

struct leader_plan {
	char *const *argv, *const *environment; /* NULL-ended */
	const char *directory;                  /* where to start; overridden by the sandbox's start directory */
	const char *pidfile;                    /* looked at in the instant of the return; NULL: none */
	char *const *ready_files;               /* the same; NULL-ended, at most 64; NULL: none */
	mode_t umask;
	const struct leader_plant *plants;
	size_t n_plants;
	struct variation variation;
	char sentinel[LEADER_SENTINEL_SIZE]; /* written to the terminal between the return and everything later */
};

/* What comes along with MESSAGE_STARTED, each in its place, where the variation asks for it. */
enum leader_descriptor {
	LEADER_MASTER, /* of the pty that is the candidate's terminal */
	LEADER_PIPE_1, /* read ends of its standard output and error */
	LEADER_PIPE_2,
	LEADER_NOTIFY, /* datagram socket bound to NOTIFY_SOCKET: not for reading, but to see that all was told */
	LEADER_S6,     /* read end */
	LEADER_SOCKET, /* the listening socket that was passed */
	LEADER_DESCRIPTORS,
};

/* Payload of MESSAGE_STARTED. The candidate is the message's pid. `present` has bit n for enum leader_descriptor n: the
 * descriptors that come along, in that order. */
struct leader_started {
	uint32_t present;
	int leader;
	int stranger;                            /* 0: there is none */
	bool counting;                           /* LEADER_COUNT will be answered */
	struct ev_file pipes[2];                 /* of standard output and error */
	uint64_t socket;                         /* inode of LEADER_SOCKET */
	char socket_address[LEADER_ADDRESS_MAX]; /* as ev_listener.address */
	uint32_t uid, gid;                       /* as the candidate starts */
	uint64_t nofile;                         /* its soft limit of descriptors */
	uint64_t cap_effective; /* what execve leaves to the candidate: all of it to root, nothing to others */
	struct ev_file terminal, directory;
	char path[MESSAGE_PAYLOAD_MAX / 2]; /* of the start directory */
};

/* Payload of MESSAGE_RETURNED: what could be seen at that instant, before the started process was reaped. The message
 * is cut after the look's content. */
struct leader_returned {
	int64_t cpu_us; /* of the started process and what it reaped */
	bool ready_files_known;
	uint64_t ready_files; /* bit n: the n-th of the plan's is there */
	bool listeners_known;
	uint32_t n_listeners;
	struct {
		uint8_t family; /* enum ev_socket_family */
		char address[LEADER_ADDRESS_MAX];
	} listeners[LEADER_LISTENERS_MAX]; /* Unix sockets only by path or abstract name */
	struct look look;
};

/* sandbox_plan.leader; DATA is a struct leader_plan. */
void leader_run(const struct sandbox_inside *inside, void *data);

#endif
