/* Messages between the inside and the harness. */
#include "sandbox/message.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int send_with(int socket, const struct message *message, const int *fds, size_t n_fds, int flags)
{
	struct iovec part = {.iov_base = (void *)message, .iov_len = offsetof(struct message, payload) + message->size};
	union {
		char bytes[CMSG_SPACE(sizeof(int) * MESSAGE_FDS_MAX)];
		struct cmsghdr align;
	} control;
	struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};

	if (n_fds > MESSAGE_FDS_MAX)
		return -E2BIG;
	if (n_fds > 0) {
		struct cmsghdr *rights;

		memset(&control, 0, sizeof(control));
		header.msg_control = control.bytes;
		header.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
		rights = CMSG_FIRSTHDR(&header);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
		memcpy(CMSG_DATA(rights), fds, sizeof(int) * n_fds);
	}
	while (sendmsg(socket, &header, flags | MSG_NOSIGNAL) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return 0;
}

int message_send(int socket, const struct message *message, const int *fds, size_t n_fds)
{
	return send_with(socket, message, fds, n_fds, MSG_DONTWAIT);
}

int message_send_surely(int socket, const struct message *message, const int *fds, size_t n_fds)
{
	return send_with(socket, message, fds, n_fds, 0);
}

static size_t take_rights(struct msghdr *header, int *ret_fds)
{
	size_t n_fds = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
		size_t count;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (ret_fds && n_fds < MESSAGE_FDS_MAX)
				ret_fds[n_fds++] = fd;
			else
				(void)close(fd);
		}
	}
	return n_fds;
}

int message_receive(int socket, struct message *ret_message, int *ret_fds, size_t *ret_n_fds)
{
	struct iovec part = {.iov_base = ret_message, .iov_len = sizeof(*ret_message)};
	union {
		char bytes[CMSG_SPACE(sizeof(int) * MESSAGE_FDS_MAX)];
		struct cmsghdr align;
	} control;
	struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
	ssize_t length;
	size_t n_fds;

	header.msg_control = control.bytes;
	header.msg_controllen = sizeof(control.bytes);
	do
		length = recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (length < 0 && errno == EINTR);
	if (length < 0)
		return errno == ECONNRESET ? 0 : -errno;
	n_fds = take_rights(&header, ret_fds);
	if (ret_n_fds)
		*ret_n_fds = n_fds;
	if (length == 0)
		return 0;
	if ((size_t)length < offsetof(struct message, payload) ||
	    (size_t)length != offsetof(struct message, payload) + ret_message->size)
		return -EBADMSG;
	return 1;
}
