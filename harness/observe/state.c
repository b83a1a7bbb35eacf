/* Reading a state: a snapshot of its own, and the files and objects that outlive processes. */
#include "observe/state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "observe/snapshot.h"
#include "terminal/look.h"

enum { IPC_BYTES_MAX = 1 << 20 };

void state_ipc_open(struct watch *watch, struct state_ipc *ret_ipc)
{
	const struct leader_command command = {.kind = LEADER_IPC};
	struct command_answer answer = {0};

	*ret_ipc = (struct state_ipc){.fds = {-1, -1, -1}};
	/* Without a namespace of its own nobody can tell whose the objects are. */
	if (watch->plan->sandbox->level == SANDBOX_REAPER || command_ask(watch, &command, -1, &answer) < 0)
		return;
	for (size_t i = 0; i < answer.n_fds; i++)
		ret_ipc->fds[i] = answer.fds[i];
}

void state_ipc_close(struct state_ipc *ipc)
{
	for (size_t i = 0; i < COMMAND_FDS; i++)
		cleanup_close(&ipc->fds[i]);
}

/* A line an object, after the head line. */
static uint64_t count_objects(int fd)
{
	char bytes[4096];
	uint64_t lines = 0;
	off_t at = 0;
	ssize_t length;

	while (fd >= 0 && at < IPC_BYTES_MAX && (length = pread(fd, bytes, sizeof(bytes), at)) > 0) {
		for (ssize_t i = 0; i < length; i++)
			lines += bytes[i] == '\n';
		at += length;
	}
	return lines > 0 ? lines - 1 : 0;
}

struct ev_file state_file(const struct watch *watch, const char *path)
{
	CLEANUP_CLOSE int fd = -1;
	struct ev_file file = {0};
	char whole[PATH_MAX];

	if (!path)
		return file;
	if (path[0] == '/')
		(void)snprintf(whole, sizeof(whole), "%s", path);
	else
		(void)snprintf(whole, sizeof(whole), "%s/%s", watch->evidence->start.directory, path);
	fd = look_open(watch->plan->sandbox->directory_fd, whole, O_PATH);
	if (fd >= 0)
		(void)look_stat(fd, "", false, &file);
	return file;
}

static bool holds(int proc_fd, int pid, const struct ev_file *file)
{
	CLEANUP_CLOSEDIR DIR *directory = NULL;
	char name[32];
	struct dirent *entry;
	int fd;

	(void)snprintf(name, sizeof(name), "%d/fd", pid);
	fd = openat(proc_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	directory = fd < 0 ? NULL : fdopendir(fd);
	if (!directory) {
		cleanup_close(&fd);
		return false;
	}
	while ((entry = readdir(directory))) {
		struct stat status;

		if (fstatat(fd, entry->d_name, &status, 0) == 0 && status.st_dev == file->device &&
		    status.st_ino == file->inode)
			return true;
	}
	return false;
}

bool state_is_held(const struct watch *watch, const struct ev_file *file)
{
	for (size_t i = 0; file->known && i < watch->look.pids.count; i++)
		if (holds(watch->scope.proc_fd, watch->look.pids.items[i], file))
			return true;
	return false;
}

/* The snapshot is read into an evidence of its own, which borrows what it needs of the start. */
static int read_snapshot(struct watch *watch, struct ev_state *state)
{
	struct evidence scratch = {.start = watch->evidence->start, .pidfile = {.path = watch->evidence->pidfile.path}};
	int status = snapshot_read(watch, &scratch);

	free(scratch.pidfile.directory);
	if (status < 0) {
		snapshot_clear(&scratch);
		free(scratch.pidfile.settled.content);
		return status;
	}
	watch->evidence->truncated |= scratch.truncated;
	state->processes = scratch.processes;
	state->n_processes = scratch.n_processes;
	state->listeners = scratch.listeners;
	state->n_listeners = scratch.n_listeners;
	state->written = scratch.written;
	state->n_written = scratch.n_written;
	state->pidfile = scratch.pidfile.settled;
	return 0;
}

int state_read(struct watch *watch, const char *log, const struct state_ipc *ipc, struct ev_state *ret_state)
{
	struct ev_state state = {.taken = true};
	int status = read_snapshot(watch, &state);

	if (status < 0)
		return status;
	state.log = state_file(watch, log);
	state.shared_memory = count_objects(ipc->fds[0]);
	state.semaphores = count_objects(ipc->fds[1]);
	state.queues = count_objects(ipc->fds[2]);
	*ret_state = state;
	return 0;
}

void state_clear(struct ev_state *state)
{
	struct evidence scratch = {
	    .processes = state->processes,
	    .n_processes = state->n_processes,
	    .listeners = state->listeners,
	    .n_listeners = state->n_listeners,
	    .written = state->written,
	    .n_written = state->n_written,
	};

	snapshot_clear(&scratch);
	free(state->pidfile.content);
	*state = (struct ev_state){0};
}
