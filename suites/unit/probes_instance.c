/* The instance.* probes. */
#include "probes_build.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

static void missing(struct ev_look *look)
{
	*look = (struct ev_look){.state = EV_LOOK_FAILED, .error_number = ENOENT};
}

/* A further process in what was seen after the step, as right as the first. */
static struct ev_process *newcomer(struct ev_step *step, int pid, int parent)
{
	struct ev_process *process = &step->after.processes[step->after.n_processes];

	ck_assert_uint_lt(step->after.n_processes, WORLD_PROCESSES);
	*process = step->after.processes[0];
	process->pid = pid;
	process->parent = parent;
	process->start_ticks = 100;
	step->after.n_processes++;
	return process;
}

/* A start beside the first, or after it, that ended. */
static struct ev_step *start(struct evidence *run, int status)
{
	struct ev_step *step = world_step(run, EV_STEP_RUN, 0);

	step->what = TEXT("exampled --daemon");
	step->command = 30;
	step->done_us = step->at_us + 300;
	step->status = status;
	return step;
}

static struct ev_step *second(int status)
{
	return start(world_run(EV_SCENARIO_SECOND, 0), status);
}

START_TEST(refused)
{
	(void)second(1 << 8);
	assert_judged("instance.second-refused", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen,
	                 "the second start ended with exit status 1; the first, exampled (7), lives on");
	ck_assert(!world.finding.may_change);
	world.steps[0][0].status = SIGABRT;
	assert_judged("instance.second-refused", VERDICT_PASS);
	assert_seen("was killed by signal ABRT");
}
END_TEST

START_TEST(starts_nothing)
{
	struct ev_step *step = second(0);

	assert_judged("instance.second-refused", VERDICT_PASS);
	assert_seen("ended with exit status 0, but starts nothing; the first, exampled (7), lives on");
	/* Workers come and go. */
	step_process(step, WORKER)->pid = 31;
	(void)newcomer(step, 32, MASTER);
	assert_judged("instance.second-refused", VERDICT_PASS);
	world.evidence.declared.second = EV_SECOND_SUCCEEDS;
	assert_judged("instance.second-refused", VERDICT_PASS);
	world.evidence.declared.second = EV_SECOND_REFUSED;
	assert_judged("instance.second-refused", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen, "the second start: is declared to fail, but ended with exit status 0");
	world.evidence.declared.second = EV_SECOND_SUCCEEDS;
	step->status = 1 << 8;
	assert_judged("instance.second-refused", VERDICT_FAIL);
	assert_seen("declared to succeed, but ended with exit status 1");
}
END_TEST

START_TEST(second_runs)
{
	struct ev_step *step = second(0);

	(void)newcomer(step, 31, 1);
	assert_culprit("instance.second-refused", 31, "runs",
	               "beside the first, exampled (7): the second start ended with exit status 0");
	ck_assert(!world.finding.may_change);
	step->done_us = 0;
	assert_culprit("instance.second-refused", 31, "runs",
	               "beside the first, exampled (7): the second start has not ended");
	world.evidence.declared.second = EV_SECOND_RUNS;
	assert_judged("instance.second-refused", VERDICT_PASS);
	assert_seen("both run, as declared");
	step_process(step, MASTER)->start_ticks = 5;
	assert_judged("instance.second-refused", VERDICT_FAIL);
}
END_TEST

START_TEST(second_in_the_foreground)
{
	struct ev_step *step;

	world.evidence.launch.outcome = EV_STAYED;
	world.evidence.launch.pid = MASTER;
	master()->parent = LEADER;
	step = second(0);
	step->done_us = 0;
	assert_judged("instance.second-refused", VERDICT_SKIP);
	assert_seen("has not ended");
	(void)newcomer(step, 30, LEADER);
	assert_judged("instance.second-refused", VERDICT_FAIL);
	ck_assert_int_eq(world.finding.culprits[0].pid, 30);
}
END_TEST

START_TEST(first_is_gone)
{
	struct ev_step *step = second(0);

	make_zombie(step_process(step, MASTER));
	assert_judged("instance.second-refused", VERDICT_FAIL);
	assert_seen("exampled (7): main process of the first, gone after a second start");
	world.exits[0] = (struct ev_exit){.pid = MASTER, .status = SIGTERM, .at_us = step->at_us + 10};
	world.runs[0].n_exits = 1;
	assert_judged("instance.second-refused", VERDICT_FAIL);
	assert_seen("of the first, was killed by signal TERM after a second start");
	/* Orphans of the first are no second daemon. */
	ck_assert_uint_eq(world.finding.n_culprits, 1);
}
END_TEST

