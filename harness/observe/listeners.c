/* Listening and bound sockets. */
#include "observe/listeners.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "proc/net.h"

enum { NET_TEXT_MAX = 4 << 20, LISTENERS_MAX = 4096 };

static bool is_held(const struct evidence *evidence, uint64_t inode)
{
	for (size_t i = 0; i < evidence->n_processes; i++) {
		const struct ev_process *process = &evidence->processes[i];

		for (size_t k = 0; k < process->n_fds; k++) {
			if (S_ISSOCK(process->fds[k].file.mode) && process->fds[k].file.inode == inode)
				return true;
		}
	}
	return false;
}

static int first_with_socket(const struct evidence *evidence)
{
	for (size_t i = 0; i < evidence->n_processes; i++) {
		const struct ev_process *process = &evidence->processes[i];

		for (size_t k = 0; k < process->n_fds; k++) {
			if (S_ISSOCK(process->fds[k].file.mode))
				return process->pid;
		}
	}
	return 0;
}

static enum ev_socket_family family_of(enum proc_net net)
{
	switch (net) {
	case PROC_NET_TCP:
	case PROC_NET_TCP6:
		return EV_SOCKET_TCP;
	case PROC_NET_UDP:
	case PROC_NET_UDP6:
		return EV_SOCKET_UDP;
	case PROC_NET_UNIX:
		return EV_SOCKET_UNIX;
	}
	return EV_SOCKET_UNIX;
}

static int add(const struct proc_listener *listener, void *data)
{
	struct evidence *evidence = data;
	struct ev_listener *listeners;

	if (!is_held(evidence, listener->inode))
		return 0;
	if (evidence->n_listeners == LISTENERS_MAX) {
		evidence->truncated = true;
		return 0;
	}
	listeners = realloc(evidence->listeners, (evidence->n_listeners + 1) * sizeof(listeners[0]));
	if (!listeners)
		return -ENOMEM;
	evidence->listeners = listeners;
	listeners[evidence->n_listeners] = (struct ev_listener){
	    .family = family_of(listener->net), .inode = listener->inode, .address = strdup(listener->address)};
	if (!listeners[evidence->n_listeners].address)
		return -ENOMEM;
	evidence->n_listeners++;
	return 0;
}

/* Reads one file of the net namespace of PID and calls for each listener. What the calls returned, or 0. */
static int read_net(int proc_fd, int pid, enum proc_net net, proc_listener_fn *call, void *data)
{
	CLEANUP_FREE char *text = NULL;
	char name[64];
	ssize_t length;
	int status;

	(void)snprintf(name, sizeof(name), "%d/net/%s", pid, proc_net_name(net));
	length = io_read_all_at(proc_fd, name, NET_TEXT_MAX, &text);
	if (length <= 0)
		return 0;
	status = proc_parse_net(net, text, (size_t)length, call, data);
	return status == -EINVAL ? 0 : status;
}

int listeners_read(int proc_fd, struct evidence *evidence)
{
	int pid = first_with_socket(evidence), status = 0;

	if (pid == 0)
		return 0;
	for (int net = 0; net < PROC_NETS && status == 0; net++)
		status = read_net(proc_fd, pid, (enum proc_net)net, add, evidence);
	return status;
}

struct search {
	const struct ev_listener *wanted;
	size_t n_wanted;
	bool *found;
};

/* Unix sockets that are bound to no name get five hexadecimal digits. */
static bool is_made_up(const char *address)
{
	return address[0] == '@' && strlen(address) == 6 && strspn(address + 1, "0123456789abcdef") == 5;
}

static bool counts(const struct ev_listener *listener)
{
	return listener->family != EV_SOCKET_UDP && !is_made_up(listener->address);
}

static int tick(const struct proc_listener *listener, void *data)
{
	struct search *search = data;

	for (size_t i = 0; i < search->n_wanted; i++)
		search->found[i] |= search->wanted[i].family == family_of(listener->net) &&
		                    strcmp(search->wanted[i].address, listener->address) == 0;
	return 0;
}

bool listeners_all(int proc_fd, int pid, const struct ev_listener *wanted, size_t n_wanted)
{
	CLEANUP_FREE bool *found = calloc(n_wanted + 1, sizeof(found[0]));
	struct search search = {.wanted = wanted, .n_wanted = n_wanted, .found = found};
	bool all = true;

	if (!found)
		return false;
	for (int net = 0; net < PROC_NETS; net++)
		(void)read_net(proc_fd, pid, (enum proc_net)net, tick, &search);
	for (size_t i = 0; i < n_wanted; i++)
		all &= found[i] || !counts(&wanted[i]);
	return all;
}
