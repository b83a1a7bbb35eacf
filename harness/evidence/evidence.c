/* What can be told from an evidence record without judging it: its life, look-ups, the identity of well-known files. */
#include "evidence/evidence.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "evidence/fields.h"

enum { MAJOR_MEM = 1, MINOR_NULL = 3, MAJOR_TTYAUX = 5, MINOR_PTMX = 2, MAJOR_PTS_FIRST = 136, MAJOR_PTS_LAST = 143 };

struct evidence *evidence_new(void)
{
	struct evidence *evidence = calloc(1, sizeof(*evidence));

	if (evidence)
		evidence->declared = (struct ev_declared){.stop_signal = SIGTERM,
		                                          .stop_within_us = EVIDENCE_STOP_WITHIN_US,
		                                          .stop_status = -1,
		                                          .workers = -1,
		                                          .s6 = -1};
	return evidence;
}

void evidence_strings_free(char **strings)
{
	if (!strings)
		return;
	for (size_t i = 0; strings[i]; i++)
		free(strings[i]);
	free(strings);
}

/* What a record owns is written in its table: nothing is freed here by name, so nothing can be forgotten here. */
void evidence_process_clear(struct ev_process *process)
{
	record_clear(&EVIDENCE_PROCESS_RECORD, process);
}

void evidence_free(struct evidence *evidence)
{
	if (!evidence)
		return;
	record_clear(&EVIDENCE_RECORD, evidence);
	free(evidence);
}

/* The records come sorted; only a file made by hand needs the second, plain search. */
const struct ev_process *evidence_process(const struct evidence *evidence, int pid)
{
	size_t low = 0, high = evidence->n_processes;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (evidence->processes[middle].pid == pid)
			return &evidence->processes[middle];
		if (evidence->processes[middle].pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = 0; i < evidence->n_processes; i++)
		if (evidence->processes[i].pid == pid)
			return &evidence->processes[i];
	return NULL;
}

const struct ev_fd *evidence_fd(const struct ev_process *process, int number)
{
	size_t low = 0, high = process->n_fds;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (process->fds[middle].number == number)
			return &process->fds[middle];
		if (process->fds[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = 0; i < process->n_fds; i++)
		if (process->fds[i].number == number)
			return &process->fds[i];
	return NULL;
}

static bool is_dead(const struct ev_process *process)
{
	return process->state == 'Z' || process->state == 'X' || process->state == 'x';
}

static const struct ev_process *live(const struct evidence *evidence, int pid)
{
	const struct ev_process *process = pid > 0 ? evidence_process(evidence, pid) : NULL;

	return process && !is_dead(process) ? process : NULL;
}

/* The lowest live pid; with REAPED, only of those whose parent is the reaper. */
static const struct ev_process *lowest(const struct evidence *evidence, bool reaped)
{
	const struct ev_process *found = NULL;

	for (size_t i = 0; i < evidence->n_processes; i++) {
		const struct ev_process *process = &evidence->processes[i];

		if (is_dead(process) || (reaped && process->parent != evidence->start.reaper))
			continue;
		if (!found || process->pid < found->pid)
			found = process;
	}
	return found;
}

const struct ev_process *evidence_main(const struct evidence *evidence)
{
	const struct ev_process *process = live(evidence, evidence_pidfile_pid(&evidence->pidfile.settled));

	if (!process)
		process = live(evidence, evidence->launch.pid);
	if (!process)
		process = lowest(evidence, true);
	return process ? process : lowest(evidence, false);
}

int evidence_pidfile_pid(const struct ev_look *look)
{
	const char *content = look->content;
	uint64_t size = look->size, at = 0;
	int pid = 0;

	if (look->state != EV_LOOK_READ || !content)
		return -1;
	for (; at < size && content[at] >= '0' && content[at] <= '9'; at++) {
		int digit = content[at] - '0';

		if (pid > (INT_MAX - digit) / 10)
			return -1;
		pid = pid * 10 + digit;
	}
	if (at < size && content[at] != '\n' && content[at] != ' ' && content[at] != '\t' && content[at] != '\r')
		return -1;
	return pid > 0 ? pid : -1;
}

bool evidence_is_null(const struct ev_file *file)
{
	return file->known && S_ISCHR(file->mode) && file->special == makedev(MAJOR_MEM, MINOR_NULL);
}

bool evidence_is_launch_terminal(const struct evidence *evidence, const struct ev_file *file)
{
	return file->known && S_ISCHR(file->mode) && evidence->start.terminal_special != 0 &&
	       file->special == evidence->start.terminal_special && file->device == evidence->start.terminal_device;
}

/* Whether the process's terminal is a pty other than the launch's. Numbers alone do not tell: two devpts instances both
 * have a 136:0, so the same number needs a descriptor that shows the other instance. */
static bool on_other_pty(const struct evidence *evidence, const struct ev_process *process)
{
	unsigned int type = ((unsigned int)process->terminal >> 8) & 0xfff;
	bool other = false;

	if (type < MAJOR_PTS_FIRST || type > MAJOR_PTS_LAST)
		return false;
	if (process->terminal != evidence->start.terminal)
		return true;
	for (size_t i = 0; i < process->n_fds; i++) {
		const struct ev_file *file = &process->fds[i].file;

		if (evidence_is_launch_terminal(evidence, file))
			return false;
		if (file->known && S_ISCHR(file->mode) && file->special == evidence->start.terminal_special)
			other = true;
	}
	return other;
}

/* Whether another process holds, or may hold, the master side of a pty. */
static bool master_held_beside(const struct evidence *evidence, const struct ev_process *process)
{
	for (size_t i = 0; i < evidence->n_processes; i++) {
		const struct ev_process *other = &evidence->processes[i];

		if (other == process || is_dead(other))
			continue;
		if (!other->fds_known)
			return true;
		for (size_t j = 0; j < other->n_fds; j++)
			if (other->fds[j].file.known && S_ISCHR(other->fds[j].file.mode) &&
			    other->fds[j].file.special == makedev(MAJOR_TTYAUX, MINOR_PTMX))
				return true;
	}
	return false;
}

bool evidence_hosted(const struct evidence *evidence, const struct ev_process *process)
{
	/* A terminal controls one session: in the launch's session it is the launch's terminal. */
	if (process->terminal == 0 || process->session == evidence->start.leader)
		return false;
	return on_other_pty(evidence, process) && master_held_beside(evidence, process);
}
