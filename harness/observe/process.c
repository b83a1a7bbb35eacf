/* Reading a process: everything but its descriptors. */
#include "observe/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "proc/cgroup.h"
#include "proc/environ.h"
#include "proc/limits.h"
#include "proc/stat.h"
#include "proc/status.h"
#include "proc/strings.h"
#include "terminal/look.h"

enum {
	STRINGS_TEXT_MAX = 1 << 20, /* cmdline, environ */
	STRINGS_MAX = 4096,
	GROUPS_KEPT = 1024,
	THREADS_MAX = 4096,
};

static int read_stat(int process_fd, struct ev_process *process)
{
	char text[1024];
	struct proc_stat stat;
	ssize_t length = io_read_at(process_fd, "stat", text, sizeof(text), NULL);

	if (length <= 0 || proc_parse_stat(text, (size_t)length, &stat) < 0)
		return -ESRCH;
	process->pid = stat.pid;
	process->parent = stat.ppid;
	process->group = stat.pgrp;
	process->session = stat.session;
	process->terminal = stat.tty_nr;
	process->terminal_group = stat.tpgid;
	process->state = stat.state;
	process->flags = stat.flags;
	process->start_ticks = stat.starttime;
	process->rss_kib = stat.rss_pages * ((uint64_t)sysconf(_SC_PAGESIZE) / 1024);
	process->nice = stat.nice;
	process->name = strdup(stat.comm);
	return process->name ? 0 : -ENOMEM;
}

static struct ev_ids ids_of(const struct proc_ids *ids)
{
	return (struct ev_ids){
	    .real = ids->real, .effective = ids->effective, .saved = ids->saved, .filesystem = ids->filesystem};
}

static int read_status(int process_fd, struct ev_process *process)
{
	CLEANUP_FREE uint32_t *groups = NULL;
	struct proc_status status;
	char text[8192];
	bool cut = false;
	ssize_t length = io_read_at(process_fd, "status", text, sizeof(text), &cut);

	if (length <= 0)
		return -ESRCH;
	/* Tens of thousands of groups fit no buffer of a sane size: such a process is judged without them. */
	groups = calloc(GROUPS_KEPT, sizeof(groups[0]));
	if (!groups)
		return -ENOMEM;
	if (cut || proc_parse_status(text, (size_t)length, groups, GROUPS_KEPT, &status) < 0)
		return 0;
	process->umask_known = status.umask_known;
	process->umask = status.umask;
	process->ids_known = true;
	process->uid = ids_of(&status.uid);
	process->gid = ids_of(&status.gid);
	process->n_groups = status.n_groups < GROUPS_KEPT ? status.n_groups : GROUPS_KEPT;
	process->groups = TAKE_PTR(groups);
	process->cap_inheritable = status.cap_inheritable;
	process->cap_permitted = status.cap_permitted;
	process->cap_effective = status.cap_effective;
	process->cap_bounding = status.cap_bounding;
	process->cap_ambient = status.cap_ambient;
	process->no_new_privileges = status.no_new_privileges;
	process->seccomp = status.seccomp;
	process->ignored = status.ignored;
	process->caught = status.caught;
	process->pending = status.shared_pending;
	return 0;
}

static bool read_thread(int process_fd, const char *tid, struct ev_thread *ret_thread)
{
	char name[64], text[8192];
	struct proc_status status;
	struct proc_syscall call = {.nr = -1};
	ssize_t length;

	(void)snprintf(name, sizeof(name), "task/%.16s/status", tid);
	length = io_read_at(process_fd, name, text, sizeof(text), NULL);
	if (length <= 0 || proc_parse_status(text, (size_t)length, NULL, 0, &status) < 0)
		return false;
	(void)snprintf(name, sizeof(name), "task/%.16s/syscall", tid);
	length = io_read_at(process_fd, name, text, sizeof(text), NULL);
	if (length > 0)
		(void)proc_parse_syscall(text, (size_t)length, &call);
	*ret_thread = (struct ev_thread){
	    .tid = status.pid,
	    .blocked = status.blocked,
	    .pending = status.pending,
	    .sigwait = call.kind == PROC_SYSCALL_IN_CALL && call.nr == SYS_rt_sigtimedwait,
	};
	return true;
}

static int compare_threads(const void *a, const void *b)
{
	const struct ev_thread *left = a, *right = b;

	return (left->tid > right->tid) - (left->tid < right->tid);
}

