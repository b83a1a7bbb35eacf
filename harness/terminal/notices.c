/* Notices of readiness are taken in here: the kernel tells the sender's pid as the receiver's namespace numbers it,
 * also of one that has ended. Outside a short-lived sender would be told from the main process only where luck has it.
 */
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "terminal/life.h"

enum { NOTICE_BYTES_MAX = 4096, NOTICES_AT_ONCE = 16 };

_Static_assert((int)NOTICE_BYTES_MAX <= (int)MESSAGE_PAYLOAD_MAX, "a message must hold a notice");

/* There is room for the sender and for no descriptors, so that the kernel hands over none (FDSTORE=1). */
static ssize_t peek(int socket, struct message *message)
{
	union {
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr align;
	} control;
	struct iovec part = {.iov_base = message->payload, .iov_len = NOTICE_BYTES_MAX};
	struct msghdr header = {
	    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
	ssize_t length = recvmsg(socket, &header, MSG_PEEK | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	const struct cmsghdr *sender = length < 0 ? NULL : CMSG_FIRSTHDR(&header);
	struct ucred credentials;

	if (sender && sender->cmsg_type == SCM_CREDENTIALS && sender->cmsg_len >= CMSG_LEN(sizeof(credentials))) {
		memcpy(&credentials, CMSG_DATA(sender), sizeof(credentials));
		message->pid = credentials.pid;
	}
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
		message.at_us = clock_now_us();
		(void)message_send_surely(leader->report, &message, NULL, 0);
		(void)recv(socket, message.payload, 1, MSG_DONTWAIT);
	}
}
