/* What is traced, whether births are held back (hold.h) or calls counted (count.h): the table of threads, and what
 * ptrace(2) asks of every tracer that nobody is to notice. */
#ifndef TERMINAL_TRACE_H
#define TERMINAL_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct leader;

struct trace_thread {
	pid_t tid;
	bool listens; /* stopped as by a signal, and waits for its end */
	/* Of hold.c: */
	pid_t tgid;
	uint64_t birth; /* a process's number in the order of births; 0: a thread */
	bool told;      /* MESSAGE_BORN was sent */
	bool held;      /* a process that may not run yet */
	bool arrived;   /* … and has come to its first stop */
	bool vforking;  /* waits in the kernel for its child, deaf to everything but SIGKILL */
	bool exiting;   /* runs no more of its own instructions */
	bool parked;    /* stopped while all is frozen; how it is to go on: */
	int signal;
};

struct trace {
	bool on;
	struct trace_thread *threads; /* every thread that is traced; what is added or dropped moves them */
	size_t n_threads;
};

/* ptrace(3) takes pointers where the requests that are used here take numbers. */
long trace_request(int request, pid_t tid, unsigned long data);

/* The number that comes with the event at which the thread is stopped; 0: it is there no more. */
pid_t trace_message(pid_t tid);

/* NULL: not known; or there is no memory. */
struct trace_thread *trace_find(const struct trace *trace, pid_t tid);
struct trace_thread *trace_add(struct trace *trace, pid_t tid);
void trace_drop(struct trace *trace, pid_t tid);

/* Traces the process, which waits for that, and all its descendants, which end with the tracer. 0 or -errno. */
int trace_seize(struct trace *trace, pid_t pid, unsigned long options, struct error *error);

/* Whether a stop with that status of wait(2) is of one of the traced: who is not known yet, or could not be kept, shows
 * by its event. */
bool trace_is_ours(const struct trace *trace, pid_t tid, int status);

/* A stop by a signal lasts until SIGCONT, or until another trap: whether this is one, and lasts. The thread may not go
 * on then; when it does, that is told, too: MESSAGE_STOPPED. */
bool trace_stays(const struct leader *leader, struct trace_thread *thread, int status);
void trace_goes_on(const struct leader *leader, struct trace_thread *thread);

/* Whoever executes a program becomes the first thread of its process, and the only one. */
void trace_executed(struct trace *trace, pid_t tid);

#endif
