/* Parser of the socket tables. */
#include "proc/net.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>

#include "proc/scan.h"

/* Of the kernel's net/tcp_states.h, which UDP uses as well, and linux/net.h and net.h. */
enum {
	STATE_UNCONNECTED = 0x07, /* TCP_CLOSE */
	STATE_LISTEN = 0x0A,      /* TCP_LISTEN */
	UNIX_ACCEPTS = 0x10000,   /* __SO_ACCEPTCON */
	UNIX_DATAGRAM = 2,        /* SOCK_DGRAM; another number on MIPS only inside the C library */
	UNIX_PATH_ROOM = 108,
};

static_assert(UNIX_PATH_ROOM + 1 < PROC_ADDRESS_MAX, "a Unix address must fit");

static const struct {
	const char *name, *head;
} files[PROC_NETS] = {
    [PROC_NET_TCP] = {"tcp", "sl "},   [PROC_NET_TCP6] = {"tcp6", "sl "},  [PROC_NET_UDP] = {"udp", "sl "},
    [PROC_NET_UDP6] = {"udp6", "sl "}, [PROC_NET_UNIX] = {"unix", "Num "},
};

const char *proc_net_name(enum proc_net net)
{
	return files[net].name;
}

struct endpoint {
	uint32_t words[4]; /* as in struct in_addr or in6_addr */
	uint32_t port;
};

/* "0100007F:1F90": each word printed as the machine's own number, the port in plain order. */
static bool scan_endpoint(struct scan *line, size_t words, struct endpoint *endpoint)
{
	*endpoint = (struct endpoint){0};
	for (size_t i = 0; i < words; i++)
		if (!scan_hex_wide(line, 8, &endpoint->words[i]))
			return false;
	return scan_char(line, ':') && scan_hex_wide(line, 4, &endpoint->port);
}

static bool is_nowhere(const struct endpoint *endpoint)
{
	return !(endpoint->words[0] | endpoint->words[1] | endpoint->words[2] | endpoint->words[3] | endpoint->port);
}

/* " 00000000:00000000" COUNT times, of which nothing is wanted. */
static bool skip_hex_pairs(struct scan *line, unsigned int count)
{
	uint64_t ignored;

	while (count--)
		if (!scan_blanks(line) || !scan_hex(line, &ignored) || !scan_char(line, ':') ||
		    !scan_hex(line, &ignored))
			return false;
	return true;
}

/* What stands between the state and the inode: queues, timer, retransmits, uid, timeout. */
static bool skip_to_inode(struct scan *line)
{
	uint64_t ignored;
	int timeout;

	return skip_hex_pairs(line, 2) && scan_blanks(line) && scan_hex(line, &ignored) && scan_blanks(line) &&
	       scan_u64(line, &ignored) && scan_blanks(line) && scan_int(line, &timeout) && scan_blanks(line);
}

static void print_inet(const struct endpoint *endpoint, int family, char *address)
{
	char host[INET6_ADDRSTRLEN];

	(void)inet_ntop(family, endpoint->words, host, sizeof(host));
	(void)snprintf(address, PROC_ADDRESS_MAX, family == AF_INET6 ? "[%s]:%u" : "%s:%u", host, endpoint->port);
}

static bool scan_inet(struct scan *line, struct proc_listener *listener)
{
	bool tcp = listener->net == PROC_NET_TCP || listener->net == PROC_NET_TCP6;
	bool v6 = listener->net == PROC_NET_TCP6 || listener->net == PROC_NET_UDP6;
	struct endpoint local, remote;
	uint64_t ignored;
	uint32_t state;

	(void)scan_blanks(line);
	if (!scan_u64(line, &ignored) || !scan_literal(line, ": ") || !scan_endpoint(line, v6 ? 4 : 1, &local) ||
	    !scan_char(line, ' ') || !scan_endpoint(line, v6 ? 4 : 1, &remote) || !scan_char(line, ' ') ||
	    !scan_hex_wide(line, 2, &state))
		return false;
	if (tcp ? state != STATE_LISTEN : state != STATE_UNCONNECTED || !is_nowhere(&remote) || !local.port)
		return false;
	if (!skip_to_inode(line) || !scan_u64(line, &listener->inode) || !scan_char(line, ' '))
		return false;
	print_inet(&local, v6 ? AF_INET6 : AF_INET, listener->address);
	return true;
}

/* "NUM: REFCOUNT PROTOCOL FLAGS TYPE ST INODE PATH"; NUM may be a hashed pointer or "(____ptrval____)". */
static bool scan_unix(struct scan *line, struct proc_listener *listener)
{
	const char *colon = memchr(line->at, ':', scan_left(line));
	uint64_t flags, ignored;
	uint32_t type;
	size_t length;

	if (!colon)
		return false;
	line->at = colon + 1;
	if (!scan_char(line, ' ') || !scan_hex(line, &ignored) || !scan_char(line, ' ') || !scan_hex(line, &ignored) ||
	    !scan_char(line, ' ') || !scan_hex(line, &flags) || !scan_char(line, ' ') ||
	    !scan_hex_wide(line, 4, &type) || !scan_char(line, ' ') || !scan_hex(line, &ignored) ||
	    !scan_blanks(line) || !scan_u64(line, &listener->inode) || !scan_char(line, ' '))
		return false;
	if (!(flags & UNIX_ACCEPTS) && type != UNIX_DATAGRAM)
		return false;
	length = scan_left(line);
	if (length == 0 || length >= sizeof(listener->address) || memchr(line->at, '\0', length))
		return false;
	memcpy(listener->address, line->at, length);
	listener->address[length] = '\0';
	return true;
}

int proc_parse_net(enum proc_net net, const char *text, size_t length, proc_listener_fn *call, void *data)
{
	struct scan scan = scan_over(text, length), line;

	if (!scan_line(&scan, &line))
		return -EINVAL;
	(void)scan_blanks(&line);
	if (!scan_literal(&line, files[net].head))
		return -EINVAL;
	while (scan_line(&scan, &line)) {
		struct proc_listener listener = {.net = net};
		int status;

		if (!(net == PROC_NET_UNIX ? scan_unix(&line, &listener) : scan_inet(&line, &listener)))
			continue;
		status = call(&listener, data);
		if (status)
			return status;
	}
	return 0;
}
