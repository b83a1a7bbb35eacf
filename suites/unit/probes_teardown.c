/* teardown.clean: what a stop leaves behind, and restarts in a row. */
#include "probes_declared.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

enum { RESTARTS = 3 };

static struct ev_step *stopped(void)
{
	struct ev_step *step = signalled(EV_SCENARIO_STOP, 0, SIGTERM);

	all_gone(step);
	return step;
}

/* Stopped and started again so often, then stopped. */
static struct evidence *restarted(void)
{
	struct evidence *run = world_run(EV_SCENARIO_RESTARTS, 0);

	for (int i = 0; i < RESTARTS; i++) {
		struct ev_step *start;

		all_gone(world_step(run, EV_STEP_SIGNAL, SIGTERM));
		start = world_step(run, EV_STEP_RUN, 0);
		start->done_us = start->at_us + 300;
	}
	all_gone(world_step(run, EV_STEP_SIGNAL, SIGTERM));
	return run;
}

START_TEST(nothing_left)
{
	(void)stopped();
	assert_judged("teardown.clean", VERDICT_PASS);
	assert_seen("nothing is left after the stop; not judged: not seen");
	(void)restarted();
	assert_judged("teardown.clean", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "nothing is left after the stop; 3 restarts in a row came up and went");
	ck_assert(!world.finding.may_change);
}
END_TEST

START_TEST(process_left)
{
	struct ev_step *step = signalled(EV_SCENARIO_STOP, 0, SIGTERM);

	looked(step, BOUND_US, false);
	lose(step, MASTER);
	assert_culprit("teardown.clean", WORKER, "alive", "10.00 s after TERM");
}
END_TEST

START_TEST(files_left)
{
	struct ev_step *step;

	(void)world_written("/run/exampled.sock", S_IFSOCK | 0755);
	(void)world_written("/run/exampled.pid", S_IFREG | 0644);
	step = stopped();
	assert_culprit("teardown.clean", 0, "socket", "left behind");
	ck_assert_str_eq(world.finding.culprits[0].name, "/run/exampled.sock");
	world.written[0].created = false;
	assert_judged("teardown.clean", VERDICT_PASS);
	world.written[1].path = TEXT("/dev/shm/exampled");
	assert_culprit("teardown.clean", 0, "shared memory", "left behind");
	world.written[1].path = TEXT("/dev/shmother");
	assert_judged("teardown.clean", VERDICT_PASS);
	world.written[0].created = true;
	step->after.n_written = 0;
	assert_judged("teardown.clean", VERDICT_PASS);
}
END_TEST

START_TEST(objects_left)
{
	struct ev_step *step = stopped();

	step->after.semaphores = 2;
	assert_judged("teardown.clean", VERDICT_PASS); /* it may be another's: no namespace of its own */
	world.runs[0].isolation.ipc_namespace = true;
	assert_culprit("teardown.clean", 0, "objects", "2 left behind");
	ck_assert_str_eq(world.finding.culprits[0].name, "System V semaphores");
	step->after.shared_memory = step->after.queues = 1;
	assert_judged("teardown.clean", VERDICT_FAIL);
	ck_assert_uint_eq(world.finding.n_culprits, 3);
}
END_TEST

START_TEST(restart_fails)
{
	struct evidence *run = restarted();
	struct ev_step *start = &run->steps[3], *stop = &run->steps[4];

	start->status = 1 << 8;
	assert_culprit("teardown.clean", 0, "start", "ended with exit status 1");
	ck_assert_str_eq(world.finding.culprits[0].name, "restart 2");
	start->done_us = 0;
	assert_culprit("teardown.clean", 0, "start", "did not return");
	start->status = 0;
	start->done_us = start->at_us + 1;
	start->after.n_listeners = 0;
	assert_culprit("teardown.clean", 0, "listened", "no more 0.5 ms after the stop, in restart 2");
	start->after.n_processes = 0;
	assert_culprit("teardown.clean", 0, "start", "left nothing running");
	start->after.n_processes = 2;
	start->after.n_listeners = 1;
	*stop = *world_step(run, EV_STEP_SIGNAL, SIGTERM);
	run->n_steps--;
	looked(stop, BOUND_US, false);
	lose(stop, MASTER);
	assert_culprit("teardown.clean", WORKER, "alive", "10.00 s after TERM, after restart 2");
}
END_TEST

START_TEST(restart_is_not_done)
{
	struct evidence *run = restarted();

	run->steps[3].error_number = ENOMEM;
	assert_judged("teardown.clean", VERDICT_BROKEN);
	assert_seen("Cannot allocate memory");
	run->steps[3].error_number = 0;
	run->n_steps = 4;
	assert_judged("teardown.clean", VERDICT_BROKEN);
	assert_seen("what was to be done then was not done");
}
END_TEST

/* What stays in the foreground does not return from its start. */
START_TEST(restarted_in_the_foreground)
{
	struct evidence *run;

	world.evidence.launch.outcome = EV_STAYED;
	run = restarted();
	for (size_t i = 1; i < run->n_steps; i += 2)
		run->steps[i].done_us = 0;
	assert_judged("teardown.clean", VERDICT_PASS);
	run->steps[5].after.n_processes = 0;
	assert_culprit("teardown.clean", 0, "start", "left nothing running");
}
END_TEST

static const struct needed NEEDED[] = {
    {"teardown.clean", EV_SCENARIO_STOP, 0},
    {"teardown.clean", EV_SCENARIO_RESTARTS, 0},
};
enum { N_NEEDED = sizeof(NEEDED) / sizeof(NEEDED[0]) };

START_TEST(nothing_done)
{
	assert_needs_steps(&NEEDED[_i]);
}
END_TEST

START_TEST(nonsense)
{
	judge_nonsense(&NEEDED[_i]);
}
END_TEST

START_TEST(not_done)
{
	assert_needs(&NEEDED[0]);
}
END_TEST

Suite *probes_teardown_suite(void)
{
	const TTest *tests[] = {nothing_left,  process_left,        files_left, objects_left,
	                        restart_fails, restart_is_not_done, not_done,   restarted_in_the_foreground};
	const TTest *loops[] = {nothing_done, nonsense};

	return declared_suite("probes: teardown", tests, sizeof(tests) / sizeof(tests[0]), loops,
	                      sizeof(loops) / sizeof(loops[0]), N_NEEDED);
}
