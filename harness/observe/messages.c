/* Messages from inside, each taken over into the evidence or the state of the watch. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "observe/pidfile.h"
#include "observe/watch.h"
#include "sandbox/message.h"
#include "terminal/leader.h"

enum { EXITS_KEPT = 1024 };

void watch_fail(struct watch *watch, int status, const char *what)
{
	if (watch->failure == 0)
		watch->failure = error_errno(watch->error, status, "%s", what);
}

int64_t watch_since(const struct watch *watch, int64_t at_us)
{
	return at_us ? at_us - watch->times->started_us : 0;
}

/* tty_nr codes a device number as new_encode_dev of the kernel does. */
static int tty_number(uint64_t special)
{
	return (int)((minor(special) & 0xff) | major(special) << 8 | (minor(special) & ~0xffu) << 12);
}

/* Each descriptor that came along goes to who reads it. */
static int take_descriptor(struct watch *watch, const struct leader_started *started, enum leader_descriptor descriptor,
                           int fd)
{
	switch (descriptor) {
	case LEADER_MASTER:
		watch->output.master = fd;
		return 0;
	case LEADER_PIPE_1:
	case LEADER_PIPE_2:
		return pipes_take(watch, descriptor == LEADER_PIPE_2, fd, &started->pipes[descriptor == LEADER_PIPE_2]);
	case LEADER_NOTIFY:
		watch->notices.socket = fd;
		return 0;
	case LEADER_S6:
		watch->notices.s6 = fd;
		return 0;
	case LEADER_SOCKET:
	case LEADER_DESCRIPTORS:
		break;
	}
	/* The candidate's copy of a listening socket is enough. */
	(void)close(fd);
	return 0;
}

static int take_descriptors(struct watch *watch, const struct leader_started *started, int *fds, size_t n_fds)
{
	size_t used = 0;

	if (__builtin_popcount(started->present) != (int)n_fds || started->present >> LEADER_DESCRIPTORS)
		return -EBADMSG;
	for (int i = 0; i < LEADER_DESCRIPTORS; i++) {
		int fd, status;

		if (!(started->present & 1u << i))
			continue;
		fd = fds[used];
		fds[used++] = -1;
		status = take_descriptor(watch, started, (enum leader_descriptor)i, fd);
		if (status < 0)
			return status;
	}
	return 0;
}

static int take_start(struct watch *watch, const struct leader_started *started)
{
	struct ev_start *start = &watch->evidence->start;

	start->leader = started->leader;
	start->uid = started->uid;
	start->gid = started->gid;
	start->nofile = started->nofile;
	start->cap_effective = started->cap_effective;
	start->terminal_device = started->terminal.device;
	start->terminal_special = started->terminal.special;
	start->terminal = tty_number(started->terminal.special);
	start->directory_file = started->directory;
	start->directory_own = watch->plan->sandbox->level != SANDBOX_REAPER;
	start->stranger = started->stranger;
	start->socket = started->socket;
	free(start->directory);
	start->directory = strndup(started->path, sizeof(started->path));
	if (started->socket_address[0] && !start->socket_address)
		start->socket_address = strndup(started->socket_address, sizeof(started->socket_address));
	if (!start->directory || (started->socket_address[0] && !start->socket_address))
		return -ENOMEM;
	return 0;
}

static void take_started(struct watch *watch, const struct message *message, int *fds, size_t n_fds)
{
	const struct leader_started *started = (const struct leader_started *)(const void *)message->payload;
	int status;

	if (message->size != sizeof(*started) || watch->started) {
		watch_fail(watch, -EBADMSG, "the session leader cannot be understood");
		return;
	}
	watch->started = true;
	watch->times->started_us = message->at_us;
	watch->scope.leader = started->leader;
	watch->scope.stranger = started->stranger;
	watch->scope.holding |= started->counting;
	watch->counting = started->counting;
	watch->evidence->launch.pid = watch->evidence->launch.group = message->pid;
	pidfile_watch_started(&watch->pidfile, message->at_us, &watch->evidence->pidfile);
	status = take_start(watch, started);
	if (status == 0)
		status = take_descriptors(watch, started, fds, n_fds);
	if (status < 0)
		watch_fail(watch, status, "the start cannot be kept");
}

