/* When has a candidate settled? Good is decided at once: as soon as all tasks are proven at rest and nothing is amiss.
 * A negative finding waits until nothing has changed for the patience, because a sleep before setsid looks like a main
 * loop; a task that sleeps on a short timer is given the time to wake, and work in progress starts the wait anew. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "observe/snapshot.h"
#include "observe/waits.h"
#include "observe/watch.h"

enum {
	LOOK_FIRST_US = 20,       /* after a change; each further look waits half as long again */
	LOOK_AGAIN_US = 200,      /* after a change in something that had already been at rest */
	LOOK_RUNNING_US = 1000,   /* while the started process has not returned: do not disturb the start */
	LOOK_LAST_US = 5000,      /* … up to this */
	STARVED_MAX_US = 5000000, /* … but not for ever */
	TIMER_MAX_US = 5000000,   /* a sleep up to this long may be one before the next step */
	TIMER_WAKES = 4,          /* who woke so often and changed nothing sleeps in a loop */
	DISK_US = 20000,          /* uninterruptible for so long is work in progress */
	BUSY_SHARE = 4,           /* so is a quarter of a processor */
};

struct nap {
	int tid;
	uint64_t timeslices;
};

struct settle {
	struct watch *watch;
	int64_t delay_us, next_us;
	uint64_t token; /* of the last quiet look */
	bool quiet;     /* the last look was quiet */
	bool proven;    /* … and the one before it was the same */
	bool judged;    /* there is an opinion, on `judged_token` */
	bool pending;
	uint64_t judged_token, signature;
	int64_t window_us; /* since when the verdicts have been what they are */
	uint64_t window_run_ns, window_wait_ns;
	int64_t disk_us; /* since when a task has been uninterruptible; 0: none is */
	int newest;      /* the highest pid and the number of tasks: a start that makes processes goes on */
	size_t n_tasks;
	struct nap *naps; /* the tasks at the beginning of the window */
	size_t n_naps;
	bool empty;     /* the last look found nobody */
	uint64_t exits; /* … after so many ends */
	bool done;
};

static int64_t memory_bound_kib(void)
{
	return sysconf(_SC_PHYS_PAGES) / 2 * (sysconf(_SC_PAGESIZE) / 1024);
}

static void start_window(struct settle *settle, int64_t now_us)
{
	const struct collect *look = &settle->watch->look;
	struct nap *naps = realloc(settle->naps, (look->n_tasks + 1) * sizeof(naps[0]));

	settle->window_us = now_us;
	settle->window_run_ns = look->run_ns;
	settle->window_wait_ns = look->wait_ns;
	settle->n_naps = 0;
	if (!naps)
		return;
	settle->naps = naps;
	for (size_t i = 0; i < look->n_tasks; i++)
		naps[settle->n_naps++] =
		    (struct nap){.tid = look->tasks[i].tid, .timeslices = look->tasks[i].timeslices};
}

/* A task that the window did not begin with has not shown yet what it does when it wakes. */
static bool woke_often(const struct settle *settle, const struct collect_task *task, uint64_t wakes)
{
	for (size_t i = 0; i < settle->n_naps; i++) {
		if (settle->naps[i].tid == task->tid)
			return task->timeslices >= settle->naps[i].timeslices + wakes;
	}
	return false;
}

/* Whether some task sleeps on a timer of at most that length and has not woken so often since the window began: it may
 * go on with its start when it does. */
