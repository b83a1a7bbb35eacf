/* Doing the script, step by step. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "observe/snapshot.h"
#include "observe/steps.h"

int64_t steps_within_us(const struct steps *steps)
{
	int64_t within_us = steps->watch->plan->script.stop_within_us;

	return within_us > 0 ? within_us : EVIDENCE_STOP_WITHIN_US;
}

struct steps_present steps_present(const struct steps *steps)
{
	const struct evidence *evidence = steps->watch->evidence;
	const struct ev_state *state = steps->latest ? &evidence->steps[steps->latest - 1].after : NULL;

	if (state)
		return (struct steps_present){state->processes, state->n_processes, &state->pidfile};
	return (struct steps_present){evidence->processes, evidence->n_processes, &evidence->pidfile.settled};
}

static bool lives(const struct ev_process *process)
{
	return process->state != 'Z' && process->state != 'X' && process->state != 'x';
}

/* evidence_main asks an evidence: one that has the present processes. */
static const struct ev_process *main_process(const struct steps *steps, const struct steps_present *present)
{
	const struct evidence *evidence = steps->watch->evidence;
	const struct evidence scratch = {
	    .start = {.reaper = evidence->start.reaper},
	    .launch = {.pid = evidence->launch.pid},
	    .pidfile = {.settled = *present->pidfile},
	    .processes = (struct ev_process *)present->processes,
	    .n_processes = present->n_processes,
	};

	return evidence_main(&scratch);
}

/* The first child of the main process; where the workers' name is declared, the first of that name. */
static bool is_worker(const struct steps *steps, const struct ev_process *process, const struct ev_process *parent)
{
	const struct evidence *top = steps->watch->plan->top;
	const char *name = top ? top->declared.worker : NULL;

	return parent && process->parent == parent->pid && (!name || strcmp(name, process->name) == 0);
}

static bool is_target(const struct steps *steps, enum script_whom whom, const struct ev_process *process,
                      const struct ev_process *chief)
{
	switch (whom) {
	case SCRIPT_MAIN:
		return process == chief;
	case SCRIPT_EVERY:
		return true;
	case SCRIPT_GROUP:
		return process->group == steps->watch->evidence->launch.group;
	case SCRIPT_WORKER:
		return is_worker(steps, process, chief);
	case SCRIPT_RAN:
		return process->pid == steps->watch->ran.pid;
	}
	return false;
}

static bool is_several(enum script_whom whom)
{
	return whom == SCRIPT_EVERY || whom == SCRIPT_GROUP;
}

/* Whom the step is for, in ascending order: indexes into the present processes. */
static size_t find_targets(const struct steps *steps, enum script_whom whom, size_t *ret_targets, size_t maximum)
{
	struct steps_present present = steps_present(steps);
	const struct ev_process *chief = main_process(steps, &present);
	size_t count = 0;

	for (size_t i = 0; i < present.n_processes && count < maximum; i++) {
		const struct ev_process *process = &present.processes[i];

		if (!lives(process) || !is_target(steps, whom, process, chief))
			continue;
		ret_targets[count++] = i;
		if (!is_several(whom))
			break;
	}
	return count;
}

/* The look that everything later is compared with. */
static int begin_change(struct steps *steps)
{
	if (steps->going_on)
		return 0;
	steps->going_on = true;
	steps->since_us = clock_now_us();
	steps->n_targets = 0;
	steps->expects = false;
	return collect_look(&steps->watch->scope, &steps->before);
}

static struct ev_step *add_record(struct evidence *evidence, size_t *room)
{
	if (evidence->n_steps == *room) {
		size_t more = *room ? 2 * *room : 8;
		struct ev_step *records = realloc(evidence->steps, more * sizeof(records[0]));

		if (!records)
			return NULL;
		evidence->steps = records;
		*room = more;
	}
	evidence->steps[evidence->n_steps] = (struct ev_step){0};
	return &evidence->steps[evidence->n_steps++];
}

static int keep_reply(struct ev_step *record, const char *bytes, size_t kept, uint64_t total)
{
	record->reply_total = total;
	record->reply = malloc(kept + 1);
	if (!record->reply)
		return -ENOMEM;
	memcpy(record->reply, bytes, kept);
	record->reply[kept] = '\0';
	record->reply_kept = kept;
	return 0;
}

static int keep_run(struct watch *watch, struct ev_step *record)
{
	const struct output_part *tap = &watch->output.tap;

	if (record->error_number == 0)
		record->error_number = watch->ran.error_number;
	if (watch->ran.ended) {
		record->status = watch->ran.status;
		record->done_us = watch_since(watch, watch->ran.at_us);
	}
	output_tap(&watch->output, false);
	return keep_reply(record, tap->bytes ? tap->bytes : "", tap->kept, tap->total);
}

