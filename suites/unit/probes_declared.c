/* A world in which what is declared has its defaults, and what the tests of signals, clients and children do to it. */
#include "probes_declared.h"

#include <signal.h>
#include <string.h>

static void declare(void)
{
	world.evidence.declared = (struct ev_declared){.stop_signal = SIGTERM, .stop_within_us = BOUND_US};
	world.evidence.declared.stop_status = world.evidence.declared.workers = world.evidence.declared.s6 = -1;
	(void)world_listener(EV_SOCKET_TCP, "127.0.0.1:80");
}

Suite *declared_suite(const char *name, const TTest *const *tests, size_t count, const TTest *const *loops,
                      size_t n_loops, int n_needed)
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, world_new, NULL);
	tcase_add_checked_fixture(tcase, declare, NULL);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(tcase, tests[i]);
	for (size_t i = 0; i < n_loops; i++)
		tcase_add_loop_test(tcase, loops[i], 0, n_needed);
	suite_add_tcase(suite, tcase);
	return suite;
}

void declare_effect(int signal, enum ev_effect effect)
{
	static struct ev_signal_effect declared;

	declared = (struct ev_signal_effect){.signal = signal, .effect = effect};
	world.evidence.declared.effects = &declared;
	world.evidence.declared.n_effects = 1;
}

void ended(struct evidence *run, int pid, int status, int64_t at_us)
{
	world.exits[0] = (struct ev_exit){.pid = pid, .status = status, .at_us = at_us};
	run->n_exits = 1;
}

void lose(struct ev_step *step, int pid)
{
	size_t kept = 0;

	for (size_t i = 0; i < step->after.n_processes; i++)
		if (step->after.processes[i].pid != pid)
			step->after.processes[kept++] = step->after.processes[i];
	step->after.n_processes = kept;
}

void looked(struct ev_step *step, int64_t after_us, bool settled)
{
	step->after.at_us = step->at_us + after_us;
	step->after.settled = settled;
}

struct ev_step *signalled(enum ev_scenario scenario, int variant, int signal)
{
	return world_step(world_run(scenario, variant), EV_STEP_SIGNAL, signal);
}

void all_gone(struct ev_step *step)
{
	world_step_gone(step, step->at_us + 2000);
}

void assert_needs(const struct needed *needed)
{
	assert_judged(needed->id, VERDICT_SKIP);
	assert_seen("not seen: there was no launch");
	world.evidence.interrupted = true;
	assert_judged(needed->id, VERDICT_BROKEN);
	assert_seen("it was interrupted before the launch");
	world.evidence.interrupted = false;
	(void)world_run_not(needed->scenario, needed->variant, EV_RUN_SKIPPED, "it does not apply");
	assert_judged(needed->id, VERDICT_SKIP);
	world.runs[0].state = EV_RUN_FAILED;
	assert_judged(needed->id, VERDICT_BROKEN);
	assert_seen("failed: it does not apply");
	ck_assert(!world.finding.may_change);
}

void assert_needs_steps(const struct needed *needed)
{
	struct evidence *run = world_run(needed->scenario, needed->variant);

	ck_assert_int_ne(judge(needed->id), VERDICT_FAIL);
	run->launch.status = 1 << 8;
	run->n_processes = 0;
	ck_assert_int_ne(judge(needed->id), VERDICT_FAIL);
}

void judge_nonsense(const struct needed *needed)
{
	struct evidence *run = world_run(needed->scenario, needed->variant);
	struct ev_process *process = run->processes;

	for (int kind = EV_STEP_SIGNAL; kind <= EV_STEP_WAIT; kind++) {
		struct ev_step *step = world_step(run, (enum ev_step_kind)kind, kind % 2 ? -5 : 4000);

		step->what = NULL;
		step->at_us = kind % 2 ? INT64_MIN : INT64_MAX;
		step->after.at_us = kind % 2 ? INT64_MAX : INT64_MIN;
		step->reply_kept = step->reply_total = kind % 3 ? 0 : 100;
		step->after.processes[0].name = NULL;
		step->after.processes[0].parent = step->after.processes[0].pid;
		step->after.listeners = NULL;
		step->after.n_listeners = 0;
	}
	*process = (struct ev_process){.pid = process->pid, .state = 'S', .ignored = UINT64_MAX};
	run->start.ignored = run->start.blocked = UINT64_MAX;
	run->settle.at_us = INT64_MIN;
	run->reason = NULL;
	for (size_t i = 0; i < N_PROBES; i++)
		(void)judge(PROBES[i]->id);
	run->n_processes = 0;
	for (size_t i = 0; i < N_PROBES; i++)
		(void)judge(PROBES[i]->id);
}
