/* Holding births back, and letting them go. */
#include "observe/hold.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "observe/waits.h"
#include "observe/watch.h"

bool hold_waits(const struct watch *watch)
{
	return watch->evidence->launch.n_births > watch->hold.released;
}

/* Tells the looks which stops are births that wait. */
static void note_held(struct watch *watch)
{
	const struct ev_launch *launch = &watch->evidence->launch;

	watch->scope.held = launch->births + watch->hold.released;
	watch->scope.n_held = launch->n_births - watch->hold.released;
	watch->hold.oldest_us = clock_now_us();
	watch->urgent++;
}

static void release(struct watch *watch, int pid, int signal)
{
	const struct leader_command command = {.kind = LEADER_RELEASE, .pid = pid, .signal = signal};

	command_tell(watch, &command);
}

void hold_born(struct watch *watch, int pid)
{
	struct ev_launch *launch = &watch->evidence->launch;
	bool first = !hold_waits(watch);
	int64_t oldest_us = watch->hold.oldest_us;
	uint32_t *births;

	if (launch->n_births == EVIDENCE_PROCESSES_MAX) {
		watch->evidence->truncated = true;
		release(watch, pid, 0);
		return;
	}
	births = realloc(launch->births, (launch->n_births + 1) * sizeof(births[0]));
	if (!births) {
		watch_fail(watch, -ENOMEM, "cannot keep a birth");
		return;
	}
	launch->births = births;
	births[launch->n_births++] = (uint32_t)pid;
	note_held(watch);
	if (!first)
		watch->hold.oldest_us = oldest_us;
}

void hold_ending(struct watch *watch)
{
	const struct leader_command command = {.kind = LEADER_GO};

	if (!watch->hold.ending) {
		watch->hold.ending = true;
		watch->hold.heard = watch->hold.released;
	}
	watch->urgent++;
	command_tell(watch, &command);
}

/* Others may be born and held when the started process ends, workers: it need not wait for those. */
void hold_conclude(const struct watch *watch)
{
	struct ev_launch *launch = &watch->evidence->launch;
	const struct ev_process *main = evidence_main(watch->evidence);

	if (!watch->hold.ending)
		return;
	for (size_t i = watch->hold.heard; i < launch->n_births; i++)
		if (!main || launch->births[i] == (uint32_t)main->pid)
			launch->ended_unheard = true;
}

/* Whether some task sleeps on a timer, of whatever length. When the started process has ended it is too late for that,
 * and whoever was once waited for in vain sleeps in a loop. */
static bool naps(const struct watch *watch)
{
	if (watch->returned || watch->evidence->launch.hold_gave_up)
		return false;
	for (size_t i = 0; i < watch->look.n_tasks; i++) {
		const struct collect_task *task = &watch->look.tasks[i];
		CLEANUP_CLOSE int fd = -1;
		char name[16];

		if (task->call.kind != PROC_SYSCALL_IN_CALL)
			continue;
		(void)snprintf(name, sizeof(name), "%d", task->pid);
		fd = openat(watch->scope.proc_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0 && waits_duration_us(fd, &task->call) != WAIT_UNTIMED)
			return true;
	}
	return false;
}

bool hold_consider(struct watch *watch, bool proven)
{
	const struct script_hold *plan = &watch->plan->hold;
	struct ev_launch *launch = &watch->evidence->launch;
	size_t number = watch->hold.released;
	bool ready = proven && !(plan->past_timers && naps(watch));

	if (!hold_waits(watch))
		return false;
	if (!ready && clock_now_us() - watch->hold.oldest_us < plan->bound_us)
		return false;
	launch->hold_gave_up |= !ready;
	release(watch, (int)launch->births[number], number + 1 == (size_t)plan->nth ? plan->signal : 0);
	watch->hold.released++;
	note_held(watch);
	return true;
}