static bool timer_pending(const struct settle *settle, int64_t most_us, uint64_t wakes)
{
	const struct collect *look = &settle->watch->look;

	for (size_t i = 0; i < look->n_tasks; i++) {
		const struct collect_task *task = &look->tasks[i];
		CLEANUP_CLOSE int fd = -1;
		char name[16];
		int64_t duration_us;

		if (task->call.kind != PROC_SYSCALL_IN_CALL)
			continue;
		/* A launcher that waits for its daemon polls in just such a loop. */
		if (settle->watch->returned && woke_often(settle, task, wakes))
			continue;
		(void)snprintf(name, sizeof(name), "%d", task->pid);
		fd = openat(settle->watch->scope.proc_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		duration_us = fd < 0 ? 0 : waits_duration_us(fd, &task->call);
		if (duration_us != WAIT_UNTIMED && duration_us <= most_us)
			return true;
	}
	return false;
}

/* Whether the verdicts have stood long enough. Work in progress begins the window anew. */
static bool patience_over(struct settle *settle, int64_t now_us)
{
	const struct collect *look = &settle->watch->look;
	int64_t elapsed_us = now_us - settle->window_us;
	/* A task that got no processor could not go on: on a busy machine patience lasts longer. */
	int64_t starved_us =
	    look->wait_ns > settle->window_wait_ns ? (int64_t)(look->wait_ns - settle->window_wait_ns) / 1000 : 0;

	if (elapsed_us - starved_us < settle->watch->plan->patience_us && elapsed_us < STARVED_MAX_US)
		return false;
	if ((int64_t)(look->run_ns - settle->window_run_ns) / 1000 > elapsed_us / BUSY_SHARE) {
		start_window(settle, now_us);
		return false;
	}
	return elapsed_us >= TIMER_MAX_US || !timer_pending(settle, TIMER_MAX_US, TIMER_WAKES);
}

static void note_disk(struct settle *settle, int64_t now_us)
{
	if (!settle->watch->look.disk)
		settle->disk_us = 0;
	else if (settle->disk_us == 0)
		settle->disk_us = now_us;
	else if (now_us - settle->disk_us > DISK_US)
		start_window(settle, now_us);
}

static void note_births(struct settle *settle, int64_t now_us)
{
	const struct collect *look = &settle->watch->look;
	int newest = look->pids.count ? look->pids.items[look->pids.count - 1] : 0;

	if (!settle->watch->returned && (newest != settle->newest || look->n_tasks != settle->n_tasks))
		start_window(settle, now_us);
	settle->newest = newest;
	settle->n_tasks = look->n_tasks;
}

static int64_t since_start(const struct watch *watch, int64_t at_us)
{
	return at_us ? at_us - watch->times->started_us : 0;
}

/* The launch as far as it has come, for the judge and for the record. */
static void fill_launch(struct watch *watch, bool quiet)
{
	struct ev_launch *launch = &watch->evidence->launch;
	const struct output *output = &watch->output;

	launch->output = output->before.bytes;
	launch->output_kept = output->before.kept;
	launch->output_total = output->before.total;
	launch->output_us = since_start(watch, output->before.first_us);
	launch->late_output = output->after.bytes;
	launch->late_kept = output->after.kept;
	launch->late_total = output->after.total;
	launch->late_us = since_start(watch, output->after.first_us);
	if (watch->not_executed)
		launch->outcome = EV_NO_COMMAND;
	else if (watch->returned)
		launch->outcome = EV_RETURNED;
	else
		launch->outcome = quiet ? EV_STAYED : EV_NEVER;
}

static void fill_settle(struct settle *settle, bool settled, int64_t now_us)
{
	struct ev_settle *record = &settle->watch->evidence->settle;

	record->settled = settled;
	record->at_us = now_us - settle->watch->times->started_us;
	record->window_us = settle->window_us ? now_us - settle->window_us : 0;
	record->patience_us = settle->watch->plan->patience_us;
	settle->watch->times->settled_us = now_us;
}

static int judge(struct settle *settle)
{
	struct watch *watch = settle->watch;
	struct observe_opinion opinion = {0};
	int64_t begin_us = clock_now_us();
	int status = watch->plan->judge(watch->evidence, &opinion, watch->plan->judge_data);

	if (status < 0)
		return status;
	watch->times->judge_us += clock_now_us() - begin_us;
	if (!settle->judged || opinion.signature != settle->signature)
		start_window(settle, clock_now_us());
	settle->judged = true;
	settle->judged_token = settle->token;
	settle->signature = opinion.signature;
	settle->pending = opinion.pending;
	return 0;
}

static int read_snapshot(struct settle *settle)
{
	struct watch *watch = settle->watch;
	int64_t begin_us = clock_now_us();
	int status = snapshot_read(watch->plan->sandbox, watch->plan->tree, &watch->look.pids, watch->evidence);

	watch->times->read_us += clock_now_us() - begin_us;
	return status;
}

/* Reads everything between two looks that show the same: then it is of one moment. */
static int judge_moment(struct settle *settle)
{
	struct watch *watch = settle->watch;
	uint64_t token = watch->look.token;
	int status;

	if (!watch->plan->judge) {
		fill_settle(settle, true, clock_now_us());
		settle->done = true;
		return 0;
	}
	status = read_snapshot(settle);
	if (status == 0)
		status = collect_look(&watch->scope, &watch->look);
	if (status < 0)
		return status;
	settle->token = watch->look.token;
	settle->quiet = watch->look.quiet;
	settle->proven = false;
	if (!watch->look.quiet || watch->look.token != token)
		return 0;
	/* What was written before the moment must be there too. */
	events_take(watch, 0);
	settle->proven = true;
	fill_launch(watch, true);
	fill_settle(settle, true, clock_now_us());
	return judge(settle);
}

static int too_much(struct settle *settle, enum ev_outcome outcome)
{
	struct watch *watch = settle->watch;

	sandbox_kill(watch->plan->sandbox);
	snapshot_clear(watch->evidence);
	fill_launch(watch, false);
	fill_settle(settle, false, clock_now_us());
	watch->evidence->launch.outcome = outcome;
	settle->done = true;
	return 0;
}

/* All that there was has ended: nothing can change any more. */
static int finish_dead(struct settle *settle)
{
	int status = read_snapshot(settle);

	events_take(settle->watch, 0);
	fill_launch(settle->watch, true);
	fill_settle(settle, true, clock_now_us());
	settle->done = true;
	return status;
}

/* Never at rest. As long as the processes stay the same ones, what they are can be told all the same. */
static int read_busy(struct settle *settle)
{
	struct watch *watch = settle->watch;
	struct evidence *evidence = watch->evidence;
	bool same;
	int status = read_snapshot(settle);

	if (status == 0)
		status = collect_look(&watch->scope, &watch->look);
	if (status < 0)
		return status;
	same = evidence->n_processes > 0 && evidence->n_processes == watch->look.pids.count;
	for (size_t i = 0; same && i < evidence->n_processes; i++)
		same = evidence->processes[i].pid == watch->look.pids.items[i];
	if (same || !watch->returned)
		return 0;
	snapshot_clear(evidence);
	evidence->launch.outcome = EV_RESTLESS;
	return 0;
}

static int finish_late(struct settle *settle)
{
	struct watch *watch = settle->watch;
	int status = collect_look(&watch->scope, &watch->look);

	fill_launch(watch, settle->judged);
	if (status == 0 && !settle->judged && watch->plan->judge)
		status = read_busy(settle);
	fill_settle(settle, settle->judged, clock_now_us());
	settle->done = true;
	return status;
}

/* Good is good at once, unless somebody is just taking a nap: what he does next belongs to the start. */
static bool nothing_more(const struct settle *settle)
{
	const struct watch *watch = settle->watch;
	bool told = watch->output.returned || watch->evidence->launch.leader_killed;

	return told && !timer_pending(settle, watch->plan->patience_us, 1);
}

static int consider(struct settle *settle, int64_t now_us)
{
	struct watch *watch = settle->watch;
	bool fresh = !settle->judged || settle->judged_token != settle->token;
	int status = 0;

	if (!settle->proven)
		return 0;
	if (!watch->returned) {
		/* It may still return: only when nothing has moved for the patience does it count as staying. */
		if (watch->plan->judge && patience_over(settle, now_us))
			status = judge_moment(settle);
		settle->done |= settle->judged && settle->proven;
		return status;
	}
	if (fresh)
		status = judge_moment(settle);
	if (status < 0 || settle->done || !settle->judged || !settle->proven)
		return status;
	settle->done = patience_over(settle, now_us) || (!settle->pending && nothing_more(settle));
	return 0;
}

/* One look may miss a process that forks and exits all the time. Each of its ends is reported, though: two looks at
 * nothing with no end between them are the end of all. */
static bool nothing_left(struct settle *settle)
{
	struct watch *watch = settle->watch;
	bool empty = watch->returned && watch->look.quiet && !watch->look.alive, proven;

	events_take(watch, 0);
	proven = empty && settle->empty && settle->exits == watch->exits;
	settle->empty = empty;
	settle->exits = watch->exits;
	return proven;
}

static int take_look(struct settle *settle)
{
	struct watch *watch = settle->watch;
	uint64_t token = settle->token;
	bool quiet = settle->quiet;
	int status = collect_look(&watch->scope, &watch->look);
	int64_t now_us = clock_now_us();

	if (status < 0)
		return status;
	watch->evidence->settle.looks++;
	if (watch->look.pids.too_many)
		return too_much(settle, EV_TOO_MANY);
	if ((int64_t)watch->look.rss_kib > memory_bound_kib())
		return too_much(settle, EV_TOO_MUCH);
	if (nothing_left(settle))
		return finish_dead(settle);
	settle->token = watch->look.token;
	settle->quiet = watch->look.quiet;
	settle->proven = quiet && settle->quiet && token == settle->token;
	note_disk(settle, now_us);
	note_births(settle, now_us);
	if (!settle->window_us)
		start_window(settle, now_us);
	if (token != settle->token && settle->delay_us > LOOK_AGAIN_US)
		settle->delay_us = watch->returned ? LOOK_AGAIN_US : LOOK_RUNNING_US;
	return consider(settle, now_us);
}

/* Until the next look everything that happens is taken; the return brings the look forward. */
static void wait_for_look(struct settle *settle)
{
	struct watch *watch = settle->watch;
	bool returned = watch->returned;

	while (clock_now_us() < settle->next_us && watch->failure == 0) {
		events_take(watch, settle->next_us);
		if (watch->returned != returned) {
			settle->delay_us = LOOK_FIRST_US;
			settle->window_us = 0;
			settle->quiet = settle->judged = false;
			return;
		}
	}
	settle->delay_us += settle->delay_us / 2;
	if (settle->delay_us > LOOK_LAST_US)
		settle->delay_us = LOOK_LAST_US;
}

int settle_watch(struct watch *watch)
{
	struct settle settle = {.watch = watch, .delay_us = LOOK_RUNNING_US};
	int status = 0;

	while (status == 0 && !settle.done) {
		settle.next_us = clock_now_us() + settle.delay_us;
		wait_for_look(&settle);
		if (watch->failure) {
			status = watch->failure;
		} else if (watch->not_executed) {
			fill_launch(watch, false);
			break;
		} else if (clock_now_us() >= watch->plan->deadline_us) {
			status = finish_late(&settle);
		} else if (watch->started) {
			status = take_look(&settle);
		}
	}
	/* The last snapshot still holds: nothing has run since. */
	if (settle.done && settle.judged)
		fill_settle(&settle, true, clock_now_us());
	free(settle.naps);
	if (status < 0 && watch->failure == 0)
		return error_errno(watch->error, status, "cannot watch the candidate");
	return status;
}
