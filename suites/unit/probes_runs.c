/* Further launches and steps by hand for the tests of the probes. */
#include "probes_build.h"

#include <string.h>

/* Copies processes into a room of their own. */
static void settle_in(struct world_room *room, const struct ev_process *processes, size_t count)
{
	ck_assert_uint_le(count, WORLD_PROCESSES);
	for (size_t i = 0; i < count; i++) {
		struct ev_process *process = &room->processes[i];

		*process = processes[i];
		ck_assert_uint_le(process->n_fds, WORLD_FDS);
		ck_assert_uint_le(process->n_threads, WORLD_THREADS);
		memcpy(room->fds[i], processes[i].fds, process->n_fds * sizeof(room->fds[i][0]));
		memcpy(room->threads[i], processes[i].threads, process->n_threads * sizeof(room->threads[i][0]));
		process->fds = room->fds[i];
		process->threads = room->threads[i];
	}
}

static struct evidence *add(enum ev_scenario scenario, int variant)
{
	size_t index = world.evidence.n_runs++;

	ck_assert_uint_lt(index, WORLD_RUNS);
	world.evidence.runs = world.runs;
	world.runs[index] = (struct evidence){.scenario = scenario, .variant = variant};
	return &world.runs[index];
}

struct evidence *world_run(enum ev_scenario scenario, int variant)
{
	struct evidence *run = add(scenario, variant);
	size_t index = (size_t)(run - world.runs);

	*run = world.evidence;
	run->scenario = scenario;
	run->variant = variant;
	run->runs = NULL;
	run->n_runs = 0;
	run->steps = world.steps[index];
	run->n_steps = 0;
	settle_in(&world.run_rooms[index], world.evidence.processes, world.evidence.n_processes);
	run->processes = world.run_rooms[index].processes;
	return run;
}

struct evidence *world_run_not(enum ev_scenario scenario, int variant, enum ev_run_state state, const char *reason)
{
	struct evidence *run = add(scenario, variant);

	run->state = state;
	run->reason = TEXT(reason);
	return run;
}

struct ev_step *world_step(struct evidence *run, enum ev_step_kind kind, int signal)
{
	size_t launch = (size_t)(run - world.runs), index = run->n_steps++;
	struct ev_step *step = &world.steps[launch][index];
	struct world_room *room = &world.step_rooms[launch][index];

	ck_assert_uint_lt(index, WORLD_STEPS);
	*step = (struct ev_step){.kind = kind, .signal = signal, .what = TEXT("something is done"), .pid = MASTER};
	step->at_us = 3000 + (int64_t)index * 1000;
	settle_in(room, run->processes, run->n_processes);
	step->after = (struct ev_state){
	    .taken = true,
	    .settled = true,
	    .at_us = step->at_us + 500,
	    .processes = room->processes,
	    .n_processes = run->n_processes,
	    .listeners = run->listeners,
	    .n_listeners = run->n_listeners,
	    .written = run->written,
	    .n_written = run->n_written,
	    .pidfile = run->pidfile.settled,
	};
	return step;
}

void world_step_gone(struct ev_step *step, int64_t gone_us)
{
	step->after.gone_us = gone_us;
	step->after.n_processes = step->after.n_listeners = 0;
	step->after.pidfile = (struct ev_look){.state = EV_LOOK_FAILED, .error_number = 2};
}

struct ev_process *run_process(struct evidence *run, int pid)
{
	struct ev_process *process = (struct ev_process *)(uintptr_t)evidence_process(run, pid);

	ck_assert_ptr_nonnull(process);
	return process;
}

struct ev_process *step_process(struct ev_step *step, int pid)
{
	struct ev_process *process = (struct ev_process *)(uintptr_t)evidence_state_process(&step->after, pid);

	ck_assert_ptr_nonnull(process);
	return process;
}
