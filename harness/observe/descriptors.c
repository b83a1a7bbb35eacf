/* A process's descriptors: targets, identities, flags, locks. */
#include "observe/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "proc/fdinfo.h"
#include "terminal/look.h"

static bool read_fdinfo(int process_fd, const char *number, struct ev_fd *fd)
{
	char name[32], text[4096];
	struct proc_fdinfo info;
	ssize_t length;

	(void)snprintf(name, sizeof(name), "fdinfo/%.16s", number);
	length = io_read_at(process_fd, name, text, sizeof(text), NULL);
	if (length <= 0 || proc_parse_fdinfo(text, (size_t)length, &info) < 0)
		return false;
	fd->flags = info.flags;
	fd->locked = info.locked;
	return true;
}

/* 1 and the record; 0 where the descriptor has been closed meanwhile; -ENOMEM. */
static int read_one(int process_fd, int directory_fd, const char *number, struct ev_fd *ret_fd)
{
	char text[PATH_MAX];
	struct ev_fd fd = {.number = (int)strtol(number, NULL, 10), .planted = -1};
	ssize_t length = readlinkat(directory_fd, number, text, sizeof(text) - 1);

	if (length < 0 || !read_fdinfo(process_fd, number, &fd))
		return 0;
	text[length] = '\0';
	(void)look_stat(directory_fd, number, true, &fd.file);
	fd.target = strdup(text);
	if (!fd.target)
		return -ENOMEM;
	*ret_fd = fd;
	return 1;
}

static int compare(const void *a, const void *b)
{
	const struct ev_fd *left = a, *right = b;

	return (left->number > right->number) - (left->number < right->number);
}

static int grow(struct ev_process *process, size_t *room)
{
	struct ev_fd *fds;

	if (process->n_fds < *room)
		return 0;
	*room = *room ? 2 * *room : 16;
	fds = realloc(process->fds, *room * sizeof(fds[0]));
	if (!fds)
		return -ENOMEM;
	process->fds = fds;
	return 0;
}

int descriptors_read(int process_fd, struct ev_process *process)
{
	int fd = openat(process_fd, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_CLOSEDIR DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	size_t room = 0;

	/* Not ours to see: told by fds_known. */
	if (!directory)
		return 0;
	process->fds_known = true;
	while ((entry = readdir(directory))) {
		int status;

		if (entry->d_name[0] == '.')
			continue;
		if (process->n_fds == EVIDENCE_FDS_MAX) {
			process->fds_known = false;
			break;
		}
		if (grow(process, &room) < 0)
			return -ENOMEM;
		status = read_one(process_fd, dirfd(directory), entry->d_name, &process->fds[process->n_fds]);
		if (status < 0)
			return status;
		process->n_fds += (size_t)status;
	}
	if (process->n_fds > 1)
		qsort(process->fds, process->n_fds, sizeof(process->fds[0]), compare);
	return 0;
}
