/* Listening and bound sockets, read while the daemon's caller waits to be told of its return: so TCP and UDP are asked
 * for by sock_diag(7), some ten microseconds each. /proc/net/tcp costs the kernel a walk over its table of connections,
 * milliseconds, and serves where there is no sock_diag. */
#include "terminal/listening.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "proc/net.h"

enum {
	TEXT_MAX = 1 << 20,
	DIAG_ROOM = 8192,
	STATE_UNCONNECTED = 7, /* TCP_CLOSE, which UDP uses as well */
	STATE_LISTEN = 10,     /* TCP_LISTEN */
};

struct listening {
	const struct leader *leader;
	struct leader_returned *returned;
	char counts[2048];
};

static void add(struct listening *listening, enum ev_socket_family family, uint64_t inode, const char *address)
{
	struct leader_returned *returned = listening->returned;
	uint32_t n = returned->n_listeners;

	if (passed_is_ours(&listening->leader->passed, inode))
		return;
	if (n == LEADER_LISTENERS_MAX) {
		returned->listeners_known = false;
		return;
	}
	returned->listeners[n].family = (uint8_t)family;
	(void)snprintf(returned->listeners[n].address, LEADER_ADDRESS_MAX, "%s", address);
	returned->n_listeners++;
}

static int add_parsed(const struct proc_listener *listener, void *data)
{
	enum ev_socket_family family = EV_SOCKET_UNIX;

	switch (listener->net) {
	case PROC_NET_TCP:
	case PROC_NET_TCP6:
		family = EV_SOCKET_TCP;
		break;
	case PROC_NET_UDP:
	case PROC_NET_UDP6:
		family = EV_SOCKET_UDP;
		break;
	case PROC_NET_UNIX:
		break;
	}
	add(data, family, listener->inode, listener->address);
	return 0;
}

static int read_file(struct listening *listening, enum proc_net net)
{
	CLEANUP_FREE char *text = NULL;
	char name[32];
	ssize_t length;

	(void)snprintf(name, sizeof(name), "/proc/self/net/%s", proc_net_name(net));
	length = io_read_all_at(AT_FDCWD, name, TEXT_MAX, &text);
	/* A kernel without IPv6 has no such file, and no such sockets. */
	if (length == -ENOENT && net != PROC_NET_UNIX)
		return 0;
	return length < 0 ? (int)length : proc_parse_net(net, text, (size_t)length, add_parsed, listening);
}

static void add_diag(struct listening *listening, int protocol, const struct inet_diag_msg *socket)
{
	char host[INET6_ADDRSTRLEN], address[LEADER_ADDRESS_MAX];
	bool v6 = socket->idiag_family == AF_INET6;

	if (!socket->id.idiag_sport || !inet_ntop(socket->idiag_family, socket->id.idiag_src, host, sizeof(host)))
		return;
	(void)snprintf(address, sizeof(address), v6 ? "[%s]:%u" : "%s:%u", host, ntohs(socket->id.idiag_sport));
	add(listening, protocol == IPPROTO_TCP ? EV_SOCKET_TCP : EV_SOCKET_UDP, socket->idiag_inode, address);
}

/* 1: there is more to come, 0: that was all, or -errno. */
static int take_diag(struct listening *listening, int protocol, int fd)
{
	union {
		char bytes[DIAG_ROOM];
		struct nlmsghdr align;
	} buffer;
	ssize_t length = recv(fd, buffer.bytes, sizeof(buffer.bytes), 0);
	size_t left = length < 0 ? 0 : (size_t)length;

	if (length < 0)
		return errno == EINTR ? 1 : -errno;
	for (struct nlmsghdr *head = &buffer.align; NLMSG_OK(head, left); head = NLMSG_NEXT(head, left)) {
		if (head->nlmsg_type == NLMSG_DONE)
			return 0;
		if (head->nlmsg_type == NLMSG_ERROR)
			return -EOPNOTSUPP;
		if (head->nlmsg_len >= NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
			add_diag(listening, protocol, NLMSG_DATA(head));
	}
	return 1;
}

static int read_diag(struct listening *listening, int fd, int family, int protocol)
{
	const struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 request;
	} question = {
	    .head = {.nlmsg_len = sizeof(question),
	             .nlmsg_type = SOCK_DIAG_BY_FAMILY,
	             .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	    .request = {.sdiag_family = (uint8_t)family,
	                .sdiag_protocol = (uint8_t)protocol,
	                .idiag_states = 1U << (protocol == IPPROTO_TCP ? STATE_LISTEN : STATE_UNCONNECTED)},
	};
	int status = 1;

	if (send(fd, &question, sizeof(question), 0) < 0)
		return -errno;
	while (status > 0)
		status = take_diag(listening, protocol, fd);
	return status;
}

/* The kernel counts the sockets of each kind: most daemons have none of most. */
static void read_counts(struct listening *listening)
{
	static const char *const files[] = {"/proc/self/net/sockstat", "/proc/self/net/sockstat6"};
	size_t used = 0;

	for (size_t i = 0; i < 2; i++) {
		ssize_t length =
		    io_read_at(AT_FDCWD, files[i], listening->counts + used, sizeof(listening->counts) - used, NULL);

		used += length > 0 ? (size_t)length : 0;
	}
	listening->counts[used] = '\0';
}

static bool is_in_use(const struct listening *listening, enum proc_net net)
{
	static const char *const none[PROC_NETS] = {
	    [PROC_NET_TCP] = "TCP: inuse 0 ", [PROC_NET_TCP6] = "TCP6: inuse 0\n",
	    [PROC_NET_UDP] = "UDP: inuse 0 ", [PROC_NET_UDP6] = "UDP6: inuse 0\n",
	    [PROC_NET_UNIX] = NULL,
	};

	return !none[net] || !strstr(listening->counts, none[net]);
}

static int read_inet(struct listening *listening, int fd, enum proc_net net)
{
	uint32_t before = listening->returned->n_listeners;
	bool v6 = net == PROC_NET_TCP6 || net == PROC_NET_UDP6, tcp = net == PROC_NET_TCP || net == PROC_NET_TCP6;
	int status;

	if (!is_in_use(listening, net))
		return 0;
	status =
	    fd < 0 ? -EOPNOTSUPP : read_diag(listening, fd, v6 ? AF_INET6 : AF_INET, tcp ? IPPROTO_TCP : IPPROTO_UDP);
	if (status < 0) {
		listening->returned->n_listeners = before;
		status = read_file(listening, net);
	}
	return status;
}

void listening_read(const struct leader *leader, struct leader_returned *returned)
{
	struct listening listening = {.leader = leader, .returned = returned};
	CLEANUP_CLOSE int fd = -1;
	int status = 0;

	if (leader->level == SANDBOX_REAPER)
		return;
	returned->listeners_known = true;
	read_counts(&listening);
	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	for (int net = 0; net < PROC_NETS && status == 0; net++)
		status = net == PROC_NET_UNIX ? read_file(&listening, PROC_NET_UNIX)
		                              : read_inet(&listening, fd, (enum proc_net)net);
	if (status < 0)
		returned->listeners_known = false;
}
