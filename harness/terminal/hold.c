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

enum {
	OPTIONS = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEVFORKDONE |
	          PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL,
	FREEZE_US = CLOCK_US_PER_S,
};

struct hold_thread {
	pid_t tid, tgid;
	uint64_t birth; /* a process's number in the order of births; 0: a thread */
	bool told;      /* MESSAGE_BORN was sent */
	bool held;      /* a process that may not run yet */
	bool arrived;   /* … and has come to its first stop */
	bool vforking;  /* waits in the kernel for its child, deaf to everything but SIGKILL */
	bool exiting;   /* runs no more of its own instructions */
	bool listens;   /* stopped as by a signal, and waits for its end */
	bool parked;    /* stopped while all is frozen; how it is to go on: */
	int signal;
};

/* ptrace(3) takes pointers where the requests that are used here take numbers. */
static long trace(int request, pid_t tid, unsigned long data)
{
	return syscall(SYS_ptrace, (long)request, (long)tid, 0UL, data);
}

static struct hold_thread *find(const struct hold *hold, pid_t tid)
{
	for (size_t i = 0; i < hold->n_threads; i++) {
		if (hold->threads[i].tid == tid)
			return &hold->threads[i];
	}
	return NULL;
}

bool hold_knows(const struct hold *hold, pid_t tid)
{
	return find(hold, tid) != NULL;
}

bool hold_traces(const struct hold *hold, pid_t tid, int status)
{
	return hold->on && (hold_knows(hold, tid) || status >> 16 == PTRACE_EVENT_STOP);
}

static struct hold_thread *add(struct hold *hold, pid_t tid, pid_t tgid)
{
	struct hold_thread *grown = realloc(hold->threads, (hold->n_threads + 1) * sizeof(grown[0]));

	if (!grown)
		return NULL;
	hold->threads = grown;
	grown[hold->n_threads] = (struct hold_thread){.tid = tid, .tgid = tgid};
	return &grown[hold->n_threads++];
}

static void drop(struct hold *hold, pid_t tid)
{
	struct hold_thread *thread = find(hold, tid);

	if (thread)
		*thread = hold->threads[--hold->n_threads];
}

static void send(const struct leader *leader, enum message_type type, pid_t pid, int status)
{
	const struct message message = {.type = type, .pid = pid, .status = status, .at_us = clock_now_us()};

	(void)message_send_surely(leader->report, &message, NULL, 0);
}

/* Whether nothing of it runs, or will before it is let go. */
static bool is_quiet(const struct hold_thread *thread)
{
	return (thread->held && thread->told) || thread->vforking || thread->exiting || thread->listens ||
	       thread->parked;
}

static struct hold_thread *first_untold(const struct hold *hold)
{
	struct hold_thread *first = NULL;

	for (size_t i = 0; i < hold->n_threads; i++) {
		struct hold_thread *thread = &hold->threads[i];

		if (thread->birth && !thread->told && (!first || thread->birth < first->birth))
			first = thread;
	}
	return first;
}

/* In the order of births. One that has not come to its first stop runs no instruction of its own either, but nobody
 * could see that: its turn comes when it has, or with ALL. */
static void tell_births(struct leader *leader, bool all)
{
	struct hold_thread *thread;

	while ((thread = first_untold(&leader->hold)) && (thread->arrived || all)) {
		thread->told = true;
		send(leader, MESSAGE_BORN, thread->tid, 0);
	}
}

static bool is_all_quiet(const struct hold *hold)
{
	for (size_t i = 0; i < hold->n_threads; i++) {
		if (!is_quiet(&hold->threads[i]))
			return false;
	}
	return true;
}

/* All that can be stopped has been, or the time is over. */
static void tell_ending(struct leader *leader)
{
	struct hold *hold = &leader->hold;

	if (!hold->ending || hold->told || (!is_all_quiet(hold) && clock_now_us() < hold->freeze_until_us))
		return;
	tell_births(leader, true);
	hold->told = true;
	send(leader, MESSAGE_ENDING, leader->candidate, 0);
}

static void go_on(struct leader *leader, struct hold_thread *thread, int signal)
{
	thread->listens = false;
	if (!leader->hold.frozen) {
		(void)trace(PTRACE_CONT, thread->tid, (unsigned long)signal);
		return;
	}
	thread->parked = true;
	thread->signal = signal;
	tell_ending(leader);
}