static void record_exit(struct watch *watch, const struct message *message)
{
	struct evidence *evidence = watch->evidence;
	struct ev_exit *exits;

	watch->last_us = message->at_us;
	if (evidence->n_exits == EXITS_KEPT) {
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
	    .pid = message->pid, .status = message->status, .at_us = watch_since(watch, message->at_us)};
}

static void take_return(struct watch *watch, const struct message *message)
{
	struct ev_launch *launch = &watch->evidence->launch;

	if (watch->returned)
		return;
	watch->returned = true;
	watch->urgent++;
	record_exit(watch, message);
	/* Of a launch that stayed in the foreground this is the end of the daemon: it belongs to a step. */
	if (watch->stepping)
		return;
	launch->status = message->status;
	launch->stopped = false;
	launch->returned_us = watch_since(watch, message->at_us);
	watch->times->returned_us = message->at_us;
}

static int keep_listeners(struct ev_launch *launch, const struct leader_returned *returned)
{
	if (!returned->listeners_known || launch->listeners || returned->n_listeners > LEADER_LISTENERS_MAX)
		return 0;
	launch->listeners_known = true;
	launch->listeners = calloc(returned->n_listeners + 1u, sizeof(launch->listeners[0]));
	if (!launch->listeners)
		return -ENOMEM;
	for (uint32_t i = 0; i < returned->n_listeners; i++) {
		char *address = strndup(returned->listeners[i].address, LEADER_ADDRESS_MAX);

		if (!address)
			return -ENOMEM;
		launch->listeners[launch->n_listeners++] =
		    (struct ev_listener){.family = returned->listeners[i].family, .address = address};
	}
	return 0;
}

/* What could be seen when the started process ended. */
static void take_instant(struct watch *watch, const struct message *message)
{
	const struct leader_returned *returned = (const struct leader_returned *)(const void *)message->payload;
	struct evidence *evidence = watch->evidence;
	int status;

	if (message->size < offsetof(struct leader_returned, look.content) ||
	    message->size != offsetof(struct leader_returned, look.content) + returned->look.size) {
		watch_fail(watch, -EBADMSG, "the session leader cannot be understood");
		return;
	}
	if (watch->stepping)
		return;
	evidence->launch.cpu_us = returned->cpu_us;
	evidence->launch.ready_files_known = returned->ready_files_known;
	evidence->launch.ready_files = returned->ready_files;
	status = keep_listeners(&evidence->launch, returned);
	if (status == 0 && returned->look.state != EV_LOOK_NONE)
		status = pidfile_take_look(&returned->look, &evidence->pidfile.returned);
	if (status < 0)
		watch_fail(watch, status, "cannot keep what was there at the return");
}

static void take_leader_exit(struct watch *watch)
{
	watch->leader_gone = true;
	watch->urgent++;
	if (!watch->hanging_up)
		watch->evidence->launch.leader_killed = true;
}

static void take_ran(struct watch *watch, const struct message *message)
{
	int64_t last_us = watch->last_us;

	watch->exits++;
	record_exit(watch, message);
	if (message->pid != watch->ran.pid || watch->ran.ended)
		return;
	if (watch->ran.awaited)
		watch->last_us = last_us;
	watch->ran.ended = true;
	watch->ran.status = message->status;
	watch->ran.at_us = message->at_us;
	watch->urgent++;
	/* Its last words are there by now, and what others say from now on is not its own. */
	if (output_drain(&watch->output) < 0)
		watch_fail(watch, -ENOMEM, "cannot keep the output");
	watch->output.wanted = false;
}

/* An exit that init reaped: an orphan's, or the leader's where the candidate killed that too; what the leader started
 * is then init's to reap. */
