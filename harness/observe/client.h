/* A client of the daemon: connects, sends, reads the reply, breaks off. The connection is made inside, by the session
 * leader; the harness holds its descriptor. */
#ifndef OBSERVE_CLIENT_H
#define OBSERVE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/evidence.h"

struct client {
	int fd; /* -1: there is none */
	const char *unsent;
	size_t left;  /* bytes of it */
	bool reading; /* the reply is read */
	bool ended;   /* … to its end */
	bool reset;   /* the connection broke */
	int error_number;
	int64_t ended_us; /* when, CLOCK_MONOTONIC */
	char reply[EVIDENCE_REPLY_MAX];
	size_t kept;
	uint64_t total;
};

/* Takes a connected socket over; what there was before is closed. */
void client_take(struct client *client, int fd);

/* Queues what is to be sent; it must live until it is. FINISH: the reply is read from now on. 0 or -ENOTCONN. */
int client_send(struct client *client, const char *bytes, bool finish);

/* What to poll the descriptor for, and what to do when it is ready: neither blocks. */
short client_events(const struct client *client);
void client_serve(struct client *client);

/* Closes with a reset. 0 or -ENOTCONN. */
int client_break(struct client *client);
void client_close(struct client *client);

#endif