/* A stop by a signal: it lasts until SIGCONT, or until another trap. */
static void stay_stopped(struct leader *leader, struct hold_thread *thread, int status)
{
	thread->listens = true;
	if (trace(PTRACE_LISTEN, thread->tid, 0) < 0) {
		go_on(leader, thread, 0);
		return;
	}
	if (thread->tid == leader->candidate)
		send(leader, MESSAGE_STOPPED, thread->tid, W_STOPCODE(WSTOPSIG(status)));
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
static struct hold_thread *born(struct leader *leader, pid_t tid)
{
	struct hold_thread *thread = find(&leader->hold, tid);
	bool process;

	if (thread)
		return thread;
	process = is_process(tid);
	thread = add(&leader->hold, tid, process ? tid : process_of(tid));
	if (!thread) {
		/* Without memory to keep it in mind it must not be kept back. */
		(void)trace(PTRACE_CONT, tid, 0);
		return NULL;
	}
	if (process) {
		thread->held = true;
		thread->birth = ++leader->hold.n_births;
	}
	return thread;
}

static pid_t event_message(pid_t tid)
{
	unsigned long number = 0;

	return ptrace(PTRACE_GETEVENTMSG, tid, NULL, &number) < 0 ? 0 : (pid_t)number;
}

static void gave_birth(struct leader *leader, pid_t tid, int event)
{
	pid_t child = event_message(tid);
	struct hold_thread *thread;

	if (child > 0)
		(void)born(leader, child);
	thread = find(&leader->hold, tid); /* the table may have moved */
	if (!thread)
		return;
	thread->vforking = event == PTRACE_EVENT_VFORK;
	go_on(leader, thread, 0);
}

/* Whoever executes a program becomes the first thread of its process, and the only one. */
static void executed(struct leader *leader, pid_t tid)
{
	pid_t former = event_message(tid);
	struct hold_thread *thread;

	if (former > 0 && former != tid)
		drop(&leader->hold, former);
	thread = find(&leader->hold, tid);
	if (!thread)
		return;
	thread->exiting = false;
	go_on(leader, thread, 0);
}

static bool is_last(const struct hold *hold, const struct hold_thread *thread)
{
	for (size_t i = 0; i < hold->n_threads; i++) {
		const struct hold_thread *other = &hold->threads[i];

		if (other != thread && other->tgid == thread->tgid && !other->exiting)
			return false;
	}
	return true;
}

static void freeze(struct leader *leader, const struct hold_thread *last)
{
	struct hold *hold = &leader->hold;

	hold->ending = last->tid;
	hold->frozen = true;
	hold->freeze_until_us = clock_now_us() + FREEZE_US;
	for (size_t i = 0; i < hold->n_threads; i++) {
		if (!is_quiet(&hold->threads[i]))
			(void)trace(PTRACE_INTERRUPT, hold->threads[i].tid, 0);
	}
	tell_ending(leader);
}

static void exits(struct leader *leader, struct hold_thread *thread)
{
	struct hold *hold = &leader->hold;

	thread->exiting = true;
	thread->held = false;
	if (thread->tgid == leader->candidate && !leader->returned && !hold->ending && is_last(hold, thread))
		freeze(leader, thread);
	else
		go_on(leader, thread, 0);
}

/* A first stop, one of PTRACE_INTERRUPT, or the beginning or end of a stop by a signal. */
static void trapped(struct leader *leader, struct hold_thread *thread, int status)
{
	int signal = WSTOPSIG(status);

	if (thread->held) {
		thread->arrived = true;
		tell_births(leader, false);
		tell_ending(leader);
	} else if (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU) {
		stay_stopped(leader, thread, status);
	} else {
		go_on(leader, thread, 0);
	}
}

void hold_stopped(struct leader *leader, pid_t tid, int status)
{
	int event = status >> 16;
	struct hold_thread *thread = born(leader, tid);

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

void hold_ended(struct leader *leader, pid_t tid)
{
	drop(&leader->hold, tid);
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
	struct hold_thread *thread = find(&leader->hold, pid);

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
	return trace(PTRACE_CONT, hold->ending, 0) < 0 ? -errno : 0;
}

void hold_returned(struct leader *leader)
{
	struct hold *hold = &leader->hold;

	drop(hold, leader->candidate);
	hold->ending = 0;
	hold->frozen = false;
	for (size_t i = 0; i < hold->n_threads; i++) {
		struct hold_thread *thread = &hold->threads[i];

		if (!thread->parked)
			continue;
		thread->parked = false;
		go_on(leader, thread, thread->signal);
	}
}

int hold_seize(struct leader *leader, pid_t pid, struct error *error)
{
	if (trace(PTRACE_SEIZE, pid, OPTIONS) < 0)
		return error_errno(error, -errno, "this system does not let a process be traced");
	leader->hold.on = true;
	return add(&leader->hold, pid, pid) ? 0 : error_set(error, -ENOMEM, "out of memory");
}
