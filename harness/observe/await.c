/* Waiting for the effect of a step. At rest means what it means after a launch, and something more: that a daemon has
 * survived is no final finding, so whoever was signalled must have run since or be deaf to it, sleep on no short timer,
 * and where a timer may be running that nobody can see, the whole patience is waited. */
#include <errno.h>

#include "base/clock.h"
#include "observe/looks.h"
#include "observe/steps.h"
#include "observe/wakers.h"
#include "observe/window.h"

enum {
	REST_US = 2000,       /* the kernel's own threads may still carry something from one process to another */
	RESTLESS_US = 100000, /* who never rests for so long is content with less */
	SETTLE_US = 10000000, /* who has not come to rest then is told as restless */
};

struct await {
	struct steps *steps;
	struct watch *watch;
	const struct script_step *step;
	struct ev_step *record;
	struct looks looks;
	struct window window;
	int64_t begun_us, bound_us; /* CLOCK_MONOTONIC */
	bool rested;                /* everybody has come to rest after the reaction; the window begins there */
	bool ran_out;               /* the command of the RUN has ended */
	uint64_t replied;           /* bytes of the reply at the last look: what still comes begins the window anew */
	bool done;
};

static int64_t settle_bound_us(const struct await *await)
{
	int64_t within_us = steps_within_us(await->steps);

	return clock_now_us() + (within_us > SETTLE_US ? within_us : SETTLE_US);
}

static int64_t bound_us(const struct await *await)
{
	switch (await->step->until) {
	case SCRIPT_AT_ONCE:
	case SCRIPT_TAKEN:
	case SCRIPT_GONE:
	case SCRIPT_RAN_OUT:
	case SCRIPT_REPLY:
		break;
	case SCRIPT_SETTLED:
	case SCRIPT_WORKERS:
	case SCRIPT_LOG:
	case SCRIPT_NOTICES:
		return settle_bound_us(await);
	}
	return clock_now_us() + steps_within_us(await->steps);
}

/* A command that could not be started has ended; so has one whose end nobody is left to tell. */
static bool has_ran_out(const struct await *await)
{
	return await->step->kind != EV_STEP_RUN || await->record->error_number || await->watch->ran.ended ||
	       await->watch->leader_gone;
}

static bool has_reacted(const struct await *await)
{
	const struct steps *steps = await->steps;

	for (size_t i = 0; i < steps->n_targets; i++)
		if (reaction_of(await->watch, &steps->before, &steps->targets[i]) == REACTION_DUE)
			return false;
	return !steps->expects || reaction_any(await->watch, &steps->before);
}

static bool all_deaf(const struct await *await)
{
	const struct steps *steps = await->steps;

	for (size_t i = 0; i < steps->n_targets; i++)
		if (reaction_of(await->watch, &steps->before, &steps->targets[i]) != REACTION_NONE)
			return false;
	return steps->n_targets > 0;
}

/* Whether somebody may yet go on with what the stimulus began. */
static bool may_go_on(const struct await *await)
{
	const struct watch *watch = await->watch;
	const struct steps *steps = await->steps;

	for (size_t i = 0; i < steps->n_targets; i++)
		if (window_nap(&await->window, watch, steps->targets[i].pid, WINDOW_TIMER_MAX_US, 1))
			return true;
	/* Who has not run has not begun anything. */
	for (size_t i = 0; i < watch->look.pids.count; i++) {
		int pid = watch->look.pids.items[i];

		if (reaction_ran(watch, &steps->before, pid) &&
		    wakers_timer(watch->scope.proc_fd, pid, WINDOW_TIMER_MAX_US))
			return true;
	}
	return false;
}

/* Whether the step asks who survives it. After the others the rules of a launch are enough. */
static bool may_be_survived(enum ev_step_kind kind)
{
	switch (kind) {
	case EV_STEP_SIGNAL:
	case EV_STEP_KEY:
	case EV_STEP_HANGUP:
	case EV_STEP_BREAK:
		return true;
	case EV_STEP_FOREGROUND:
	case EV_STEP_RUN:
	case EV_STEP_CONNECT:
	case EV_STEP_SEND:
	case EV_STEP_FINISH:
	case EV_STEP_RENAME:
	case EV_STEP_WRITE:
	case EV_STEP_UNMOUNT:
	case EV_STEP_ORPHAN:
	case EV_STEP_WAIT:
		return false;
	}
	return false;
}