START_TEST(pidfile_is_touched)
{
	struct ev_step *step = second(1 << 8);

	set_pidfile(&step->after.pidfile, "31\n");
	assert_culprit("instance.second-refused", 0, "changed",
	               "by a second start, which ended with exit status 1: from 7 to 31");
	missing(&step->after.pidfile);
	assert_culprit("instance.second-refused", 0, "removed", "by a second start, which ended with exit status 1");
	missing(&world.runs[0].pidfile.settled);
	assert_judged("instance.second-refused", VERDICT_PASS);
	world.runs[0].pidfile.path = NULL;
	assert_judged("instance.second-refused", VERDICT_PASS);
}
END_TEST

START_TEST(second_not_seen)
{
	struct ev_step *step;

	assert_judged("instance.second-refused", VERDICT_SKIP);
	step = second(0);
	step->after.taken = false;
	assert_judged("instance.second-refused", VERDICT_BROKEN);
	step->error_number = ENOENT;
	assert_judged("instance.second-refused", VERDICT_BROKEN);
	world.runs[0].n_steps = 0;
	assert_judged("instance.second-refused", VERDICT_BROKEN);
	world.runs[0].launch.status = 1 << 8;
	assert_judged("instance.second-refused", VERDICT_SKIP);
	assert_seen("ended with exit status 1");
	world.runs[0].state = EV_RUN_FAILED;
	assert_judged("instance.second-refused", VERDICT_BROKEN);
}
END_TEST

static struct evidence *stale(int variant)
{
	struct evidence *run = world_run(EV_SCENARIO_STALE_PIDFILE, variant);

	(void)world_step(run, EV_STEP_WAIT, 0);
	return run;
}

START_TEST(starts_over)
{
	for (int variant = EV_STALE_DEAD; variant <= EV_STALE_INIT; variant++)
		(void)stale(variant);
	assert_judged("instance.stale-pidfile", VERDICT_PASS);
	assert_seen("it started over a pid file of a dead process; it started over a pid file of a stranger");
	ck_assert(!world.finding.may_change);
	/* Who writes none leaves it as it was. */
	missing(&world.evidence.pidfile.settled);
	set_pidfile(&world.runs[0].pidfile.settled, "4000\n");
	assert_judged("instance.stale-pidfile", VERDICT_PASS);
}
END_TEST

START_TEST(does_not_start)
{
	struct evidence *run = stale(EV_STALE_STRANGER);

	run->launch.status = 1 << 8;
	run->n_processes = 0;
	assert_judged("instance.stale-pidfile", VERDICT_FAIL);
	assert_seen(
	    "over a pid file of a stranger: the started process ended with exit status 1 and left nothing running");
	ck_assert(!world.finding.may_change);
}
END_TEST

START_TEST(leaves_it_stale)
{
	struct evidence *run = stale(EV_STALE_DEAD);

	set_pidfile(&run->pidfile.settled, "4000\n");
	assert_culprit("instance.stale-pidfile", 0, "names",
	               "4000, no live process of it, after a start over a pid file of a dead process");
	set_pidfile(&run->pidfile.settled, "garbage\n");
	assert_culprit("instance.stale-pidfile", 0, "holds", "no pid after a start over a pid file of a dead process");
	missing(&run->pidfile.settled);
	assert_judged("instance.stale-pidfile", VERDICT_FAIL);
	assert_seen("over a pid file of a dead process: No such file or directory");
	run->pidfile.settled.state = EV_LOOK_NONE;
	assert_judged("instance.stale-pidfile", VERDICT_PASS);
	assert_seen("not judged: the pid file was not looked at");
}
END_TEST

START_TEST(signals_a_stranger)
{
	struct evidence *run = stale(EV_STALE_STRANGER);

	run->start.stranger = 12;
	run->steps[0].signalled = 1u << (SIGTERM - 1);
	assert_culprit("instance.stale-pidfile", 0, "got", "TERM: the pid file named it, but it is a stranger");
	ck_assert_str_eq(world.finding.culprits[0].name, "process 12");
}
END_TEST

