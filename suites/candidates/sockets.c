/* The daemon's socket: one that the caller passed (sd_listen_fds(3)), or its own. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "life.h"

enum { PASSED_FIRST = 3, BACKLOG = 8 };

/* What was passed is meant for the process that LISTEN_PID names, and for no child of it. */
static void take_socket(struct plan *plan)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");

	if (!pid || !count || atoi(pid) != (int)getpid() || atoi(count) < 1)
		return;
	plan->listener = PASSED_FIRST;
	plan->passed = true;
	fcntl(plan->listener, F_SETFD, FD_CLOEXEC);
}

/* The time is meant for the process that WATCHDOG_PID names. */
static void take_manager(struct plan *plan)
{
	const char *path = getenv("NOTIFY_SOCKET"), *period = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

	if (!path || strlen(path) >= sizeof plan->notify_path)
		return;
	strcpy(plan->notify_path, path);
	if (period && (!pid || atoi(pid) == (int)getpid()))
		plan->watchdog_us = atoll(period) / 2;
}

void right_passed(struct plan *plan)
{
	static const char *const names[] = {"LISTEN_PID",    "LISTEN_FDS",    "LISTEN_FDNAMES",
	                                    "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"};

	if (plan->sockets)
		take_socket(plan);
	if (plan->notify)
		take_manager(plan);
	if (plan->s6 >= 0 && fcntl(plan->s6, F_SETFD, FD_CLOEXEC) < 0)
		plan->s6 = -1; /* nobody waits for it */
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		unsetenv(names[i]); /* its children were passed nothing */
}

static int listen_on_port(const char *port)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int listener = plan_above_stdio(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));

	/* Connections of the one before may linger. */
	if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) < 0 ||
	    bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, BACKLOG) < 0)
		plan_die(port);
	return listener;
}

/* A socket of that name at which nobody listens is one that a killed daemon left. */
static void remove_stale(const struct sockaddr_un *address)
{
	int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (client >= 0 && connect(client, (const struct sockaddr *)address, sizeof *address) < 0 &&
	    errno == ECONNREFUSED)
		unlink(address->sun_path);
	close(client);
}

static int listen_on_path(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listener = plan_above_stdio(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	remove_stale(&address);
	/* Its mode is that of the descriptor, cut by the umask, from the first moment on. */
	if (listener < 0 || fchmod(listener, 0660) < 0 ||
	    bind(listener, (struct sockaddr *)&address, sizeof address) < 0)
		plan_die(path);
	return listener;
}

void right_listen(struct plan *plan)
{
	if (plan->passed || !plan->listen)
		return;
	if (plan->listen[0] != '/') {
		plan->listener = listen_on_port(plan->listen);
		return;
	}
	plan->listener = listen_on_path(plan->listen);
	plan->bound = true;
	if (listen(plan->listener, BACKLOG) < 0)
		plan_die(plan->listen);
}
