/* The traced threads. */
#include "terminal/trace.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "terminal/life.h"

/* What no tracer here can do without: descendants are traced from their first instruction, execve raises no signal, and
 * nothing goes on untraced. */
enum {
	OPTIONS =
	    PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL,
};

long trace_request(int request, pid_t tid, unsigned long data)
{
	return syscall(SYS_ptrace, (long)request, (long)tid, 0UL, data);
}

pid_t trace_message(pid_t tid)
{
	unsigned long number = 0;

	return ptrace(PTRACE_GETEVENTMSG, tid, NULL, &number) < 0 ? 0 : (pid_t)number;
}

struct trace_thread *trace_find(const struct trace *trace, pid_t tid)
{
	for (size_t i = 0; i < trace->n_threads; i++) {
		if (trace->threads[i].tid == tid)
			return &trace->threads[i];
	}
	return NULL;
}

struct trace_thread *trace_add(struct trace *trace, pid_t tid)
{
	struct trace_thread *grown = realloc(trace->threads, (trace->n_threads + 1) * sizeof(grown[0]));

	if (!grown)
		return NULL;
	trace->threads = grown;
	grown[trace->n_threads] = (struct trace_thread){.tid = tid, .tgid = tid};
	return &grown[trace->n_threads++];
}

void trace_drop(struct trace *trace, pid_t tid)
{
	struct trace_thread *thread = trace_find(trace, tid);

	if (thread)
		*thread = trace->threads[--trace->n_threads];
}

int trace_seize(struct trace *trace, pid_t pid, unsigned long options, struct error *error)
{
	if (trace_request(PTRACE_SEIZE, pid, OPTIONS | options) < 0)
		return error_errno(error, -errno, "this system does not let a process be traced");
	trace->on = true;
	return trace_add(trace, pid) ? 0 : error_set(error, -ENOMEM, "out of memory");
}

bool trace_is_ours(const struct trace *trace, pid_t tid, int status)
{
	return trace->on && (status >> 16 || trace_find(trace, tid));
}

static void tell(const struct leader *leader, const struct trace_thread *thread, int status)
{
	const struct message message = {
	    .type = MESSAGE_STOPPED, .pid = thread->tid, .status = status, .at_us = clock_now_us()};

	(void)message_send_surely(leader->report, &message, NULL, 0);
}

bool trace_stays(const struct leader *leader, struct trace_thread *thread, int status)
{
	int signal = WSTOPSIG(status);

	if (status >> 16 != PTRACE_EVENT_STOP ||
	    (signal != SIGSTOP && signal != SIGTSTP && signal != SIGTTIN && signal != SIGTTOU))
		return false;
	/* Told before it may go on. */
	if (!thread->listens)
		tell(leader, thread, W_STOPCODE(signal));
	thread->listens = true;
	return trace_request(PTRACE_LISTEN, thread->tid, 0) == 0;
}

void trace_goes_on(const struct leader *leader, struct trace_thread *thread)
{
	if (thread->listens)
		tell(leader, thread, __W_CONTINUED);
	thread->listens = false;
}

void trace_executed(struct trace *trace, pid_t tid)
{
	pid_t former = trace_message(tid);

	if (former > 0 && former != tid)
		trace_drop(trace, former);
}
