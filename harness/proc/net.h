/* /proc/PID/net/{tcp,tcp6,udp,udp6,unix}: the sockets of a net namespace that wait for somebody. proc(5), proc_pid_net,
 * net/ipv4/tcp_ipv4.c, net/ipv4/udp.c, net/ipv6, net/unix/af_unix.c of Linux.
 *
 * A Unix socket's path stands in its file as it was bound, newlines included, so that whoever binds "a\nb" can write a
 * line of its own there: what is not a whole line of the form is passed over, a path ends at its newline, and an inode
 * is only to be believed together with a descriptor that shows "socket:[inode]". */
#ifndef PROC_NET_H
#define PROC_NET_H

#include <stddef.h>
#include <stdint.h>

enum proc_net { PROC_NET_TCP, PROC_NET_TCP6, PROC_NET_UDP, PROC_NET_UDP6, PROC_NET_UNIX };
enum { PROC_NETS = PROC_NET_UNIX + 1 };

enum { PROC_ADDRESS_MAX = 128 };

struct proc_listener {
	enum proc_net net;
	uint64_t inode;
	char address[PROC_ADDRESS_MAX]; /* "127.0.0.1:80", "[::1]:80", "/run/x", "@abstract" (its NULs as '@') */
};

/* "tcp", "tcp6", "udp", "udp6", "unix": the name of the file below /proc/PID/net. */
const char *proc_net_name(enum proc_net net);

/* Called for each listener; a value other than 0 ends the reading and is what proc_parse_net returns. */
typedef int proc_listener_fn(const struct proc_listener *listener, void *data);

/* Tells of every socket of the file NET that listens (TCP, Unix streams), is bound and not connected (UDP), or is a
 * bound Unix datagram socket. Returns 0, what CALL returned, or -EINVAL where the text does not begin with the file's
 * head line, before any call. */
int proc_parse_net(enum proc_net net, const char *text, size_t length, proc_listener_fn *call, void *data);

#endif
