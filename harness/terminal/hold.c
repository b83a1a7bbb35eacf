/* Tracing for the sake of holding births back. */
#include "terminal/hold.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "terminal/life.h"

enum { FREEZE_US = CLOCK_US_PER_S };

static void send(const struct leader *leader, enum message_type type, pid_t pid)
{
	const struct message message = {.type = type, .pid = pid, .at_us = clock_now_us()};

	(void)message_send_surely(leader->report, &message, NULL, 0);
}

/* Whether nothing of it runs, or will before it is let go. */
static bool is_quiet(const struct trace_thread *thread)
{
	return (thread->held && thread->told) || thread->vforking || thread->exiting || thread->listens ||
	       thread->parked;
}

static struct trace_thread *first_untold(const struct trace *trace)
{
	struct trace_thread *first = NULL;

	for (size_t i = 0; i < trace->n_threads; i++) {
		struct trace_thread *thread = &trace->threads[i];

		if (thread->birth && !thread->told && (!first || thread->birth < first->birth))
			first = thread;
	}
	return first;
}

/* In the order of births. One that has not come to its first stop runs no instruction of its own either, but nobody
 * could see that: its turn comes when it has, or with ALL. */
static void tell_births(struct leader *leader, bool all)
{
	struct trace_thread *thread;

	while ((thread = first_untold(&leader->trace)) && (thread->arrived || all)) {
		thread->told = true;
		send(leader, MESSAGE_BORN, thread->tid);
	}
}

static bool is_all_quiet(const struct trace *trace)
{
	for (size_t i = 0; i < trace->n_threads; i++) {
		if (!is_quiet(&trace->threads[i]))
			return false;
	}
	return true;
}

/* All that can be stopped has been, or the time is over. */
static void tell_ending(struct leader *leader)
{
	struct hold *hold = &leader->hold;

	if (!hold->ending || hold->told || (!is_all_quiet(&leader->trace) && clock_now_us() < hold->freeze_until_us))
		return;
	tell_births(leader, true);
	hold->told = true;
	send(leader, MESSAGE_ENDING, leader->candidate);
}

static void go_on(struct leader *leader, struct trace_thread *thread, int signal)
{
	trace_goes_on(leader, thread);
	if (!leader->hold.frozen) {
		(void)trace_request(PTRACE_CONT, thread->tid, (unsigned long)signal);
		return;
	}
	thread->parked = true;
	thread->signal = signal;
	tell_ending(leader);
}

/* The kernel gives a pidfd for the first thread of a process alone. */
static bool is_process(pid_t tid)
{
	int fd = (int)syscall(SYS_pidfd_open, tid, 0);

	if (fd < 0)
		return errno != EINVAL && errno != ENOENT;
	(void)close(fd);
	return true;
}

static pid_t process_of(pid_t tid)
{
	static const char word[] = "\nTgid:\t";
	char path[32], text[1024], *line;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", tid);
	if (io_read_at(AT_FDCWD, path, text, sizeof(text), NULL) <= 0)
		return 0;
	line = strstr(text, word);
	return line ? (pid_t)strtol(line + strlen(word), NULL, 10) : 0;
}

/* The new thread is known by its parent's stop or by its own first one, whichever is heard of first. */
static struct trace_thread *born(struct leader *leader, pid_t tid)
{
	struct trace_thread *thread = trace_find(&leader->trace, tid);
	bool process;

	if (thread)
		return thread;
	process = is_process(tid);
	thread = trace_add(&leader->trace, tid);
	if (!thread) {
		/* Without memory to keep it in mind it must not be kept back. */
		(void)trace_request(PTRACE_CONT, tid, 0);
		return NULL;
	}
	thread->held = process;
	if (process)
		thread->birth = ++leader->hold.n_births;
	else
		thread->tgid = process_of(tid);
	return thread;
}

static void gave_birth(struct leader *leader, pid_t tid, int event)
{
	pid_t child = trace_message(tid);
	struct trace_thread *thread;

	if (child > 0)
		(void)born(leader, child);
	thread = trace_find(&leader->trace, tid); /* the table may have moved */
	if (!thread)
		return;
	thread->vforking = event == PTRACE_EVENT_VFORK;
	go_on(leader, thread, 0);
}

