/* What the candidate tells of its readiness: datagrams to NOTIFY_SOCKET, and the newline on the descriptor of s6. */
#ifndef OBSERVE_NOTICES_H
#define OBSERVE_NOTICES_H

#include <stdbool.h>
#include <stddef.h>

#include "sandbox/message.h"

struct notices {
	int socket;     /* the leader reads it; -1: there is none */
	int s6;         /* read end; -1: there is none, or it has ended */
	size_t awaited; /* notices from this one on have not been waited for yet */
};

struct watch;

/* Takes a MESSAGE_NOTICE into the evidence. */
void notices_take(struct watch *watch, const struct message *message);

/* Whether a datagram is there that has not been told yet. */
bool notices_due(const struct watch *watch);

/* Reads the pipe without blocking. */
void notices_serve_s6(struct watch *watch);

/* Whether a READY=1 or STOPPING=1 has come that no step has waited for. */
bool notices_came(const struct watch *watch);

void notices_close(struct notices *notices);

#endif
