/* Addresses of sockets as text: "tcp 127.0.0.1:80", "udp [::]:53", "unix /run/x", "unix @abstract". */
#ifndef TERMINAL_ADDRESS_H
#define TERMINAL_ADDRESS_H

#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

struct address {
	int type; /* SOCK_STREAM or SOCK_DGRAM */
	socklen_t length;
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
		struct sockaddr_un local;
	} to;
};

/* 0 or -EINVAL. */
int address_parse(const char *text, struct address *ret_address);
/* The part after "tcp " or "udp ": numbers only, no names. 0 or -EINVAL. */
int address_parse_inet(const char *text, int type, struct address *ret_address);

/* The address that the socket is bound to, "127.0.0.1:80" or "[::1]:80". 0 or -errno. */
int address_of_socket(int fd, char *buffer, size_t size);

/* A close-on-exec socket that is bound and, where it is a stream, listens. The descriptor or -errno. */
int address_listen(const struct address *address, int backlog);

/* A non-blocking, close-on-exec socket that is connected. The descriptor or -errno, -ETIMEDOUT where nothing answers
 * for a second. */
int address_connect(const struct address *address);

#endif
