/* Addresses of sockets as text, and the sockets themselves. */
#include "terminal/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

enum { CONNECT_MS = 1000 };

static int parse_port(const char *text, in_port_t *ret_port)
{
	uint64_t port;

	if (!text_parse_number(text, 10, UINT16_MAX, &port))
		return -EINVAL;
	*ret_port = htons((uint16_t)port);
	return 0;
}

int address_parse_inet(const char *text, int type, struct address *ret_address)
{
	struct address address = {.type = type};
	const char *colon = strrchr(text, ':'), *host = text;
	char number[INET6_ADDRSTRLEN];
	size_t length;
	bool v6 = *text == '[';

	if (!colon || (v6 && (colon == text || colon[-1] != ']')))
		return -EINVAL;
	host += v6;
	length = (size_t)(colon - host) - v6;
	if (length >= sizeof(number))
		return -EINVAL;
	memcpy(number, host, length);
	number[length] = '\0';
	address.to.any.sa_family = v6 ? AF_INET6 : AF_INET;
	address.length = v6 ? sizeof(address.to.v6) : sizeof(address.to.v4);
	if (inet_pton(address.to.any.sa_family, number,
	              v6 ? (void *)&address.to.v6.sin6_addr : (void *)&address.to.v4.sin_addr) != 1 ||
	    parse_port(colon + 1, v6 ? &address.to.v6.sin6_port : &address.to.v4.sin_port) < 0)
		return -EINVAL;
	*ret_address = address;
	return 0;
}

/* An abstract name has no NUL at its end, a path has one. */
static int parse_unix(const char *text, struct address *ret_address)
{
	struct address address = {.type = SOCK_STREAM, .to.local.sun_family = AF_UNIX};
	size_t length = strlen(text);

	if (length == 0 || length >= sizeof(address.to.local.sun_path))
		return -EINVAL;
	memcpy(address.to.local.sun_path, text, length);
	if (*text == '@')
		address.to.local.sun_path[0] = '\0';
	address.length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (*text != '@'));
	*ret_address = address;
	return 0;
}

int address_parse(const char *text, struct address *ret_address)
{
	if (strncmp(text, "tcp ", 4) == 0)
		return address_parse_inet(text + 4, SOCK_STREAM, ret_address);
	if (strncmp(text, "udp ", 4) == 0)
		return address_parse_inet(text + 4, SOCK_DGRAM, ret_address);
	if (strncmp(text, "unix ", 5) == 0)
		return parse_unix(text + 5, ret_address);
	return -EINVAL;
}

int address_of_socket(int fd, char *buffer, size_t size)
{
	struct address address = {.length = sizeof(address.to)};
	char host[INET6_ADDRSTRLEN] = "";

	if (getsockname(fd, &address.to.any, &address.length) < 0)
		return -errno;
	if (address.to.any.sa_family == AF_INET6) {
		(void)inet_ntop(AF_INET6, &address.to.v6.sin6_addr, host, sizeof(host));
		(void)snprintf(buffer, size, "[%s]:%u", host, ntohs(address.to.v6.sin6_port));
		return 0;
	}
	(void)inet_ntop(AF_INET, &address.to.v4.sin_addr, host, sizeof(host));
	(void)snprintf(buffer, size, "%s:%u", host, ntohs(address.to.v4.sin_port));
	return 0;
}

int address_listen(const struct address *address, int backlog)
{
	CLEANUP_CLOSE int fd = socket(address->to.any.sa_family, address->type | SOCK_CLOEXEC, 0);
	int yes = 1;

	if (fd < 0)
		return -errno;
	/* Beside "[::]:80" there may be a "0.0.0.0:80" in the list. */
	if (address->to.any.sa_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes));
	if (bind(fd, &address->to.any, address->length) < 0)
		return -errno;
	if (address->type == SOCK_STREAM && listen(fd, backlog) < 0)
		return -errno;
	return take_fd(&fd);
}

static int await_connection(int fd)
{
	struct pollfd wait = {.fd = fd, .events = POLLOUT};
	int error = 0;
	socklen_t length = sizeof(error);

	if (poll(&wait, 1, CONNECT_MS) != 1)
		return -ETIMEDOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
		return -errno;
	return -error;
}

static int connect_type(const struct address *address, int type)
{
	CLEANUP_CLOSE int fd = socket(address->to.any.sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int status = 0;

	if (fd < 0)
		return -errno;
	if (connect(fd, &address->to.any, address->length) < 0)
		status = errno == EINPROGRESS ? await_connection(fd) : -errno;
	return status < 0 ? status : take_fd(&fd);
}

/* A Unix address does not tell of what type its socket is. Of a path the kernel says that it is another one; an
 * abstract name is another one's in each type. */
static bool may_be_other_type(const struct address *address, int status)
{
	bool abstract = address->to.any.sa_family == AF_UNIX && address->to.local.sun_path[0] == '\0';

	return status == -EPROTOTYPE || (abstract && status == -ECONNREFUSED);
}

int address_connect(const struct address *address)
{
	static const int others[] = {SOCK_DGRAM, SOCK_SEQPACKET};
	int fd = connect_type(address, address->type);

	for (size_t i = 0; may_be_other_type(address, fd) && i < sizeof(others) / sizeof(others[0]); i++)
		fd = connect_type(address, others[i]);
	return fd;
}
