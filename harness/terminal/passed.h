/* What the variation hands to the candidate besides the terminal: pipes as standard output and error, the sockets of
 * the notify and the listen-fds protocols, the readiness descriptor of s6; and the sockets that keep addresses taken.
 */
#ifndef TERMINAL_PASSED_H
#define TERMINAL_PASSED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "evidence/evidence.h"
#include "terminal/leader.h"

enum {
	PASSED_BASE = 640, /* our own descriptors lie from here on, out of the way of the numbers that are given */
	PASSED_LISTEN = 3, /* SD_LISTEN_FDS_START */
	PASSED_NAME_MAX = 64,
};

/* Descriptors are -1 where the variation has none. */
struct passed {
	int pipe_readers[2], pipe_writers[2]; /* of standard output and error */
	struct ev_file pipe_files[2];
	int notify;
	char notify_name[PASSED_NAME_MAX]; /* for NOTIFY_SOCKET; empty: none */
	int s6_reader, s6_writer;
	int listener;
	uint64_t listener_inode;
	char listener_address[LEADER_ADDRESS_MAX];
	int *occupied; /* stay open until the end */
	size_t n_occupied;
};

#define PASSED_NONE                                                                                                    \
	{                                                                                                              \
		.pipe_readers = {-1, -1}, .pipe_writers = {-1, -1}, .notify = -1, .s6_reader = -1, .s6_writer = -1,    \
		.listener = -1                                                                                         \
	}

/* Moves a descriptor up to PASSED_BASE; close-on-exec. The descriptor or -errno; FD is closed then. */
int passed_move(int fd);

/* Makes everything but the occupied addresses. */
int passed_make(const struct variation *variation, struct passed *passed, struct error *error);
/* Binds the addresses that the candidate is to find taken. */
int passed_occupy(const struct variation *variation, struct passed *passed, struct error *error);

/* Whether one is given to the candidate under that number. */
bool passed_has(const struct variation *variation, int number);
/* In the candidate's process, before exec: puts all in their places. 0 or -errno. */
int passed_place(const struct variation *variation, const struct passed *passed);

/* In the leader, when the candidate's process has them and the harness has been given its ends. */
void passed_forget(struct passed *passed);

/* Whether a socket is one of ours, which nobody but the leader or the harness serves. */
bool passed_is_ours(const struct passed *passed, uint64_t inode);

#endif