static int keep_finish(struct watch *watch, struct ev_step *record)
{
	struct client *client = &watch->client;
	int status = keep_reply(record, client->reply, client->kept, client->total);

	if (client->ended)
		record->done_us = watch_since(watch, client->ended_us);
	record->reset = client->reset;
	/* Whoever has his reply goes: a daemon need not wait for more of him. */
	client_close(client);
	return status;
}

/* What only the wait has brought. */
static int complete(struct steps *steps, const struct script_step *step, struct ev_step *record)
{
	struct watch *watch = steps->watch;
	int status = 0;

	if (step->kind == EV_STEP_RUN)
		status = keep_run(watch, record);
	else if (step->kind == EV_STEP_FINISH)
		status = keep_finish(watch, record);
	record->signalled = watch->signalled;
	watch->signalled = 0;
	watch->notices.awaited = watch->evidence->n_notices;
	if (!record->after.taken)
		return status;
	steps->latest = watch->evidence->n_steps;
	steps->going_on = false;
	return status;
}

static int do_one(struct steps *steps, const struct script_step *step, const struct ev_process *process, size_t *room)
{
	struct ev_step *record = add_record(steps->watch->evidence, room);
	int status;

	if (!record)
		return -ENOMEM;
	record->kind = step->kind;
	record->signal = step->signal;
	record->what = told_step(steps, step, process);
	if (!record->what)
		return -ENOMEM;
	status = begin_change(steps);
	record->at_us = watch_since(steps->watch, clock_now_us());
	record->starved_us = (int64_t)(steps->before.wait_ns / 1000);
	if (status == 0)
		status = stimulus_do(steps, step, process, record);
	if (status == 0)
		status = await_step(steps, step, record);
	return status < 0 ? status : complete(steps, step, record);
}

/* One step for each whom it is for; what is waited for comes after the last. */
static int do_step(struct steps *steps, const struct script_step *step, size_t *room)
{
	CLEANUP_FREE size_t *targets = NULL;
	struct script_step one = *step;
	size_t count;
	int status = 0;

	if (step->kind != EV_STEP_SIGNAL)
		return do_one(steps, step, NULL, room);
	targets = calloc(EVIDENCE_STEPS_MAX, sizeof(targets[0]));
	if (!targets)
		return -ENOMEM;
	count = find_targets(steps, step->whom, targets, EVIDENCE_STEPS_MAX - steps->watch->evidence->n_steps);
	if (count == 0)
		return do_one(steps, step, NULL, room);
	for (size_t i = 0; i < count && status == 0; i++) {
		struct steps_present present = steps_present(steps);

		one.until = i + 1 < count ? SCRIPT_AT_ONCE : step->until;
		status = do_one(steps, &one, &present.processes[targets[i]], room);
	}
	return status;
}

static bool may_go_on(const struct steps *steps)
{
	const struct watch *watch = steps->watch;

	return !steps->over && watch->failure == 0 && watch->evidence->n_steps < EVIDENCE_STEPS_MAX;
}

/* Of what has not lived to see the script, only what the stranger got is still to be told. */
static size_t count_steps(const struct watch *watch)
{
	const struct script *script = &watch->plan->script;
	size_t count = 0;

	if (watch->look.alive)
		return script->n_steps;
	while (watch->scope.stranger && count < script->n_steps && script->steps[count].kind == EV_STEP_WAIT)
		count++;
	return count;
}

static int begin(struct steps *steps)
{
	struct watch *watch = steps->watch;
	int status = 0;

	watch->stepping = true;
	output_tap(&watch->output, false);
	pidfile_watch_end(&watch->pidfile);
	/* Nobody may have asked for it before. */
	if (!watch->plan->judge)
		status = snapshot_read(watch, watch->evidence);
	if (status == 0)
		state_ipc_open(watch, &steps->ipc);
	return status == 0 ? watch->failure : status;
}

static void end(struct steps *steps)
{
	state_ipc_close(&steps->ipc);
	collect_free(&steps->before);
	free(steps->targets);
}

int script_run(struct watch *watch)
{
	struct steps steps = {.watch = watch, .ipc = {.fds = {-1, -1, -1}}};
	const struct script *script = &watch->plan->script;
	size_t count = count_steps(watch), room = 0;
	int status;

	if (count == 0)
		return 0;
	status = begin(&steps);
	for (size_t i = 0; i < count && status == 0 && may_go_on(&steps); i++)
		status = do_step(&steps, &script->steps[i], &room);
	end(&steps);
	if (status < 0 && watch->failure == 0)
		return error_errno(watch->error, status, "cannot do the script");
	return status;
}