static int read_threads(int process_fd, struct ev_process *process)
{
	int fd = openat(process_fd, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_CLOSEDIR DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	size_t room = 0;
	struct dirent *entry;

	if (!directory)
		return fd < 0 ? -ESRCH : -errno;
	while ((entry = readdir(directory)) && process->n_threads < THREADS_MAX) {
		if (entry->d_name[0] == '.')
			continue;
		if (process->n_threads == room) {
			struct ev_thread *threads;

			room = room ? 2 * room : 4;
			threads = realloc(process->threads, room * sizeof(threads[0]));
			if (!threads)
				return -ENOMEM;
			process->threads = threads;
		}
		if (read_thread(process_fd, entry->d_name, &process->threads[process->n_threads]))
			process->n_threads++;
	}
	if (process->n_threads > 1)
		qsort(process->threads, process->n_threads, sizeof(process->threads[0]), compare_threads);
	return 0;
}

char *process_read_link(int directory_fd, const char *name)
{
	char text[PATH_MAX];
	ssize_t length = readlinkat(directory_fd, name, text, sizeof(text) - 1);

	if (length < 0)
		return NULL;
	text[length] = '\0';
	return strdup(text);
}

char *process_read_cgroup(int process_fd)
{
	char text[8192];
	const char *name;
	size_t length;
	ssize_t size = io_read_at(process_fd, "cgroup", text, sizeof(text), NULL);

	if (size <= 0 || proc_parse_cgroup(text, (size_t)size, &name, &length) < 0)
		return NULL;
	return strndup(name, length);
}

static void read_place(int process_fd, struct ev_process *process)
{
	process->exe = process_read_link(process_fd, "exe");
	process->cwd = process_read_link(process_fd, "cwd");
	process->root = process_read_link(process_fd, "root");
	(void)look_stat(process_fd, "exe", true, &process->exe_file);
	(void)look_stat(process_fd, "cwd", true, &process->cwd_file);
	(void)look_stat(process_fd, "root", true, &process->root_file);
}

static void read_limits(int process_fd, struct ev_process *process)
{
	struct proc_limits limits;
	char text[4096];
	ssize_t length = io_read_at(process_fd, "limits", text, sizeof(text), NULL);

	if (length <= 0 || proc_parse_limits(text, (size_t)length, &limits) < 0)
		return;
	_Static_assert((int)EVIDENCE_LIMITS == (int)PROC_LIMITS, "one record of the limits");
	for (size_t i = 0; i < EVIDENCE_LIMITS; i++)
		process->limits[i] = (struct ev_limit){.soft = limits.soft[i], .hard = limits.hard[i]};
	process->limits_known = true;
}

static bool read_number(int process_fd, const char *name, long long *ret_number)
{
	char text[32], *end;
	ssize_t length = io_read_at(process_fd, name, text, sizeof(text), NULL);

	if (length <= 0)
		return false;
	*ret_number = strtoll(text, &end, 10);
	return end != text;
}

static void read_numbers(int process_fd, struct ev_process *process)
{
	long long number;

	process->oom_score_adj_known = read_number(process_fd, "oom_score_adj", &number);
	if (process->oom_score_adj_known)
		process->oom_score_adj = (int)number;
	process->loginuid_known = read_number(process_fd, "loginuid", &number);
	if (process->loginuid_known)
		process->loginuid = (uint32_t)number;
}

static char **read_strings(int process_fd, const char *name)
{
	CLEANUP_FREE char *text = NULL;
	char **strings = NULL;
	ssize_t length = io_read_all_at(process_fd, name, STRINGS_TEXT_MAX, &text);

	if (length < 0 || proc_parse_strings(text, (size_t)length, STRINGS_MAX, &strings, NULL) < 0)
		return NULL;
	return strings;
}

static bool same_strings(char **a, char **b)
{
	if (!a || !b)
		return false;
	for (; *a && *b; a++, b++) {
		if (strcmp(*a, *b) != 0)
			return false;
	}
	return !*a && !*b;
}

static void read_environment(int process_fd, struct ev_process *process)
{
	process->environment_at_exec = read_strings(process_fd, "environ");
	if (proc_read_environment(process_fd, &process->environment) < 0)
		process->environment = NULL;
	/* One record where both say the same. */
	if (same_strings(process->environment, process->environment_at_exec)) {
		evidence_strings_free(process->environment_at_exec);
		process->environment_at_exec = NULL;
	}
}

static int read_live(int process_fd, struct ev_process *process)
{
	int status = read_threads(process_fd, process);

	if (status == 0)
		status = descriptors_read(process_fd, process);
	if (status < 0)
		return status;
	read_place(process_fd, process);
	read_limits(process_fd, process);
	read_numbers(process_fd, process);
	read_environment(process_fd, process);
	process->argv = read_strings(process_fd, "cmdline");
	process->cgroup = process_read_cgroup(process_fd);
	return 0;
}

/* Only what READ does is done for a process that is no zombie: of one there is no more. */
static int read_with(int proc_fd, int pid, int (*read)(int process_fd, struct ev_process *process),
                     struct ev_process *ret_process)
{
	CLEANUP_CLOSE int fd = -1;
	struct ev_process process = {0};
	char name[16];
	int status;

	(void)snprintf(name, sizeof(name), "%d", pid);
	fd = openat(proc_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -ESRCH;
	status = read_stat(fd, &process);
	if (status == 0)
		status = read_status(fd, &process);
	if (status == 0 && process.state != 'Z' && process.state != 'X')
		status = read(fd, &process);
	if (status < 0) {
		evidence_process_clear(&process);
		*ret_process = (struct ev_process){0};
		return status;
	}
	*ret_process = process;
	return 0;
}

int process_read(int proc_fd, int pid, struct ev_process *ret_process)
{
	return read_with(proc_fd, pid, read_live, ret_process);
}

int process_read_signals(int proc_fd, int pid, struct ev_process *ret_process)
{
	return read_with(proc_fd, pid, read_threads, ret_process);
}

void process_read_standing(int proc_fd, int pid, struct ev_start *start)
{
	CLEANUP_CLOSE int fd = -1;
	struct ev_process process = {0};
	char name[16];

	(void)snprintf(name, sizeof(name), "%d", pid);
	fd = openat(proc_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || read_stat(fd, &process) < 0)
		return;
	read_limits(fd, &process);
	read_numbers(fd, &process);
	start->nice = process.nice;
	start->limits_known = process.limits_known;
	memcpy(start->limits, process.limits, sizeof(start->limits));
	start->oom_score_adj_known = process.oom_score_adj_known;
	start->oom_score_adj = process.oom_score_adj;
	start->loginuid_known = process.loginuid_known;
	start->loginuid = process.loginuid;
	evidence_process_clear(&process);
}