/* Whether one that was signalled is gone, while others live: they may be on their way out. */
static bool is_half_gone(const struct await *await)
{
	const struct pids *pids = &await->watch->look.pids;
	const struct steps *steps = await->steps;

	for (size_t i = 0; i < steps->n_targets; i++)
		if (!pids_have(pids, steps->targets[i].pid))
			return pids->count > 0;
	return false;
}

/* Whether nothing more will come of the step. Where nobody has run since, nothing has changed, either. */
static bool is_calm(struct await *await, int64_t now_us)
{
	struct watch *watch = await->watch;

	if (!await->rested)
		return false;
	if (!reaction_any(watch, &await->steps->before))
		return true;
	if (window_nap(&await->window, watch, 0, watch->plan->patience_us, 1))
		return false;
	if (!may_be_survived(await->step->kind) || window_passed(&await->window, watch, now_us))
		return true;
	return !is_half_gone(await) && !may_go_on(await);
}

static bool workers_are_back(const struct await *await)
{
	const struct collect *look = &await->watch->look;

	return look->n_live >= await->steps->before.n_live && look->n_live == look->pids.count;
}

/* A start of what was gone has made as many processes as the launch did. */
static bool is_back(const struct await *await)
{
	const struct collect *look = &await->watch->look;

	return await->steps->before.n_live == 0 && look->n_live >= await->watch->evidence->n_processes;
}

static bool log_is_reopened(const struct await *await)
{
	const struct steps *steps = await->steps;

	return state_file(await->watch, steps->log).known && !state_is_held(await->watch, &steps->old_log);
}

/* At rest, and for long enough that the kernel holds nothing back: is that what the step waits for? */
static bool is_awaited(struct await *await, int64_t now_us)
{
	struct watch *watch = await->watch;

	switch (await->step->until) {
	case SCRIPT_AT_ONCE:
	case SCRIPT_TAKEN:
		return true;
	case SCRIPT_RAN_OUT:
		return await->ran_out && (is_calm(await, now_us) || window_over(&await->window, watch, now_us));
	case SCRIPT_SETTLED:
		/* As at the launch: a command may still end, unless what was started is all there again. */
		if (!await->ran_out && !is_back(await))
			return window_over(&await->window, watch, now_us);
		return is_calm(await, now_us) || (!await->rested && window_passed(&await->window, watch, now_us)) ||
		       window_over(&await->window, watch, now_us);
	case SCRIPT_GONE:
		return window_passed(&await->window, watch, now_us) && all_deaf(await);
	case SCRIPT_REPLY:
		return window_over(&await->window, watch, now_us);
	case SCRIPT_WORKERS:
		return (await->rested && workers_are_back(await)) || window_over(&await->window, watch, now_us);
	case SCRIPT_LOG:
		return (await->rested && log_is_reopened(await)) || window_over(&await->window, watch, now_us);
	case SCRIPT_NOTICES:
		return (await->rested && notices_came(watch)) || window_over(&await->window, watch, now_us);
	}
	return true;
}

/* Steps that are followed by the next one at once. */
static bool has_state(const struct await *await)
{
	return await->step->until != SCRIPT_REPLY && await->step->until != SCRIPT_TAKEN;
}

static int take_state(struct await *await, bool settled, bool gone)
{
	struct watch *watch = await->watch;
	const struct evidence *top = watch->plan->top;
	const char *log = top && top->declared.log ? top->declared.log : await->steps->log;
	struct ev_state state;
	int64_t now_us;
	int status = state_read(watch, log, &await->steps->ipc, &state);

	if (status < 0)
		return status;
	now_us = clock_now_us();
	state.settled = settled;
	state.at_us = watch_since(watch, now_us);
	if (gone)
		state.gone_us = watch_since(watch, watch->last_us ? watch->last_us : now_us);
	state_clear(&await->record->after);
	await->record->after = state;
	return 0;
}

