/* Messages from inside and output of the terminal. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "observe/pidfile.h"
#include "observe/watch.h"
#include "sandbox/message.h"
#include "terminal/leader.h"

enum { EXITS_MAX = 1024 };

static void watch_fail(struct watch *watch, int status, const char *what)
{
	if (watch->failure == 0)
		watch->failure = error_errno(watch->error, status, "%s", what);
}

/* tty_nr codes a device number as new_encode_dev of the kernel does. */
static int tty_number(uint64_t special)
{
	return (int)((minor(special) & 0xff) | major(special) << 8 | (minor(special) & ~0xffu) << 12);
}

static void take_started(struct watch *watch, const struct message *message, const int *fds, size_t n_fds)
{
	const struct leader_started *started = (const struct leader_started *)(const void *)message->payload;
	struct ev_start *start = &watch->evidence->start;

	if (message->size != sizeof(*started) || n_fds != 1) {
		watch_fail(watch, -EBADMSG, "the session leader cannot be understood");
		return;
	}
	watch->started = true;
	watch->times->started_us = message->at_us;
	watch->scope.leader = started->leader;
	watch->output.master = fds[0];
	watch->evidence->launch.pid = watch->evidence->launch.group = message->pid;
	start->leader = started->leader;
	start->uid = started->uid;
	start->gid = started->gid;
	start->cap_effective = started->cap_effective;
	start->terminal_device = started->terminal.device;
	start->terminal_special = started->terminal.special;
	start->terminal = tty_number(started->terminal.special);
	start->directory_file = started->directory;
	start->directory_own = watch->plan->sandbox->level != SANDBOX_REAPER;
	free(start->directory);
	start->directory = strndup(started->path, sizeof(started->path));
	if (!start->directory)
		watch_fail(watch, -ENOMEM, "cannot keep the start directory");
}

static void record_exit(struct watch *watch, const struct message *message)
{
	struct evidence *evidence = watch->evidence;
	struct ev_exit *exits;

	if (evidence->n_exits == EXITS_MAX) {
		evidence->truncated = true;
		return;
	}
	exits = realloc(evidence->exits, (evidence->n_exits + 1) * sizeof(exits[0]));
	if (!exits) {
		watch_fail(watch, -ENOMEM, "cannot keep an exit");
		return;
	}
	evidence->exits = exits;
	exits[evidence->n_exits++] = (struct ev_exit){
	    .pid = message->pid, .status = message->status, .at_us = message->at_us - watch->times->started_us};
}

static void take_return(struct watch *watch, const struct message *message)
{
	struct ev_launch *launch = &watch->evidence->launch;

	if (watch->returned)
		return;
	watch->returned = true;
	launch->status = message->status;
	launch->stopped = false;
	launch->returned_us = message->at_us - watch->times->started_us;
	watch->times->returned_us = message->at_us;
	record_exit(watch, message);
}

static void take_look(struct watch *watch, const struct message *message)
{
	const struct leader_returned *returned = (const struct leader_returned *)(const void *)message->payload;

	if (message->size < offsetof(struct leader_returned, look.content) ||
	    message->size != offsetof(struct leader_returned, look.content) + returned->look.size) {
		watch_fail(watch, -EBADMSG, "the session leader cannot be understood");
		return;
	}
	if (returned->look.state != EV_LOOK_NONE &&
	    pidfile_take_look(&returned->look, &watch->evidence->pidfile.returned) < 0)
		watch_fail(watch, -ENOMEM, "cannot keep the pid file");
}

/* An exit that init reaped: an orphan's, or the leader's where the candidate killed that too; the started process is
 * then init's to reap. */
static void take_exit(struct watch *watch, const struct message *message)
{
	watch->exits++;
	if (message->pid == watch->scope.leader)
		watch->evidence->launch.leader_killed = true;
	else if (message->pid == watch->evidence->launch.pid)
		take_return(watch, message);
	else
		record_exit(watch, message);
}

static void take_message(struct watch *watch, const struct message *message, const int *fds, size_t n_fds)
{
	switch (message->type) {
	case MESSAGE_STARTED:
		take_started(watch, message, fds, n_fds);
		return;
	case MESSAGE_NOT_EXECUTED:
		watch->not_executed = true;
		watch->evidence->launch.exec_errno = message->error;
		return;
	case MESSAGE_STOPPED:
		watch->evidence->launch.stopped = true;
		return;
	case MESSAGE_RETURNED:
		take_return(watch, message);
		take_look(watch, message);
		return;
	case MESSAGE_EXIT:
		take_exit(watch, message);
		return;
	case MESSAGE_FAILED:
		if (watch->failure == 0)
			watch->failure = error_set(watch->error, -message->error, "the sandbox cannot be used: %.*s",
			                           (int)message->size, message->payload);
		return;
	case MESSAGE_READY:
		break;
	}
	watch_fail(watch, -EBADMSG, "the sandbox cannot be understood");
}

static void take_messages(struct watch *watch)
{
	struct message message;
	int fds[MESSAGE_FDS_MAX], status;
	size_t n_fds;

	while (watch->failure == 0) {
		status = message_receive(watch->plan->sandbox->report, &message, fds, &n_fds);
		if (status == -EAGAIN)
			return;
		if (status <= 0) {
			watch_fail(watch, status ? status : -EPIPE, "the sandbox ended unexpectedly");
			return;
		}
		take_message(watch, &message, fds, n_fds);
	}
}

void events_take(struct watch *watch, int64_t until_us)
{
	struct pollfd waits[2] = {
	    {.fd = watch->plan->sandbox->report, .events = POLLIN},
	    {.fd = watch->output.master, .events = POLLIN},
	};
	int64_t left_us = until_us - clock_now_us();
	struct timespec left = {0};

	if (left_us > 0)
		left =
		    (struct timespec){.tv_sec = left_us / CLOCK_US_PER_S, .tv_nsec = left_us % CLOCK_US_PER_S * 1000};
	if (ppoll(waits, 2, &left, NULL) < 0)
		return;
	if (waits[0].revents)
		take_messages(watch);
	if (waits[1].revents && output_drain(&watch->output) < 0)
		watch_fail(watch, -ENOMEM, "cannot keep the output");
}
