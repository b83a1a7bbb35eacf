/* The window of patience. */
#include "observe/window.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "observe/waits.h"

enum {
	STARVED_MAX_US = 5000000, /* who gets no processor is waited for, but not for ever */
	TIMER_WAKES = 4,          /* who woke so often and changed nothing sleeps in a loop */
	DISK_US = 20000,          /* uninterruptible for so long is work in progress */
	BUSY_SHARE = 4,           /* so is a quarter of a processor */
};

struct window_nap {
	int tid;
	uint64_t timeslices;
};

void window_free(struct window *window)
{
	free(window->naps);
	*window = (struct window){0};
}

void window_start(struct window *window, const struct watch *watch, int64_t now_us)
{
	const struct collect *look = &watch->look;
	struct window_nap *naps = realloc(window->naps, (look->n_tasks + 1) * sizeof(naps[0]));

	window->since_us = now_us;
	window->run_ns = look->run_ns;
	window->wait_ns = look->wait_ns;
	window->n_naps = 0;
	if (!naps)
		return;
	window->naps = naps;
	for (size_t i = 0; i < look->n_tasks; i++)
		naps[window->n_naps++] =
		    (struct window_nap){.tid = look->tasks[i].tid, .timeslices = look->tasks[i].timeslices};
}

static void note_disk(struct window *window, const struct watch *watch, int64_t now_us)
{
	if (!watch->look.disk)
		window->disk_us = 0;
	else if (window->disk_us == 0)
		window->disk_us = now_us;
	else if (now_us - window->disk_us > DISK_US)
		window_start(window, watch, now_us);
}

void window_note(struct window *window, const struct watch *watch, bool births, int64_t now_us)
{
	const struct collect *look = &watch->look;
	int newest = look->pids.count ? look->pids.items[look->pids.count - 1] : 0;

	note_disk(window, watch, now_us);
	if (!window->since_us || (births && (newest != window->newest || look->n_tasks != window->n_tasks)))
		window_start(window, watch, now_us);
	window->newest = newest;
	window->n_tasks = look->n_tasks;
}

/* A task that the window did not begin with has not shown yet what it does when it wakes. */
static bool woke_often(const struct window *window, const struct collect_task *task, uint64_t wakes)
{
	for (size_t i = 0; i < window->n_naps; i++) {
		if (window->naps[i].tid == task->tid)
			return task->timeslices >= window->naps[i].timeslices + wakes;
	}
	return false;
}

bool window_nap(const struct window *window, const struct watch *watch, int pid, int64_t most_us, uint64_t wakes)
{
	const struct collect *look = &watch->look;

	for (size_t i = 0; i < look->n_tasks; i++) {
		const struct collect_task *task = &look->tasks[i];
		CLEANUP_CLOSE int fd = -1;
		char name[16];
		int64_t duration_us;

		if (task->stopped || task->call.kind != PROC_SYSCALL_IN_CALL || (pid && task->pid != pid))
			continue;
		/* A launcher that waits for its daemon polls in just such a loop. */
		if (watch->returned && woke_often(window, task, wakes))
			continue;
		(void)snprintf(name, sizeof(name), "%d", task->pid);
		fd = openat(watch->scope.proc_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		duration_us = fd < 0 ? 0 : waits_duration_us(fd, &task->call);
		if (duration_us != WAIT_UNTIMED && duration_us <= most_us)
			return true;
	}
	return false;
}

bool window_passed(struct window *window, const struct watch *watch, int64_t now_us)
{
	const struct collect *look = &watch->look;
	int64_t elapsed_us = now_us - window->since_us;
	/* A task that got no processor could not go on: on a busy machine patience lasts longer. */
	int64_t starved_us = look->wait_ns > window->wait_ns ? (int64_t)(look->wait_ns - window->wait_ns) / 1000 : 0;

	if (elapsed_us - starved_us < watch->plan->patience_us && elapsed_us < STARVED_MAX_US)
		return false;
	if ((int64_t)(look->run_ns - window->run_ns) / 1000 > elapsed_us / BUSY_SHARE) {
		window_start(window, watch, now_us);
		return false;
	}
	return true;
}

bool window_over(struct window *window, const struct watch *watch, int64_t now_us)
{
	if (!window_passed(window, watch, now_us))
		return false;
	return now_us - window->since_us >= WINDOW_TIMER_MAX_US ||
	       !window_nap(window, watch, 0, WINDOW_TIMER_MAX_US, TIMER_WAKES);
}
