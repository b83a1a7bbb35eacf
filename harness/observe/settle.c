/* When has a launch settled? Good is decided at once: as soon as all tasks are proven at rest and nothing is amiss. A
 * negative finding waits until nothing has changed for the patience, because a sleep before setsid looks like a main
 * loop; a task that sleeps on a short timer is given the time to wake, and work in progress starts the wait anew. */
#include <errno.h>

#include "base/clock.h"
#include "observe/looks.h"
#include "observe/snapshot.h"
#include "observe/window.h"

struct settle {
	struct watch *watch;
	struct looks looks;
	struct window window; /* since when the verdicts have been what they are */
	bool judged;          /* there is an opinion, on `judged_token` */
	bool pending;
	uint64_t judged_token, signature;
	bool done;
};

/* The launch as far as it has come, for the judge and for the record. */
static void fill_launch(struct watch *watch, bool quiet)
{
	struct ev_launch *launch = &watch->evidence->launch;
	const struct output *output = &watch->output;

	launch->output = output->before.bytes;
	launch->output_kept = output->before.kept;
	launch->output_total = output->before.total;
	launch->output_us = watch_since(watch, output->before.first_us);
	launch->late_output = output->after.bytes;
	launch->late_kept = output->after.kept;
	launch->late_total = output->after.total;
	launch->late_us = watch_since(watch, output->after.first_us);
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
	record->window_us = settle->window.since_us ? now_us - settle->window.since_us : 0;
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
		window_start(&settle->window, watch, clock_now_us());
	settle->judged = true;
	settle->judged_token = settle->looks.token;
	settle->signature = opinion.signature;
	settle->pending = opinion.pending;
	return 0;
}

static int read_snapshot(struct settle *settle)
{
	struct watch *watch = settle->watch;
	int64_t begin_us = clock_now_us();
	int status = snapshot_read(watch, watch->evidence);

	watch->times->read_us += clock_now_us() - begin_us;
	return status;
}

/* Reads everything between two looks that show the same: then it is of one moment. */
static int judge_moment(struct settle *settle)
{
	struct watch *watch = settle->watch;
	bool same = false;
	int status;

	if (!watch->plan->judge) {
		fill_settle(settle, true, clock_now_us());
		settle->done = true;
		return 0;
	}
	status = read_snapshot(settle);
	if (status == 0)
		status = looks_confirm(&settle->looks, &same);
	if (status < 0 || !same)
		return status;
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

/* Good is good at once, unless somebody is just taking a nap: what he does next belongs to the start. So does the end
 * of a pipe that somebody still holds. */
static bool nothing_more(const struct settle *settle)
{
	const struct watch *watch = settle->watch;
	bool told = watch->output.returned || watch->output.hung_up || watch->leader_gone || !watch->returned;

	return told && pipes_ended(&watch->pipes) &&
	       !window_nap(&settle->window, watch, 0, watch->plan->patience_us, 1);
}

static int consider(struct settle *settle, int64_t now_us)
{
	struct watch *watch = settle->watch;
	bool fresh = !settle->judged || settle->judged_token != settle->looks.token;
	int status = 0;

	if (hold_waits(watch)) {
		if (hold_consider(watch, settle->looks.proven))
			settle->window.since_us = 0;
		return 0;
	}
	if (!settle->looks.proven)
		return 0;
	if (!watch->returned && !watch->plan->stays) {
		/* It may still return: only when nothing has moved for the patience does it count as staying. */
		if (watch->plan->judge && window_over(&settle->window, watch, now_us))
			status = judge_moment(settle);
		settle->done |= settle->judged && settle->looks.proven;
		return status;
	}
	if (fresh)
		status = judge_moment(settle);
	if (status < 0 || settle->done || !settle->judged || !settle->looks.proven)
		return status;
	settle->done = window_over(&settle->window, watch, now_us) || (!settle->pending && nothing_more(settle));
	return 0;
}

static int take_look(struct settle *settle)
{
	struct watch *watch = settle->watch;
	int status = looks_take(&settle->looks);
	int64_t now_us = clock_now_us();

	if (status < 0)
		return status;
	watch->evidence->settle.looks++;
	if (looks_too_many(&settle->looks))
		return too_much(settle, EV_TOO_MANY);
	if (looks_too_much(&settle->looks))
		return too_much(settle, EV_TOO_MUCH);
	if (looks_nothing_left(&settle->looks))
		return finish_dead(settle);
	window_note(&settle->window, watch, !watch->returned, now_us);
	return consider(settle, now_us);
}

/* What follows the return is another state. */
static void await_look(struct settle *settle)
{
	bool returned = settle->watch->returned;

	looks_wait(&settle->looks);
	if (settle->watch->returned == returned)
		return;
	settle->window.since_us = 0;
	settle->judged = false;
}

int settle_watch(struct watch *watch)
{
	struct settle settle = {.watch = watch, .looks = looks_begin(watch)};
	int status = 0;

	while (status == 0 && !settle.done) {
		await_look(&settle);
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
	window_free(&settle.window);
	if (status < 0 && watch->failure == 0)
		return error_errno(watch->error, status, "cannot watch the candidate");
	return status;
}
