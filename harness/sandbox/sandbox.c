/* Starting and ending a sandbox, from outside. */
#include "sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "sandbox/init.h"
#include "sandbox/message.h"
#include "sandbox/spawn.h"

enum { READY_TIMEOUT_US = 20 * CLOCK_US_PER_S, STOP_TIMEOUT_US = 20 * CLOCK_US_PER_S };

static const char *level_name(enum sandbox_level level)
{
	switch (level) {
	case SANDBOX_FULL:
		return "namespaces as root";
	case SANDBOX_USER:
		return "namespaces in an unprivileged user namespace";
	case SANDBOX_PRIVILEGED:
		return "privileged namespaces";
	case SANDBOX_REAPER:
		return "a child subreaper";
	}
	return "?";
}

static int wait_readable(int fd, int64_t deadline_us)
{
	for (;;) {
		int64_t left_us = deadline_us - clock_now_us();
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		int count;

		if (left_us <= 0)
			return -ETIMEDOUT;
		count = poll(&wait, 1, (int)(left_us / CLOCK_US_PER_MS) + 1);
		if (count > 0)
			return 0;
		if (count < 0 && errno != EINTR)
			return -errno;
	}
}

/* Reads what report_ready in init.c wrote. */
static int take_ready(struct sandbox *sandbox, const struct message *message, const int *fds, size_t n_fds)
{
	const char *at = message->payload + 1, *end = message->payload + message->size;
	struct root *root = &sandbox->root;

	if (n_fds < 2 || message->size < 2 || end[-1] != '\0')
		return -EBADMSG;
	sandbox->proc_fd = fds[0];
	sandbox->directory_fd = fds[1];
	sandbox->reaper = message->pid;
	root->start_shows_source = message->payload[0] == '1';
	(void)snprintf(root->notes, sizeof(root->notes), "%s", at);
	for (size_t i = 2; i < n_fds; i++) {
		at += strlen(at) + 1;
		root->layers[root->n_layers].point = at < end ? strdup(at) : NULL;
		root->layers[root->n_layers++].upper_fd = fds[i];
	}
	return 0;
}

static int wait_ready(struct sandbox *sandbox, struct error *error)
{
	struct message message;
	int fds[MESSAGE_FDS_MAX];
	size_t n_fds = 0;
	int status = wait_readable(sandbox->report, clock_now_us() + READY_TIMEOUT_US);

	if (status < 0)
		return error_errno(error, status, "the sandbox does not answer");
	status = message_receive(sandbox->report, &message, fds, &n_fds);
	if (status == 1 && message.type == MESSAGE_READY)
		status = take_ready(sandbox, &message, fds, n_fds);
	else if (status == 1 && message.type == MESSAGE_FAILED)
		return error_set(error, -message.error, "%.*s", (int)message.size, message.payload);
	else if (status >= 0)
		status = -EPIPE;
	return status < 0 ? error_errno(error, status, "the sandbox ended while it was set up") : 0;
}

static int proceed(struct sandbox *sandbox, const struct sandbox_plan *plan, struct error *error)
{
	const struct message message = {.type = MESSAGE_PROCEED};
	int status;

	plan->prepared(sandbox, plan->prepared_data);
	status = message_send_surely(sandbox->report, &message, NULL, 0);
	return status < 0 ? error_errno(error, status, "the sandbox ended while it was set up") : 0;
}

static void sandbox_close(struct sandbox *sandbox)
{
	struct root *root = &sandbox->root;

	cleanup_close(&sandbox->init_pidfd);
	cleanup_close(&sandbox->report);
	cleanup_close(&sandbox->proc_fd);
	cleanup_close(&sandbox->directory_fd);
	for (size_t i = 0; i < root->n_layers; i++) {
		cleanup_close(&root->layers[i].upper_fd);
		free(root->layers[i].point);
	}
	root->n_layers = 0;
	sandbox->init_pidfd = sandbox->report = sandbox->proc_fd = sandbox->directory_fd = -1;
	sandbox->init = 0;
}

