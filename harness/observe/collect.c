/* A look at every task of the candidate's. */
#include "observe/collect.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"

void collect_free(struct collect *collect)
{
	pids_free(&collect->pids);
	free(collect->tasks);
	*collect = (struct collect){0};
}

/* FNV-1a over 64-bit words: a token, not a defence. */
static void mix(uint64_t *token, uint64_t value)
{
	*token = (*token ^ value) * 0x100000001b3u;
}

static struct collect_task *add_task(struct collect *collect)
{
	if (collect->n_tasks == collect->tasks_room) {
		size_t room = collect->tasks_room ? 2 * collect->tasks_room : 64;
		struct collect_task *tasks = realloc(collect->tasks, room * sizeof(tasks[0]));

		if (!tasks)
			return NULL;
		collect->tasks = tasks;
		collect->tasks_room = room;
	}
	return &collect->tasks[collect->n_tasks++];
}

static bool is_held(const struct pids_scope *scope, int pid)
{
	for (size_t i = 0; i < scope->n_held; i++)
		if ((int)scope->held[i] == pid)
			return true;
	return false;
}

/* Whether the task is a parent that the kernel suspends until its child has executed something or ended. What clone3 is
 * for lies in its memory, but what else waits uninterruptibly in it does not do so for long. */
static bool is_in_vfork(const struct proc_syscall *call)
{
	if (call->kind != PROC_SYSCALL_IN_CALL)
		return false;
#ifdef SYS_vfork
	if (call->nr == SYS_vfork)
		return true;
#endif
	return call->nr == SYS_clone3 || (call->nr == SYS_clone && (call->args[0] & CLONE_VFORK));
}

/* Whether a task in that state and call stays where it is until somebody else acts. A zombie or a stopped task does;
 * a sleeper does when it is in a system call (a page fault may end at any moment). Where births are held or calls
 * counted, the tracer stops others for a moment, too. */
static bool is_at_rest(const struct pids_scope *scope, const struct collect_task *task, char state)
{
	switch (state) {
	case 'Z':
	case 'X':
	case 'T':
		return true;
	case 't':
		return !scope->holding || is_held(scope, task->pid) || stopped_has(&scope->stopped, task->tid);
	case 'D':
		return scope->holding && is_in_vfork(&task->call);
	case 'S':
		return task->call.kind == PROC_SYSCALL_IN_CALL;
	default: /* the kernel's letters are no enumeration of ours */
		return false;
	}
}

static ssize_t read_task(const struct pids_scope *scope, const char *base, const char *file, char *text, size_t size)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "%s/%s", base, file);
	return io_read_at(scope->proc_fd, name, text, size, NULL);
}

/* A task that ends while it is looked at makes the look unquiet, no error. */
static int look_at_task(const struct pids_scope *scope, const char *base, int pid, const struct proc_stat *stat,
                        struct collect *collect)
{
	struct collect_task *task = add_task(collect);
	struct proc_schedstat sched = {0};
	char text[512];
	ssize_t length;

	if (!task)
		return -ENOMEM;
	*task = (struct collect_task){.pid = pid, .tid = stat->pid, .stopped = stat->state == 'T', .call = {.nr = -1}};
	length = read_task(scope, base, "syscall", text, sizeof(text));
	if (length <= 0 || proc_parse_syscall(text, (size_t)length, &task->call) < 0)
		task->call.kind = PROC_SYSCALL_OUTSIDE;
	length = read_task(scope, base, "schedstat", text, sizeof(text));
	if (length > 0)
		(void)proc_parse_schedstat(text, (size_t)length, &sched);
	task->timeslices = sched.timeslices;
	task->run_ns = sched.run_ns;
	collect->quiet &= is_at_rest(scope, task, stat->state);
	collect->disk |= stat->state == 'D';
	collect->run_ns += sched.run_ns;
	collect->wait_ns += sched.wait_ns;
	mix(&collect->token, (uint64_t)stat->pid);
	mix(&collect->token, (uint64_t)stat->state);
	mix(&collect->token, sched.run_ns);
	mix(&collect->token, sched.timeslices);
	return 0;
}

static bool read_stat(const struct pids_scope *scope, const char *base, struct proc_stat *ret_stat)
{
	char text[1024];
	ssize_t length = read_task(scope, base, "stat", text, sizeof(text));

	return length > 0 && proc_parse_stat(text, (size_t)length, ret_stat) == 0;
}

static int look_at_threads(const struct pids_scope *scope, int pid, struct collect *collect)
{
	CLEANUP_CLOSEDIR DIR *directory = NULL;
	char name[64];
	struct dirent *entry;
	int fd;

	(void)snprintf(name, sizeof(name), "%d/task", pid);
	fd = openat(scope->proc_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	directory = fd < 0 ? NULL : fdopendir(fd);
	if (!directory) {
		cleanup_close(&fd);
		collect->quiet = false;
		return 0;
	}
	while ((entry = readdir(directory))) {
		struct proc_stat stat;
		int status;

		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(name, sizeof(name), "%d/task/%.16s", pid, entry->d_name);
		if (!read_stat(scope, name, &stat)) {
			collect->quiet = false;
			continue;
		}
		status = look_at_task(scope, name, pid, &stat, collect);
		if (status < 0)
			return status;
	}
	return 0;
}

static int look_at_process(const struct pids_scope *scope, int pid, struct collect *collect)
{
	static long page_kib;
	struct proc_stat stat;
	char name[16];

	if (page_kib == 0)
		page_kib = sysconf(_SC_PAGESIZE) / 1024;
	(void)snprintf(name, sizeof(name), "%d", pid);
	if (!read_stat(scope, name, &stat)) {
		collect->quiet = false;
		return 0;
	}
	collect->n_live += stat.state != 'Z' && stat.state != 'X';
	/* Init, or the leader, is just about to reap it. */
	collect->quiet &= stat.state != 'Z' || (stat.ppid != scope->reaper && stat.ppid != scope->leader);
	collect->rss_kib += stat.rss_pages * (uint64_t)page_kib;
	if (stat.num_threads > 1)
		return look_at_threads(scope, pid, collect);
	return look_at_task(scope, name, pid, &stat, collect);
}

/* He is none of the daemon's, but must have told of every signal that he got. */
static int look_at_stranger(const struct pids_scope *scope, struct collect *collect)
{
	size_t n_live = collect->n_live;
	struct proc_stat stat;
	char name[16];
	int status;

	(void)snprintf(name, sizeof(name), "%d", scope->stranger);
	if (scope->stranger == 0 || !read_stat(scope, name, &stat))
		return 0;
	status = look_at_process(scope, scope->stranger, collect);
	collect->n_live = n_live;
	return status;
}

int collect_look(const struct pids_scope *scope, struct collect *collect)
{
	int status = pids_list(scope, &collect->pids);

	if (status < 0)
		return status;
	collect->n_tasks = 0;
	collect->quiet = true;
	collect->disk = collect->alive = false;
	collect->n_live = 0;
	collect->token = 0xcbf29ce484222325u;
	collect->run_ns = collect->wait_ns = collect->rss_kib = 0;
	if (collect->pids.too_many) {
		collect->quiet = false;
		return 0;
	}
	for (size_t i = 0; i < collect->pids.count; i++) {
		status = look_at_process(scope, collect->pids.items[i], collect);
		if (status < 0)
			return status;
	}
	collect->alive = collect->n_live > 0;
	return look_at_stranger(scope, collect);
}
