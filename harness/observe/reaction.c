/* What became of a signal. The kernel wakes who is to take it before the sending call returns; so a process that sleeps
 * on as it did before has not got it, or has no use for it. */
#include "observe/reaction.h"

#include <signal.h>
#include <stdio.h>

#include "base/io.h"
#include "observe/process.h"
#include "observe/wakers.h"
#include "proc/status.h"

static bool has(uint64_t set, int signal)
{
	return set >> (signal - 1) & 1;
}

static const struct collect_task *task_of(const struct collect *look, int tid)
{
	for (size_t i = 0; i < look->n_tasks; i++)
		if (look->tasks[i].tid == tid)
			return &look->tasks[i];
	return NULL;
}

/* Whether the process ran: each of its tasks must be there, with the same run time, if it did not. */
static bool has_run(const struct watch *watch, const struct collect *before, int pid, bool *ret_gone)
{
	size_t now = 0, then = 0;
	bool ran = false;

	for (size_t i = 0; i < watch->look.n_tasks; i++) {
		const struct collect_task *task = &watch->look.tasks[i], *old;

		if (task->pid != pid)
			continue;
		old = task_of(before, task->tid);
		ran |= !old || old->timeslices != task->timeslices || old->run_ns != task->run_ns;
		now++;
	}
	for (size_t i = 0; i < before->n_tasks; i++)
		then += before->tasks[i].pid == pid;
	*ret_gone = now == 0;
	return ran || now != then;
}

/* PID 1 of a pid namespace gets no signal whose default would end it, but the two that nobody can take. */
static bool is_namespace_init(const struct watch *watch, int pid)
{
	char name[32], text[8192];
	struct proc_status status;
	ssize_t length;

	(void)snprintf(name, sizeof(name), "%d/status", pid);
	length = io_read_at(watch->scope.proc_fd, name, text, sizeof(text), NULL);
	return length > 0 && proc_parse_status(text, (size_t)length, NULL, 0, &status) == 0 && status.inner_pid == 1;
}

static bool is_ignored(const struct watch *watch, const struct ev_process *process, int signal)
{
	if (has(process->caught, signal))
		return false;
	if (has(process->ignored, signal) || signal == SIGCHLD || signal == SIGURG || signal == SIGWINCH ||
	    signal == SIGCONT)
		return true;
	return is_namespace_init(watch, process->pid);
}

static bool is_blocked(const struct watch *watch, const struct ev_process *process, int signal)
{
	for (size_t i = 0; i < process->n_threads; i++)
		if (!has(process->threads[i].blocked, signal) || process->threads[i].sigwait)
			return false;
	return process->n_threads > 0 && !wakers_signalfd(watch->scope.proc_fd, process->pid, signal);
}

static bool is_pending(const struct ev_process *process, int signal)
{
	for (size_t i = 0; i < process->n_threads; i++)
		if (has(process->threads[i].pending | process->pending, signal))
			return true;
	return false;
}

/* Whether the process can do nothing at all with the signal, as it stands. */
static bool is_deaf(const struct watch *watch, const struct ev_process *process, int signal)
{
	bool stopped = process->state == 'T';

	if (signal == SIGKILL || signal == SIGSTOP)
		return false;
	if (stopped)
		return signal != SIGCONT;
	return is_blocked(watch, process, signal) || is_ignored(watch, process, signal);
}

static bool is_due(const struct ev_process *process, int signal)
{
	if (process->state == 'T')
		return false;
	for (size_t i = 0; i < process->n_threads; i++) {
		const struct ev_thread *thread = &process->threads[i];

		if (!has(thread->blocked, signal) && has(thread->pending | process->pending, signal))
			return true;
	}
	return false;
}

struct reaction_target reaction_prepare(const struct watch *watch, int pid, int signal)
{
	struct reaction_target target = {.pid = pid, .signal = signal};
	struct ev_process process;

	if (process_read_signals(watch->scope.proc_fd, pid, &process) < 0)
		return target;
	target.deaf = is_deaf(watch, &process, signal);
	evidence_process_clear(&process);
	return target;
}

/* Who took it and then began to ignore or to block it was not deaf. */
static bool is_still_deaf(const struct watch *watch, const struct ev_process *process,
                          const struct reaction_target *target)
{
	if (!target->deaf || !is_deaf(watch, process, target->signal))
		return false;
	return !is_blocked(watch, process, target->signal) || is_pending(process, target->signal);
}

enum reaction reaction_of(const struct watch *watch, const struct collect *before, const struct reaction_target *target)
{
	struct ev_process process;
	bool gone, ran = has_run(watch, before, target->pid, &gone), dead;
	enum reaction reaction = REACTION_DUE;

	if (gone || process_read_signals(watch->scope.proc_fd, target->pid, &process) < 0)
		return REACTION_DONE;
	dead = process.state == 'Z' || process.state == 'X';
	if (dead || (ran && !is_due(&process, target->signal)))
		reaction = REACTION_DONE;
	if (!dead && is_still_deaf(watch, &process, target))
		reaction = REACTION_NONE;
	evidence_process_clear(&process);
	return reaction;
}

bool reaction_ran(const struct watch *watch, const struct collect *before, int pid)
{
	bool gone;

	return has_run(watch, before, pid, &gone);
}

bool reaction_any(const struct watch *watch, const struct collect *before)
{
	return !before->quiet || watch->look.token != before->token;
}
