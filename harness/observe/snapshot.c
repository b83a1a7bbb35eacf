/* A snapshot: processes, sockets, files. */
#include "observe/snapshot.h"

#include <errno.h>
#include <stdlib.h>

#include "observe/host_pids.h"
#include "observe/listeners.h"
#include "observe/pidfile.h"
#include "observe/process.h"
#include "observe/written.h"

void snapshot_clear(struct evidence *evidence)
{
	for (size_t i = 0; i < evidence->n_processes; i++)
		evidence_process_clear(&evidence->processes[i]);
	for (size_t i = 0; i < evidence->n_listeners; i++)
		free(evidence->listeners[i].address);
	for (size_t i = 0; i < evidence->n_written; i++)
		free(evidence->written[i].path);
	free(evidence->processes);
	free(evidence->listeners);
	free(evidence->written);
	evidence->processes = NULL;
	evidence->listeners = NULL;
	evidence->written = NULL;
	evidence->n_processes = evidence->n_listeners = evidence->n_written = 0;
	evidence->truncated = false;
}

static void mark_plants(const struct ev_start *start, struct ev_process *process)
{
	for (size_t i = 0; i < process->n_fds; i++) {
		struct ev_fd *fd = &process->fds[i];

		for (size_t k = 0; k < start->n_plants && fd->file.known; k++) {
			if (fd->file.device == start->plants[k].device && fd->file.inode == start->plants[k].inode)
				fd->planted = start->plants[k].number;
		}
	}
}

static int read_processes(const struct watch *watch, struct evidence *evidence)
{
	const struct sandbox *sandbox = watch->plan->sandbox;
	const struct pids *pids = &watch->look.pids;

	if (pids->count == 0)
		return 0;
	evidence->processes = calloc(pids->count, sizeof(evidence->processes[0]));
	if (!evidence->processes)
		return -ENOMEM;
	for (size_t i = 0; i < pids->count && i < EVIDENCE_PROCESSES_MAX; i++) {
		struct ev_process *process = &evidence->processes[evidence->n_processes];
		int status = process_read(sandbox->proc_fd, pids->items[i], process);

		if (status == -ENOMEM)
			return status;
		if (status < 0)
			continue;
		evidence->n_processes++;
		mark_plants(&evidence->start, process);
		/* As it would be without a tracer. */
		if (process->state == 't' && stopped_has(&watch->scope.stopped, process->pid))
			process->state = 'T';
	}
	host_pids_fill(sandbox, evidence);
	return 0;
}

int snapshot_read(const struct watch *watch, struct evidence *evidence)
{
	const struct sandbox *sandbox = watch->plan->sandbox;
	int status;

	snapshot_clear(evidence);
	status = read_processes(watch, evidence);
	if (status == 0)
		status = listeners_read(sandbox->proc_fd, evidence);
	if (status == 0)
		status = written_read(sandbox, watch->plan->tree, evidence);
	if (status == 0)
		status = pidfile_read(sandbox->directory_fd, evidence);
	return status;
}