static void executed(struct leader *leader, pid_t tid)
{
	struct trace_thread *thread;

	trace_executed(&leader->trace, tid);
	thread = trace_find(&leader->trace, tid);
	if (!thread)
		return;
	thread->exiting = false;
	go_on(leader, thread, 0);
}

static bool is_last(const struct trace *trace, const struct trace_thread *thread)
{
	for (size_t i = 0; i < trace->n_threads; i++) {
		const struct trace_thread *other = &trace->threads[i];

		if (other != thread && other->tgid == thread->tgid && !other->exiting)
			return false;
	}
	return true;
}

static void freeze(struct leader *leader, const struct trace_thread *last)
{
	struct hold *hold = &leader->hold;
	struct trace *trace = &leader->trace;

	hold->ending = last->tid;
	hold->frozen = true;
	hold->freeze_until_us = clock_now_us() + FREEZE_US;
	for (size_t i = 0; i < trace->n_threads; i++) {
		if (!is_quiet(&trace->threads[i]))
			(void)trace_request(PTRACE_INTERRUPT, trace->threads[i].tid, 0);
	}
	tell_ending(leader);
}

static void exits(struct leader *leader, struct trace_thread *thread)
{
	struct hold *hold = &leader->hold;

	thread->exiting = true;
	thread->held = false;
	if (thread->tgid == leader->candidate && !leader->returned && !hold->ending && is_last(&leader->trace, thread))
		freeze(leader, thread);
	else
		go_on(leader, thread, 0);
}

/* A first stop, one of PTRACE_INTERRUPT, or the beginning or end of a stop by a signal. */
static void trapped(struct leader *leader, struct trace_thread *thread, int status)
{
	if (thread->held) {
		thread->arrived = true;
		tell_births(leader, false);
		tell_ending(leader);
	} else if (trace_stays(leader, thread, status)) {
		tell_ending(leader);
	} else {
		go_on(leader, thread, 0);
	}
}

void hold_stopped(struct leader *leader, pid_t tid, int status)
{
	int event = status >> 16;
	struct trace_thread *thread = born(leader, tid);

	if (!thread)
		return;
	switch (event) {
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		gave_birth(leader, tid, event);
		return;
	case PTRACE_EVENT_EXEC:
		executed(leader, tid);
		return;
	case PTRACE_EVENT_EXIT:
		exits(leader, thread);
		return;
	case PTRACE_EVENT_STOP:
		trapped(leader, thread, status);
		return;
	case PTRACE_EVENT_VFORK_DONE:
		thread->vforking = false;
		go_on(leader, thread, 0);
		return;
	default: /* a signal on its way: no events */
		go_on(leader, thread, WSTOPSIG(status));
		return;
	}
}

void hold_ended(struct leader *leader)
{
	tell_births(leader, false);
	tell_ending(leader);
}

int hold_timeout_ms(const struct hold *hold)
{
	int64_t left_us;

	if (!hold->ending || hold->told)
		return -1;
	left_us = hold->freeze_until_us - clock_now_us();
	return left_us <= 0 ? 0 : (int)(left_us / CLOCK_US_PER_MS) + 1;
}

void hold_due(struct leader *leader)
{
	tell_ending(leader);
}

int hold_release(struct leader *leader, pid_t pid, int signal)
{
	struct trace_thread *thread = trace_find(&leader->trace, pid);

	if (!thread || !thread->held)
		return -ESRCH;
	if (signal && kill(pid, signal) < 0)
		return -errno;
	thread->held = false;
	if (thread->arrived)
		go_on(leader, thread, 0);
	return 0;
}

int hold_go(struct leader *leader)
{
	struct hold *hold = &leader->hold;

	if (!hold->told || leader->returned)
		return -ESRCH;
	return trace_request(PTRACE_CONT, hold->ending, 0) < 0 ? -errno : 0;
}

void hold_returned(struct leader *leader)
{
	struct hold *hold = &leader->hold;
	struct trace *trace = &leader->trace;

	hold->ending = 0;
	hold->frozen = false;
	for (size_t i = 0; i < trace->n_threads; i++) {
		struct trace_thread *thread = &trace->threads[i];

		if (!thread->parked)
			continue;
		thread->parked = false;
		go_on(leader, thread, thread->signal);
	}
}

int hold_seize(struct leader *leader, pid_t pid, struct error *error)
{
	return trace_seize(&leader->trace, pid, PTRACE_O_TRACEVFORKDONE | PTRACE_O_TRACEEXIT, error);
}