START_TEST(stale_not_seen)
{
	struct evidence *run;

	assert_judged("instance.stale-pidfile", VERDICT_SKIP);
	run = world_run_not(EV_SCENARIO_STALE_PIDFILE, EV_STALE_DEAD, EV_RUN_SKIPPED, "no namespaces");
	assert_judged("instance.stale-pidfile", VERDICT_SKIP);
	assert_seen("no namespaces");
	run->state = EV_RUN_FAILED;
	assert_judged("instance.stale-pidfile", VERDICT_BROKEN);
	(void)stale(EV_STALE_OWN);
	assert_judged("instance.stale-pidfile", VERDICT_BROKEN);
	stale(EV_STALE_GARBAGE)->launch.status = 1 << 8;
	assert_judged("instance.stale-pidfile", VERDICT_FAIL);
	world.runs[2].launch.outcome = EV_NO_COMMAND;
	run->state = EV_RUN_SKIPPED;
	assert_judged("instance.stale-pidfile", VERDICT_BROKEN);
	world.evidence.pidfile.path = NULL;
	assert_judged("instance.stale-pidfile", VERDICT_SKIP);
	assert_seen("no pid file is declared");
}
END_TEST

/* Killed, one after the other, then started again. */
static struct ev_step *again(void)
{
	struct evidence *run = world_run(EV_SCENARIO_AFTER_KILL, 0);

	world_step(run, EV_STEP_SIGNAL, SIGKILL)->after.taken = false;
	world_step_gone(world_step(run, EV_STEP_SIGNAL, SIGKILL), 9000);
	/* The worker had gone with its master. */
	run->steps[1].error_number = ESRCH;
	return start(run, 0);
}

START_TEST(starts_again)
{
	(void)world_listener(EV_SOCKET_TCP, "0.0.0.0:80");
	(void)again();
	assert_judged("instance.after-kill", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "after SIGKILL it started again as exampled (7)");
	ck_assert(!world.finding.may_change);
}
END_TEST

START_TEST(does_not_start_again)
{
	struct ev_step *step;

	(void)world_listener(EV_SOCKET_TCP, "0.0.0.0:80");
	step = again();
	step->after.n_listeners = 0;
	assert_culprit("instance.after-kill", 0, "missing",
	               "after SIGKILL and another start, though exampled (7) runs");
	ck_assert_str_eq(world.finding.culprits[0].name, "tcp 0.0.0.0:80");
	step_process(step, WORKER)->fds_known = false;
	assert_judged("instance.after-kill", VERDICT_PASS);
	step->status = 1 << 8;
	assert_culprit("instance.after-kill", 0, "after SIGKILL", "ended with exit status 1");
	step->after.n_processes = 0;
	assert_culprit("instance.after-kill", 0, "after SIGKILL", "ended with exit status 1 and left nothing running");
	step->status = 0;
	assert_culprit("instance.after-kill", 0, "after SIGKILL", "left nothing running");
	step->done_us = 0;
	assert_culprit("instance.after-kill", 0, "after SIGKILL", "had not ended after 0.5 ms");
}
END_TEST

START_TEST(starts_again_in_the_foreground)
{
	struct ev_step *step;

	world.evidence.launch.outcome = EV_STAYED;
	step = again();
	step->done_us = 0;
	assert_judged("instance.after-kill", VERDICT_PASS);
	step->done_us = 4000;
	step->after.n_processes = 0;
	assert_culprit("instance.after-kill", 0, "after SIGKILL", "ended with exit status 0 and left nothing running");
}
END_TEST

START_TEST(kill_not_seen)
{
	struct ev_step *step;

	assert_judged("instance.after-kill", VERDICT_SKIP);
	step = again();
	step->after.settled = false;
	assert_judged("instance.after-kill", VERDICT_SKIP);
	assert_seen("had not come to rest");
	world.steps[0][1].after.n_processes = 1;
	assert_judged("instance.after-kill", VERDICT_SKIP);
	assert_seen("exampled (7) was still there after SIGKILL");
	world.steps[0][1].after.n_processes = 0;
	step->after.taken = false;
	assert_judged("instance.after-kill", VERDICT_BROKEN);
	world.runs[0].n_steps = 2;
	assert_judged("instance.after-kill", VERDICT_BROKEN);
	world.runs[0].state = EV_RUN_FAILED;
	assert_judged("instance.after-kill", VERDICT_BROKEN);
}
END_TEST

Suite *probes_instance_suite(void)
{
	const TTest *tests[] = {refused,
	                        starts_nothing,
	                        second_runs,
	                        second_in_the_foreground,
	                        first_is_gone,
	                        pidfile_is_touched,
	                        second_not_seen,
	                        starts_over,
	                        does_not_start,
	                        leaves_it_stale,
	                        signals_a_stranger,
	                        stale_not_seen,
	                        starts_again,
	                        does_not_start_again,
	                        starts_again_in_the_foreground,
	                        kill_not_seen};

	return world_suite("probes: instance", tests, sizeof(tests) / sizeof(tests[0]));
}