/* The state is of one moment if a look after it shows the same as the one before. */
static int finish(struct await *await)
{
	bool same = false;
	int status;

	if (!has_state(await)) {
		await->done = true;
		return 0;
	}
	status = take_state(await, true, false);
	if (status == 0)
		status = looks_confirm(&await->looks, &same);
	await->done = status == 0 && same;
	return status;
}

static int finish_gone(struct await *await)
{
	await->done = true;
	return has_state(await) ? take_state(await, true, true) : 0;
}

static int finish_late(struct await *await)
{
	struct watch *watch = await->watch;
	int status = collect_look(&watch->scope, &watch->look);

	await->done = true;
	if (status < 0 || !has_state(await))
		return status;
	/* The word of an end may be lost where there are too many of them. */
	return take_state(await, !watch->look.alive, !watch->look.alive);
}

static int too_much(struct await *await, enum ev_outcome outcome)
{
	sandbox_kill(await->watch->plan->sandbox);
	await->watch->evidence->launch.outcome = outcome;
	await->steps->over = await->done = true;
	return 0;
}

static void note_rest(struct await *await, int64_t now_us)
{
	if (await->rested || !has_reacted(await))
		return;
	await->rested = true;
	window_start(&await->window, await->watch, now_us);
}

static int consider(struct await *await, int64_t now_us)
{
	if (hold_waits(await->watch)) {
		(void)hold_consider(await->watch, await->looks.proven);
		return 0;
	}
	if (!await->looks.proven)
		return 0;
	if (now_us - await->looks.since_us < REST_US && now_us - await->begun_us < RESTLESS_US) {
		await->looks.delay_us = REST_US;
		return 0;
	}
	note_rest(await, now_us);
	return is_awaited(await, now_us) ? finish(await) : 0;
}

/* Whoever lived before the step has ended since, and that is still to be told. */
static bool is_end_told(const struct await *await)
{
	const struct watch *watch = await->watch;

	return watch->look.pids.count == 0 && (!await->steps->before.alive || watch->last_us >= await->steps->since_us);
}

static int take_look(struct await *await)
{
	int status = looks_take(&await->looks);
	int64_t now_us = clock_now_us();

	if (status < 0)
		return status;
	if (looks_too_many(&await->looks))
		return too_much(await, EV_TOO_MANY);
	if (looks_too_much(&await->looks))
		return too_much(await, EV_TOO_MUCH);
	if (looks_nothing_left(&await->looks) && has_ran_out(await) && is_end_told(await))
		return finish_gone(await);
	if (await->step->until == SCRIPT_TAKEN && has_reacted(await)) {
		await->done = true;
		return 0;
	}
	window_note(&await->window, await->watch, true, now_us);
	if (await->replied != await->watch->client.total)
		window_start(&await->window, await->watch, now_us);
	await->replied = await->watch->client.total;
	return consider(await, now_us);
}

/* What follows the end of a command is a wait of its own. */
static void note_ran_out(struct await *await)
{
	if (await->ran_out || !has_ran_out(await))
		return;
	await->ran_out = true;
	await->window.since_us = 0;
	await->bound_us = settle_bound_us(await);
}

static int await_all(struct await *await)
{
	struct watch *watch = await->watch;
	int status = 0;

	while (status == 0 && !await->done) {
		looks_wait(&await->looks);
		note_ran_out(await);
		if (watch->failure)
			return watch->failure;
		if (await->step->until == SCRIPT_REPLY && (watch->client.ended || watch->client.fd < 0))
			return 0;
		if (clock_now_us() >= await->bound_us)
			status = finish_late(await);
		else
			status = take_look(await);
	}
	return status;
}

int await_step(struct steps *steps, const struct script_step *step, struct ev_step *record)
{
	struct await await = {
	    .steps = steps, .watch = steps->watch, .step = step, .record = record, .looks = looks_begin(steps->watch)};
	int status;

	if (step->until == SCRIPT_AT_ONCE)
		return 0;
	await.begun_us = clock_now_us();
	await.bound_us = bound_us(&await);
	await.ran_out = has_ran_out(&await) && step->kind != EV_STEP_RUN;
	status = await_all(&await);
	window_free(&await.window);
	return status;
}