static void take_exit(struct watch *watch, const struct message *message)
{
	watch->exits++;
	/* What runs on must not be disturbed by a look at each end while it starts. */
	watch->urgent += watch->stepping;
	if (message->pid == watch->scope.leader)
		take_leader_exit(watch);
	else if (message->pid == watch->scope.stranger)
		watch->signalled |= WIFSIGNALED(message->status) ? UINT64_C(1) << (WTERMSIG(message->status) - 1) : 0;
	else if (message->pid == watch->evidence->launch.pid && !watch->returned)
		take_return(watch, message);
	else if (message->pid == watch->ran.pid && !watch->ran.ended)
		take_ran(watch, message);
	else
		record_exit(watch, message);
}

/* Of the started process alone, or of all that is traced. */
static void take_stopped(struct watch *watch, const struct message *message)
{
	struct ev_launch *launch = &watch->evidence->launch;

	if (WIFCONTINUED(message->status)) {
		stopped_remove(&watch->scope.stopped, message->pid);
		return;
	}
	if (message->pid == launch->pid && !watch->returned)
		launch->stopped |= !watch->stepping;
	if (watch->scope.holding && stopped_add(&watch->scope.stopped, message->pid) < 0)
		watch_fail(watch, -ENOMEM, "cannot keep a stop");
}

static void take_signalled(struct watch *watch, const struct message *message)
{
	if (message->status > 0 && message->status <= 64)
		watch->signalled |= UINT64_C(1) << (message->status - 1);
}

static void take_not_executed(struct watch *watch, const struct message *message)
{
	if (watch->stepping) {
		watch->ran.error_number = message->error;
		return;
	}
	watch->not_executed = true;
	watch->evidence->launch.exec_errno = message->error;
}

static void take_failed(struct watch *watch, const struct message *message)
{
	if (watch->failure == 0)
		watch->failure = error_set(watch->error, -message->error, "the sandbox cannot be used: %.*s",
		                           (int)message->size, message->payload);
}

static void take_message(struct watch *watch, const struct message *message, int *fds, size_t n_fds)
{
	switch (message->type) {
	case MESSAGE_STARTED:
		take_started(watch, message, fds, n_fds);
		return;
	case MESSAGE_NOT_EXECUTED:
		take_not_executed(watch, message);
		return;
	case MESSAGE_STOPPED:
		take_stopped(watch, message);
		return;
	case MESSAGE_RETURNED:
		take_return(watch, message);
		take_instant(watch, message);
		return;
	case MESSAGE_EXIT:
		take_exit(watch, message);
		return;
	case MESSAGE_FAILED:
		take_failed(watch, message);
		return;
	case MESSAGE_ANSWER:
		command_take_answer(watch, message, fds, n_fds);
		return;
	case MESSAGE_RAN:
		take_ran(watch, message);
		return;
	case MESSAGE_BORN:
		hold_born(watch, message->pid);
		return;
	case MESSAGE_ENDING:
		hold_ending(watch);
		return;
	case MESSAGE_SIGNALLED:
		take_signalled(watch, message);
		return;
	case MESSAGE_NOTICE:
		notices_take(watch, message);
		return;
	case MESSAGE_READY:
	case MESSAGE_PROCEED:
	case MESSAGE_COMMAND:
		break;
	}
	watch_fail(watch, -EBADMSG, "the sandbox cannot be understood");
}

void messages_take(struct watch *watch)
{
	struct message message;
	int fds[MESSAGE_FDS_MAX], status;
	size_t n_fds;

	while (watch->failure == 0) {
		n_fds = 0;
		status = message_receive(watch->plan->sandbox->report, &message, fds, &n_fds);
		if (status == -EAGAIN)
			return;
		if (status <= 0) {
			watch_fail(watch, status ? status : -EPIPE, "the sandbox ended unexpectedly");
			return;
		}
		take_message(watch, &message, fds, n_fds);
		/* What nobody took over. */
		for (size_t i = 0; i < n_fds; i++)
			cleanup_close(&fds[i]);
	}
}
