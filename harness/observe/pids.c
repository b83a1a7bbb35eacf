/* Listing the candidate's processes. */
#include "observe/pids.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "proc/stat.h"

void pids_free(struct pids *pids)
{
	free(pids->items);
	*pids = (struct pids){0};
}

bool pids_have(const struct pids *pids, int pid)
{
	for (size_t i = 0; i < pids->count; i++)
		if (pids->items[i] == pid)
			return true;
	return false;
}

static int add(struct pids *pids, int pid)
{
	if (pids->count == pids->room) {
		size_t room = pids->room ? 2 * pids->room : 64;
		int *items = realloc(pids->items, room * sizeof(items[0]));

		if (!items)
			return -ENOMEM;
		pids->items = items;
		pids->room = room;
	}
	pids->items[pids->count++] = pid;
	return 0;
}

static int number_of(const char *name)
{
	int number = 0;

	for (; *name >= '0' && *name <= '9' && number < 100000000; name++)
		number = 10 * number + (*name - '0');
	return *name == '\0' ? number : 0;
}

static int compare(const void *a, const void *b)
{
	int left = *(const int *)a, right = *(const int *)b;

	return (left > right) - (left < right);
}

static int list_all(const struct pids_scope *scope, struct pids *pids)
{
	CLEANUP_CLOSE int fd = openat(scope->proc_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_CLOSEDIR DIR *directory = NULL;
	struct dirent *entry;

	if (fd < 0)
		return -errno;
	directory = fdopendir(fd);
	if (!directory)
		return -errno;
	(void)take_fd(&fd);
	while ((entry = readdir(directory))) {
		int pid = number_of(entry->d_name), status;

		if (pid <= 0 || pid == scope->reaper || pid == scope->leader || pid == scope->stranger)
			continue;
		if (!scope->descendants && pids->count == scope->maximum) {
			pids->too_many = true;
			break;
		}
		status = add(pids, pid);
		if (status < 0)
			return status;
	}
	return 0;
}

static int parent_of(int proc_fd, int pid)
{
	char name[32], text[1024];
	struct proc_stat stat;
	ssize_t length;

	(void)snprintf(name, sizeof(name), "%d/stat", pid);
	length = io_read_at(proc_fd, name, text, sizeof(text), NULL);
	return length > 0 && proc_parse_stat(text, (size_t)length, &stat) == 0 ? stat.ppid : 0;
}

/* Keeps those whose line of parents reaches the reaper: a few rounds over (pid, parent), each adding a generation. */
static int keep_descendants(const struct pids_scope *scope, struct pids *pids)
{
	CLEANUP_FREE int *parents = calloc(pids->count + 1, sizeof(int));
	CLEANUP_FREE bool *ours = calloc(pids->count + 1, sizeof(bool));
	bool changed = true;
	size_t kept = 0;

	if (!parents || !ours)
		return -ENOMEM;
	for (size_t i = 0; i < pids->count; i++)
		parents[i] = parent_of(scope->proc_fd, pids->items[i]);
	while (changed) {
		changed = false;
		for (size_t i = 0; i < pids->count; i++) {
			const int *parent;

			if (ours[i])
				continue;
			parent = bsearch(&parents[i], pids->items, pids->count, sizeof(int), compare);
			ours[i] = parents[i] == scope->reaper || (scope->leader && parents[i] == scope->leader) ||
			          (parent && ours[parent - pids->items]);
			changed |= ours[i];
		}
	}
	for (size_t i = 0; i < pids->count; i++) {
		if (ours[i])
			pids->items[kept++] = pids->items[i];
	}
	pids->count = kept;
	if (kept > scope->maximum) {
		pids->count = scope->maximum;
		pids->too_many = true;
	}
	return 0;
}

int pids_list(const struct pids_scope *scope, struct pids *pids)
{
	int status;

	pids->count = 0;
	pids->too_many = false;
	status = list_all(scope, pids);
	if (status < 0)
		return status;
	if (pids->count > 1)
		qsort(pids->items, pids->count, sizeof(int), compare);
	return scope->descendants ? keep_descendants(scope, pids) : 0;
}