static int start_level(const struct sandbox_plan *plan, enum sandbox_level level, struct sandbox *ret_sandbox,
                       struct error *error)
{
	struct sandbox sandbox = {.level = level, .init_pidfd = -1, .report = -1, .proc_fd = -1, .directory_fd = -1};
	struct init_plan init = {.sandbox = plan, .level = level, .uid = geteuid(), .gid = getegid()};
	int sockets[2], status;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
		return error_errno(error, -errno, "cannot make a socket pair");
	init.report = sockets[1];
	sandbox.init = spawn(init_namespaces(level), &sandbox.init_pidfd);
	if (sandbox.init == 0) {
		(void)close(sockets[0]);
		init_run(&init);
	}
	(void)close(sockets[1]);
	sandbox.report = sockets[0];
	if (sandbox.init < 0) {
		status = sandbox.init;
		sandbox.init = 0;
		sandbox_close(&sandbox);
		return error_errno(error, status, "cannot make the namespaces");
	}
	if (plan->meanwhile)
		plan->meanwhile(plan->meanwhile_data);
	status = wait_ready(&sandbox, error);
	if (status == 0 && plan->prepared)
		status = proceed(&sandbox, plan, error);
	if (status < 0) {
		sandbox_stop(&sandbox);
		return status;
	}
	*ret_sandbox = sandbox;
	return 0;
}

/* Whether the kernel does not give the namespaces at all. Whatever else goes wrong is an error: on a machine that is
 * merely short of something, a candidate must not end up with less isolation than it has at other times. */
static bool is_unavailable(int status)
{
	char limit[16];

	switch (status) {
	case -EPERM:
	case -EACCES:
	case -ENOSYS:
	case -EINVAL:
		return true;
	case -ENOSPC: /* the limit of namespaces: 0 where they are switched off */
		return io_read_at(AT_FDCWD, "/proc/sys/user/max_user_namespaces", limit, sizeof(limit), NULL) > 0 &&
		       strcmp(limit, "0\n") == 0;
	default:
		return false;
	}
}

int sandbox_start(const struct sandbox_plan *plan, struct sandbox *ret_sandbox, struct error *error)
{
	enum sandbox_level levels[2] = {SANDBOX_USER};
	size_t n_levels = 1;
	struct error reasons[2] = {0};
	int status = -EPERM;

	if (plan->privileged) {
		levels[0] = SANDBOX_PRIVILEGED;
	} else if (geteuid() == 0) {
		levels[0] = SANDBOX_FULL;
		levels[n_levels++] = SANDBOX_USER;
	}
	for (size_t i = 0; i < n_levels; i++) {
		status = start_level(plan, levels[i], ret_sandbox, &reasons[i]);
		if (status < 0 && !is_unavailable(status))
			return error_set(error, status, "no sandbox: %s: %s", level_name(levels[i]), reasons[i].text);
		if (status < 0)
			continue;
		if (i > 0)
			root_note(&ret_sandbox->root, "%s are not to be had here: %s", level_name(levels[0]),
			          reasons[0].text);
		return 0;
	}
	if (plan->privileged || plan->must_work || strcmp(plan->tree, "/") != 0)
		return error_set(error, status, "no sandbox: %s: %s", level_name(levels[n_levels - 1]),
		                 reasons[n_levels - 1].text);
	status = start_level(plan, SANDBOX_REAPER, ret_sandbox, error);
	if (status == 0)
		root_note(&ret_sandbox->root,
		          "there are no namespaces here (%s): the candidate runs on this very system, under %s",
		          reasons[n_levels - 1].text, level_name(SANDBOX_REAPER));
	return status;
}

void sandbox_kill(struct sandbox *sandbox)
{
	if (sandbox->init <= 0)
		return;
	if (sandbox->level == SANDBOX_REAPER)
		(void)shutdown(sandbox->report, SHUT_RDWR);
	else
		(void)syscall(SYS_pidfd_send_signal, sandbox->init_pidfd, SIGKILL, NULL, 0);
}

void sandbox_stop(struct sandbox *sandbox)
{
	if (sandbox->init <= 0)
		return;
	sandbox_kill(sandbox);
	/* The end of a PID 1 is reported when the last process of its namespace has gone. */
	if (wait_readable(sandbox->init_pidfd, clock_now_us() + STOP_TIMEOUT_US) < 0)
		(void)syscall(SYS_pidfd_send_signal, sandbox->init_pidfd, SIGKILL, NULL, 0);
	(void)waitid(P_PIDFD, (id_t)sandbox->init_pidfd, &(siginfo_t){0}, WEXITED);
	sandbox_close(sandbox);
}
