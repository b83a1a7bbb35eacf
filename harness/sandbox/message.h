/* What the inside (mini-init, session leader, candidate) tells the harness, and what the harness asks of the session
 * leader: one datagram each over a SOCK_SEQPACKET pair, so that several senders share an end and no message is ever
 * torn. Of the inside the session leader alone reads. */
#ifndef SANDBOX_MESSAGE_H
#define SANDBOX_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

enum message_type {
	MESSAGE_READY,        /* init: the root stands; payload: the sandbox's report, with descriptors */
	MESSAGE_PROCEED,      /* harness to init: where the plan has `prepared`, the leader may begin */
	MESSAGE_FAILED,       /* init, leader: the set-up failed; error: errno, payload: what */
	MESSAGE_EXIT,         /* init: a process ended */
	MESSAGE_STARTED,      /* leader: the candidate is about to be executed; payload: struct leader_started */
	MESSAGE_NOT_EXECUTED, /* candidate: execve failed; error: errno */
	MESSAGE_STOPPED,   /* leader: the started process, or a traced thread, was stopped, or (WIFCONTINUED) goes on */
	MESSAGE_RETURNED,  /* leader: the started process ended; payload: struct leader_returned */
	MESSAGE_COMMAND,   /* harness to leader; payload: struct leader_command */
	MESSAGE_ANSWER,    /* leader: a command was carried out; error; pid of RUN; a descriptor of CONNECT */
	MESSAGE_RAN,       /* leader: the command of a RUN ended: pid, status */
	MESSAGE_BORN,      /* leader: pid was born and is held back before its first instruction */
	MESSAGE_ENDING,    /* leader: the started process is about to end; it and all others are stopped until GO */
	MESSAGE_SIGNALLED, /* stranger: it got the signal `status` */
	MESSAGE_NOTICE,    /* leader: pid sent a datagram to NOTIFY_SOCKET; payload: its text */
};

enum { MESSAGE_PAYLOAD_MAX = 8192, MESSAGE_FDS_MAX = 128 };

struct message {
	enum message_type type;
	int pid;                                       /* inside pid */
	int status;                                    /* as wait(2) gives it */
	int error;                                     /* errno */
	int64_t at_us;                                 /* CLOCK_MONOTONIC */
	uint32_t size;                                 /* of the payload */
	_Alignas(8) char payload[MESSAGE_PAYLOAD_MAX]; /* holds structs of the layers above */
};

/* Sends without ever blocking; a full socket loses the message (-EAGAIN). Descriptors stay the caller's. */
int message_send(int socket, const struct message *message, const int *fds, size_t n_fds);

/* Sends even where that means waiting: for messages that may not be lost. */
int message_send_surely(int socket, const struct message *message, const int *fds, size_t n_fds);

/* Takes the next message without blocking: 1 and the message, 0 when the other side has gone, -EAGAIN when there is
 * none. Descriptors that come along are close-on-exec and the caller's; they are closed when FDS is NULL. */
int message_receive(int socket, struct message *ret_message, int *ret_fds, size_t *ret_n_fds);

#endif
