/* Inside pids to host pids: the kernel translates since 6.11; before, the host's own procfs is searched from init
 * downwards for processes whose innermost pid is the one looked for. */
#include "observe/host_pids.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "proc/status.h"

/* Older headers lack it. */
#ifndef NS_GET_PID_FROM_PIDNS
#define NS_GET_PID_FROM_PIDNS _IOR(NSIO, 0x6, int)
#endif

enum { DEPTH_MAX = 64, CHILDREN_TEXT_MAX = 1 << 20 };

static bool translate(int namespace_fd, struct evidence *evidence)
{
	for (size_t i = 0; i < evidence->n_processes; i++) {
		int host = ioctl(namespace_fd, NS_GET_PID_FROM_PIDNS, evidence->processes[i].pid);

		if (host > 0)
			evidence->processes[i].host_pid = host;
		else if (i == 0)
			return false;
	}
	return true;
}

static void note(struct evidence *evidence, int host, int inner)
{
	for (size_t i = 0; i < evidence->n_processes; i++) {
		if (evidence->processes[i].pid == inner)
			evidence->processes[i].host_pid = host;
	}
}

static void search(struct evidence *evidence, int host, int depth)
{
	CLEANUP_FREE char *children = NULL;
	char name[64], text[8192];
	struct proc_status status;
	ssize_t length;
	char *rest, *word;

	(void)snprintf(name, sizeof(name), "/proc/%d/status", host);
	length = io_read_at(AT_FDCWD, name, text, sizeof(text), NULL);
	if (length > 0 && proc_parse_status(text, (size_t)length, NULL, 0, &status) == 0)
		note(evidence, host, status.inner_pid);
	(void)snprintf(name, sizeof(name), "/proc/%d/task/%d/children", host, host);
	if (depth == DEPTH_MAX || io_read_all_at(AT_FDCWD, name, CHILDREN_TEXT_MAX, &children) < 0)
		return;
	rest = children;
	while ((word = strsep(&rest, " "))) {
		if (*word)
			search(evidence, (int)strtol(word, NULL, 10), depth + 1);
	}
}

void host_pids_fill(const struct sandbox *sandbox, struct evidence *evidence)
{
	CLEANUP_CLOSE int namespace_fd = -1;
	char name[64];

	if (sandbox->level == SANDBOX_REAPER) {
		for (size_t i = 0; i < evidence->n_processes; i++)
			evidence->processes[i].host_pid = evidence->processes[i].pid;
		return;
	}
	(void)snprintf(name, sizeof(name), "/proc/%d/ns/pid", sandbox->init);
	namespace_fd = open(name, O_RDONLY | O_CLOEXEC);
	if (namespace_fd < 0 || !translate(namespace_fd, evidence))
		search(evidence, sandbox->init, 0);
}
