/* The pid1.* probes: the daemon as the first process of a namespace. */
#include "probes_declared.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

/* An orphan ended, then the stop signal came; all went well. */
static struct evidence *first_process(void)
{
	struct evidence *run;

	world.evidence.launch.outcome = EV_STAYED;
	world.evidence.launch.pid = MASTER;
	run = world_run(EV_SCENARIO_PID1, 0);
	(void)world_step(run, EV_STEP_ORPHAN, 0);
	all_gone(world_step(run, EV_STEP_SIGNAL, SIGTERM));
	return run;
}

START_TEST(stops)
{
	struct evidence *run = first_process();
	struct ev_step *stop = &run->steps[1];

	assert_judged("pid1.term", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "all gone 2.0 ms after TERM to PID 1");
	*stop = *world_step(run, EV_STEP_SIGNAL, SIGTERM);
	run->n_steps = 2;
	looked(stop, BOUND_US, false);
	lose(stop, WORKER);
	assert_culprit("pid1.term", MASTER, "alive", "10.00 s after TERM; PID 1 gets only what it catches");
	run_process(run, MASTER)->caught = BIT(SIGTERM);
	assert_culprit("pid1.term", MASTER, "alive", "10.00 s after TERM");
	run_process(run, MASTER)->caught = 0;
	world_fd(run_process(run, MASTER), 4)->target = TEXT("anon_inode:[signalfd]");
	assert_culprit("pid1.term", MASTER, "alive", "10.00 s after TERM");
	ck_assert(!world.finding.may_change);
	stop->error_number = ESRCH;
	assert_judged("pid1.term", VERDICT_SKIP);
}
END_TEST

START_TEST(reaps)
{
	struct ev_step *orphan = &first_process()->steps[0];

	assert_judged("pid1.reaps", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "no zombie 0.5 ms after an orphan's end");
	make_zombie(step_process(orphan, WORKER));
	assert_culprit("pid1.reaps", WORKER, "zombie", "child of exampled (7), which is PID 1");
	lose(orphan, MASTER);
	assert_culprit("pid1.reaps", MASTER, "gone", "0.5 ms after an orphan's end");
	ended(&world.runs[0], MASTER, SIGCHLD, orphan->at_us + 100);
	assert_culprit("pid1.reaps", MASTER, "killed", "by signal CHLD, 0.1 ms after an orphan's end");
	orphan->error_number = EPERM;
	assert_judged("pid1.reaps", VERDICT_BROKEN);
	assert_seen("Operation not permitted");
}
END_TEST

/* Who forks away ends its namespace by that. */
START_TEST(forks_away)
{
	struct evidence *run = first_process();

	run->launch.outcome = EV_RETURNED;
	run->n_processes = 0;
	assert_judged("pid1.term", VERDICT_SKIP);
	assert_seen("the launch 'pid1': the started process did not stay");
	assert_judged("pid1.reaps", VERDICT_SKIP);
}
END_TEST

Suite *probes_pid1_suite(void)
{
	const TTest *tests[] = {stops, reaps, forks_away};

	return declared_suite("probes: pid1", tests, sizeof(tests) / sizeof(tests[0]), NULL, 0, 0);
}
