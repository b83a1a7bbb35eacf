/* Records of further launches that no harness would write: nothing in them may be trusted, nothing may run over. */
#include "probes_build.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

static bool is_judged(const char *id)
{
	static const char *const groups[] = {"launch.", "pidfile.", "instance.", "lsb."};

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (strncmp(id, groups[i], strlen(groups[i])) == 0)
			return true;
	return false;
}

static void judge_all(void)
{
	for (size_t i = 0; i < N_PROBES; i++) {
		if (!is_judged(PROBES[i]->id))
			continue;
		(void)judge(PROBES[i]->id);
		ck_assert_uint_lt(strlen(world.finding.seen), FINDING_TEXT_MAX);
		ck_assert_uint_lt(strlen(world.finding.expected), FINDING_TEXT_MAX);
		for (size_t k = 0; k < world.finding.n_culprits && k < FINDING_CULPRITS_MAX; k++)
			ck_assert_uint_lt(strlen(world.finding.culprits[k].value), CULPRIT_TEXT_MAX);
	}
}

/* Each scenario by itself, in each outcome, with a run that MAKE has spoilt. */
static void judge_spoilt(void (*spoil)(struct evidence *run))
{
	static const int variants[] = {0, 1, 2, 4, -1, INT32_MAX, INT32_MIN};

	for (enum ev_scenario scenario = EV_SCENARIO_AGAIN; scenario < EV_SCENARIOS; scenario++) {
		for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
			world.evidence.n_runs = 0;
			spoil(world_run(scenario, variants[i]));
			for (enum ev_outcome outcome = EV_RETURNED; outcome <= EV_TOO_MUCH; outcome++) {
				world.runs[0].launch.outcome = outcome;
				judge_all();
			}
		}
	}
}

static void empty(struct evidence *run)
{
	*run = (struct evidence){.scenario = run->scenario, .variant = run->variant};
}

/* What is counted is there, but holds nothing. */
static void nameless(struct evidence *run)
{
	static struct ev_listener listeners[2];
	static struct ev_written written[2] = {{.file = {.known = true, .mode = S_IFREG}}};
	struct ev_process *process = run_process(run, MASTER);
	struct ev_step *step;

	for (int kind = EV_STEP_SIGNAL; kind <= EV_STEP_WAIT; kind++) {
		step = world_step(run, (enum ev_step_kind)kind, -5);
		*step =
		    (struct ev_step){.kind = (enum ev_step_kind)kind, .after = step->after, .signalled = UINT64_MAX};
		step->after.pidfile = (struct ev_look){.state = EV_LOOK_READ, .size = 99};
		step->after.listeners = listeners;
		step->after.n_listeners = 2;
		step->after.processes[0].name = NULL;
	}
	process->name = process->cgroup = process->exe = NULL;
	process->argv = NULL;
	run->listeners = run->launch.listeners = listeners;
	run->n_listeners = run->launch.n_listeners = 2;
	run->launch.listeners_known = true;
	run->written = written;
	run->n_written = 2;
	run->pidfile = (struct ev_pidfile){.settled = {.state = EV_LOOK_READ, .size = 9}, .watched = true};
	run->pidfile.returned = run->pidfile.settled;
}

static void out_of_range(struct evidence *run)
{
	struct ev_step *step;

	for (int i = 0; i < 3; i++) {
		step = world_step(run, i == 1 ? EV_STEP_RUN : EV_STEP_SIGNAL, INT32_MAX);
		step->at_us = i % 2 ? INT64_MIN : INT64_MAX;
		step->after.at_us = i % 2 ? INT64_MAX : INT64_MIN;
		step->after.gone_us = -1;
		step->done_us = i ? 0 : -1;
		step->status = INT32_MIN;
		step->error_number = i == 2 ? INT32_MIN : 0;
		step->after.pidfile.error_number = -7;
	}
	run->launch.returned_us = INT64_MIN;
	run->launch.status = -1;
	run->settle.at_us = INT64_MIN;
	run->start.stranger = run->start.reaper = run->start.leader = -1;
	run_process(run, MASTER)->parent = MASTER;
	run_process(run, WORKER)->parent = INT32_MIN;
}

static void long_names(struct evidence *run)
{
	static char text[5000];
	struct ev_step *step = world_step(run, EV_STEP_RUN, 1);

	memset(text, 'x', sizeof(text) - 1);
	text[0] = '/';
	step->what = step->reply = text;
	step->after.processes[0].name = text;
	run_process(run, MASTER)->name = run->reason = run->pidfile.path = text;
	run->written = NULL;
	world.listeners[0].address = text;
}

START_TEST(empty_runs)
{
	(void)world_listener(EV_SOCKET_TCP, "0.0.0.0:80");
	judge_spoilt(empty);
}
END_TEST

START_TEST(nameless_runs)
{
	(void)world_listener(EV_SOCKET_UNIX, "/run/exampled.socket");
	judge_spoilt(nameless);
}
END_TEST

START_TEST(runs_out_of_range)
{
	judge_spoilt(out_of_range);
}
END_TEST

START_TEST(runs_with_long_names)
{
	static char text[5000];

	memset(text, '/', sizeof(text) - 1);
	(void)world_listener(EV_SOCKET_TCP, "0.0.0.0:80");
	world.evidence.pidfile.path = text;
	judge_spoilt(long_names);
	world.profile.name = TEXT("forking");
	world.evidence.pidfile.returned = world.evidence.pidfile.settled =
	    (struct ev_look){.state = EV_LOOK_FAILED, .error_number = ENOENT};
	judge_spoilt(long_names);
}
END_TEST

/* The top, too. */
START_TEST(spoilt_top)
{
	static struct ev_listener listeners[2];
	static char *failures[] = {NULL};

	world.evidence.listeners = world.evidence.launch.listeners = world.evidence.declared.ready = listeners;
	world.evidence.n_listeners = world.evidence.launch.n_listeners = world.evidence.declared.n_ready = 2;
	world.evidence.launch.listeners_known = true;
	world.evidence.declared.failures = failures;
	world.evidence.launch.returned_us = INT64_MAX;
	judge_spoilt(nameless);
	world.evidence.declared.n_ready = 0;
	world.evidence.pidfile = (struct ev_pidfile){.path = TEXT("")};
	world.evidence.pidfile.settled = (struct ev_look){.state = EV_LOOK_READ, .size = UINT64_MAX};
	judge_spoilt(empty);
}
END_TEST

Suite *probes_hostile_runs_suite(void)
{
	const TTest *tests[] = {empty_runs, nameless_runs, runs_out_of_range, runs_with_long_names, spoilt_top};

	return world_suite("probes: hostile records", tests, sizeof(tests) / sizeof(tests[0]));
}
