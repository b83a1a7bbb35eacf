/* Notices of readiness. Whether the daemon listens is looked up when a notice is taken; a socket that was opened
 * between its sending and then counts as in time. */
#include "observe/notices.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "observe/listeners.h"
#include "observe/watch.h"

enum { NOTICES_KEPT = 1024, ROUNDS = 16 };

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

/* What has waited longer since than another time is late through no fault of its own. */
static int64_t starved_us(const struct watch *watch)
{
	struct collect look = {0};
	int64_t starved = collect_look(&watch->scope, &look) < 0 ? 0 : (int64_t)(look.wait_ns / 1000);

	collect_free(&look);
	return starved;
}

static int add(struct watch *watch, const struct message *message)
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
	text = malloc(message->size + 1u);
	if (!text)
		return -ENOMEM;
	memcpy(text, message->payload, message->size);
	text[message->size] = '\0';
	notices[evidence->n_notices++] = (struct ev_notice){
	    .at_us = watch_since(watch, message->at_us),
	    .pid = message->pid,
	    .text = text,
	    .size = message->size,
	    .listening = everything_listens(watch),
	    .starved_us = starved_us(watch),
	};
	return 0;
}

void notices_take(struct watch *watch, const struct message *message)
{
	if (add(watch, message) < 0)
		watch_fail(watch, -ENOMEM, "cannot keep a notice");
	watch->urgent += watch->stepping;
}

bool notices_due(const struct watch *watch)
{
	struct pollfd wait = {.fd = watch->notices.socket, .events = POLLIN};

	return watch->notices.socket >= 0 && !watch->leader_gone && poll(&wait, 1, 0) > 0;
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
