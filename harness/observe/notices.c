/* Notices of readiness. Whether the daemon listens is looked up when a notice is read; a socket that was opened between
 * its sending and then counts as in time. */
#include "observe/notices.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "observe/listeners.h"
#include "observe/watch.h"
#include "proc/status.h"

enum { NOTICE_BYTES_MAX = 4096, NOTICES_KEPT = 1024, ROUNDS = 16 };

/* The kernel tells the sender as the host numbers it. 0 where it has gone already. */
static int inside_pid(const struct watch *watch, int host)
{
	struct proc_status status;
	char name[32], text[8192];
	ssize_t length;

	if (watch->plan->sandbox->level == SANDBOX_REAPER)
		return host;
	for (size_t i = 0; i < watch->evidence->n_processes; i++)
		if (watch->evidence->processes[i].host_pid == host)
			return watch->evidence->processes[i].pid;
	(void)snprintf(name, sizeof(name), "/proc/%d/status", host);
	length = io_read_at(AT_FDCWD, name, text, sizeof(text), NULL);
	if (length <= 0 || proc_parse_status(text, (size_t)length, NULL, 0, &status) < 0)
		return 0;
	return status.inner_pid;
}

/* What must listen: what is declared, or else what listened in the clean launch. */
static bool everything_listens(const struct watch *watch)
{
	const struct evidence *top = watch->plan->top;

	if (!top)
		return true;
	if (top->declared.n_ready > 0)
		return listeners_all(watch->scope.proc_fd, watch->scope.leader, top->declared.ready,
		                     top->declared.n_ready);
	return listeners_all(watch->scope.proc_fd, watch->scope.leader, top->listeners, top->n_listeners);
}

static int add(struct watch *watch, int pid, const char *bytes, size_t length)
{
	struct evidence *evidence = watch->evidence;
	struct ev_notice *notices;
	char *text;

	if (evidence->n_notices == NOTICES_KEPT) {
		evidence->truncated = true;
		return 0;
	}
	notices = realloc(evidence->notices, (evidence->n_notices + 1) * sizeof(notices[0]));
	if (!notices)
		return -ENOMEM;
	evidence->notices = notices;
	text = malloc(length + 1);
	if (!text)
		return -ENOMEM;
	memcpy(text, bytes, length);
	text[length] = '\0';
	notices[evidence->n_notices++] = (struct ev_notice){
	    .at_us = watch_since(watch, clock_now_us()),
	    .pid = pid,
	    .text = text,
	    .size = length,
	    .listening = everything_listens(watch),
	};
	return 0;
}

/* Descriptors may come along (FDSTORE=1): they are closed. Returns the sender, 0 where it is not told. */
static int take_control(struct msghdr *header)
{
	int sender = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_CREDENTIALS && c->cmsg_len >= CMSG_LEN(sizeof(struct ucred))) {
			struct ucred credentials;

			memcpy(&credentials, CMSG_DATA(c), sizeof(credentials));
			sender = credentials.pid;
		} else if (c->cmsg_type == SCM_RIGHTS) {
			for (size_t i = 0; i < (c->cmsg_len - CMSG_LEN(0)) / sizeof(int); i++) {
				int fd;

				memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
				(void)close(fd);
			}
		}
	}
	return sender;
}

void notices_take(struct watch *watch)
{
	char bytes[NOTICE_BYTES_MAX];

	for (int round = 0; round < ROUNDS && watch->notices.socket >= 0; round++) {
		struct iovec part = {.iov_base = bytes, .iov_len = sizeof(bytes)};
		union {
			char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(int) * MESSAGE_FDS_MAX)];
			struct cmsghdr align;
		} control;
		struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
		ssize_t length;
		int sender;

		header.msg_control = control.bytes;
		header.msg_controllen = sizeof(control.bytes);
		length = recvmsg(watch->notices.socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		if (length < 0)
			return;
		sender = take_control(&header);
		if (add(watch, sender ? inside_pid(watch, sender) : 0, bytes, (size_t)length) < 0)
			watch_fail(watch, -ENOMEM, "cannot keep a notice");
		watch->urgent += watch->stepping;
	}
}

void notices_serve_s6(struct watch *watch)
{
	struct evidence *evidence = watch->evidence;
	char bytes[512];

	for (int round = 0; round < ROUNDS && watch->notices.s6 >= 0; round++) {
		ssize_t length = read(watch->notices.s6, bytes, sizeof(bytes));

		if (length < 0)
			return;
		if (length == 0) {
			evidence->s6_eof_us = watch_since(watch, clock_now_us());
			(void)close(watch->notices.s6);
			watch->notices.s6 = -1;
		} else if (evidence->s6_newline_us == 0 && memchr(bytes, '\n', (size_t)length)) {
			evidence->s6_newline_us = watch_since(watch, clock_now_us());
		}
	}
}

/* Whether the text has the line. */
static bool has_line(const struct ev_notice *notice, const char *line)
{
	size_t length = strlen(line);
	const char *at = notice->text, *end = notice->text + notice->size;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		stop = stop ? stop : end;
		if ((size_t)(stop - at) == length && memcmp(at, line, length) == 0)
			return true;
		at = stop + 1;
	}
	return false;
}

bool notices_came(const struct watch *watch)
{
	for (size_t i = watch->notices.awaited; i < watch->evidence->n_notices; i++) {
		const struct ev_notice *notice = &watch->evidence->notices[i];

		if (has_line(notice, "READY=1") || has_line(notice, "STOPPING=1"))
			return true;
	}
	return false;
}

void notices_close(struct notices *notices)
{
	cleanup_close(&notices->socket);
	cleanup_close(&notices->s6);
	notices->socket = notices->s6 = -1;
}
