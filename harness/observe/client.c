/* The client's side of a connection, without ever blocking. */
#include "observe/client.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum { READ_ROUNDS = 16 };

void client_close(struct client *client)
{
	if (client->fd >= 0)
		(void)close(client->fd);
	*client = (struct client){.fd = -1};
}

void client_take(struct client *client, int fd)
{
	client_close(client);
	client->fd = fd;
}

static void end(struct client *client, int error_number)
{
	client->left = 0;
	client->ended = true;
	client->ended_us = clock_now_us();
	client->reset = error_number == ECONNRESET || error_number == EPIPE;
	client->error_number = error_number;
}

int client_send(struct client *client, const char *bytes, bool finish)
{
	if (client->fd < 0)
		return -ENOTCONN;
	client->unsent = bytes;
	client->left = strlen(bytes);
	client->reading = finish;
	client_serve(client);
	return 0;
}

short client_events(const struct client *client)
{
	if (client->fd < 0 || client->ended)
		return 0;
	return (short)((client->left ? POLLOUT : 0) | (client->reading ? POLLIN : 0));
}

/* What cannot be sent any more may still have an answer. */
static void send_rest(struct client *client)
{
	while (client->left > 0) {
		ssize_t sent = send(client->fd, client->unsent, client->left, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0) {
			if (errno == EAGAIN)
				return;
			client->left = 0;
			client->error_number = errno;
			client->reset = errno == ECONNRESET || errno == EPIPE;
			return;
		}
		client->unsent += sent;
		client->left -= (size_t)sent;
	}
}

static void keep(struct client *client, const char *bytes, size_t length)
{
	size_t room = sizeof(client->reply) - client->kept;

	client->total += length;
	if (length > room)
		length = room;
	memcpy(client->reply + client->kept, bytes, length);
	client->kept += length;
}

static void read_reply(struct client *client)
{
	char bytes[4096];

	for (int round = 0; round < READ_ROUNDS; round++) {
		ssize_t length = recv(client->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0 && errno == EAGAIN)
			return;
		if (length <= 0) {
			bool reset = client->reset;

			end(client, length < 0 ? errno : client->error_number);
			client->reset |= reset;
			return;
		}
		keep(client, bytes, (size_t)length);
	}
}

void client_serve(struct client *client)
{
	if (client->fd < 0 || client->ended)
		return;
	send_rest(client);
	if (client->reading)
		read_reply(client);
}

int client_break(struct client *client)
{
	struct linger linger = {.l_onoff = 1, .l_linger = 0};

	if (client->fd < 0)
		return -ENOTCONN;
	(void)setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	client_close(client);
	return 0;
}
