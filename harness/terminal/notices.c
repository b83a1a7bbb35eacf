/* Notices of readiness are taken in here: the kernel tells the sender's pid as the receiver's namespace numbers it,
 * also of one that has ended. Outside a short-lived sender would be told from the main process only where luck has it.
 */
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "terminal/life.h"

enum { NOTICE_BYTES_MAX = 4096, NOTICES_AT_ONCE = 16, LATE_MAX_US = 60000000 };

_Static_assert((int)NOTICE_BYTES_MAX <= (int)MESSAGE_PAYLOAD_MAX, "a message must hold a notice");

/* The kernel's time of the sending, on CLOCK_MONOTONIC: the leader may come late. */
static int64_t sent_us(const struct timespec *sent)
{
	int64_t now_us = clock_now_us(), since_us;
	struct timespec real;

	(void)clock_gettime(CLOCK_REALTIME, &real);
	since_us = (real.tv_sec - sent->tv_sec) * CLOCK_US_PER_S + (real.tv_nsec - sent->tv_nsec) / 1000;
	/* Somebody may have set the clock in between. */
	return since_us < 0 || since_us > LATE_MAX_US ? now_us : now_us - since_us;
}

static void take_control(struct msghdr *header, struct message *message)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
		struct ucred sender;
		struct timespec sent;

		if (c->cmsg_type == SCM_CREDENTIALS && c->cmsg_len >= CMSG_LEN(sizeof(sender))) {
			memcpy(&sender, CMSG_DATA(c), sizeof(sender));
			message->pid = sender.pid;
		} else if (c->cmsg_type == SCM_TIMESTAMPNS && c->cmsg_len >= CMSG_LEN(sizeof(sent))) {
			memcpy(&sent, CMSG_DATA(c), sizeof(sent));
			message->at_us = sent_us(&sent);
		}
	}
}

/* There is no room for descriptors, so that the kernel hands over none (FDSTORE=1). */
static ssize_t peek(int socket, struct message *message)
{
	union {
		char bytes[CMSG_SPACE(sizeof(struct timespec)) + CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr align;
	} control;
	struct iovec part = {.iov_base = message->payload, .iov_len = NOTICE_BYTES_MAX};
	struct msghdr header = {
	    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
	ssize_t length = recvmsg(socket, &header, MSG_PEEK | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	message->at_us = clock_now_us();
	if (length >= 0)
		take_control(&header, message);
	return length;
}

/* A notice leaves the socket only when it has been told: an empty socket means that the harness has them all. */
void life_notices(const struct leader *leader)
{
	int socket = leader->passed.notify;

	for (int i = 0; i < NOTICES_AT_ONCE; i++) {
		struct message message = {.type = MESSAGE_NOTICE};
		ssize_t length = peek(socket, &message);

		if (length < 0)
			return;
		message.size = (uint32_t)length;
		(void)message_send_surely(leader->report, &message, NULL, 0);
		(void)recv(socket, message.payload, 1, MSG_DONTWAIT);
	}
}
