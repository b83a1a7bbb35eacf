/* A snapshot: processes, sockets, files. */
#include "observe/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "observe/listeners.h"
#include "observe/pidfile.h"
#include "observe/process.h"
#include "observe/written.h"

/* Linux 6.11; older headers lack it. */
#ifndef NS_GET_PID_FROM_PIDNS
#define NS_GET_PID_FROM_PIDNS _IOR(NSIO, 0x6, int)
#endif

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

/* The same process as the host numbers it; 0 where the kernel cannot tell. */
static int host_pid(int namespace_fd, int pid)
{
	int host = namespace_fd < 0 ? -1 : ioctl(namespace_fd, NS_GET_PID_FROM_PIDNS, pid);

	return host > 0 ? host : 0;
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

static int read_processes(const struct sandbox *sandbox, const struct pids *pids, struct evidence *evidence)
{
	char name[64];
	CLEANUP_CLOSE int namespace_fd = -1;

	if (pids->count == 0)
		return 0;
	if (sandbox->level != SANDBOX_REAPER) {
		(void)snprintf(name, sizeof(name), "/proc/%d/ns/pid", sandbox->init);
		namespace_fd = open(name, O_RDONLY | O_CLOEXEC);
	}
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
		process->host_pid =
		    sandbox->level == SANDBOX_REAPER ? process->pid : host_pid(namespace_fd, process->pid);
		mark_plants(&evidence->start, process);
	}
	return 0;
}

int snapshot_read(const struct sandbox *sandbox, const char *tree, const struct pids *pids, struct evidence *evidence)
{
	int status;

	snapshot_clear(evidence);
	status = read_processes(sandbox, pids, evidence);
	if (status == 0)
		status = listeners_read(sandbox->proc_fd, evidence);
	if (status == 0)
		status = written_read(sandbox, tree, evidence);
	if (status == 0)
		status = pidfile_read(sandbox->directory_fd, evidence);
	return status;
}
