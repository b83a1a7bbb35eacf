/* The probe of init scripts, lsb.actions. */
#include "probes_build.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define ID "lsb.actions"

enum {
	START_AGAIN,
	STATUS,
	STOP,
	STOP_AGAIN,
	STATUS_STOPPED,
	START_ANEW,
	STATUS_STALE,
	STOP_STALE,
	UNKNOWN,
	START_EMPTY,
	STATUS_EMPTY,
	STOP_EMPTY,
	WITHOUT_PROGRAM,
	SCRIPT_RUNS
};

static struct ev_step *ran[SCRIPT_RUNS];
static struct ev_step *killed;

static void action(struct evidence *run, int index, const char *word, int status)
{
	static char whats[SCRIPT_RUNS][64];

	(void)snprintf(whats[index], sizeof(whats[index]), "/etc/init.d/exampled %s", word);
	ran[index] = world_step(run, EV_STEP_RUN, 0);
	ran[index]->what = whats[index];
	ran[index]->status = status << 8;
	ran[index]->done_us = ran[index]->at_us + 100;
}

/* A script that does everything right. */
static struct evidence *script(void)
{
	struct evidence *run = world_run(EV_SCENARIO_LSB, 0);

	action(run, START_AGAIN, "start", 0);
	action(run, STATUS, "status", 0);
	action(run, STOP, "stop", 0);
	world_step_gone(ran[STOP], 5000);
	action(run, STOP_AGAIN, "stop", 0);
	action(run, STATUS_STOPPED, "status", 3);
	action(run, START_ANEW, "start", 0);
	killed = world_step(run, EV_STEP_SIGNAL, SIGKILL);
	world_step_gone(killed, 9000);
	killed->after.pidfile = run->pidfile.settled;
	action(run, STATUS_STALE, "status", 1);
	action(run, STOP_STALE, "stop", 0);
	action(run, UNKNOWN, "daemonck-unknown", 2);
	action(run, START_EMPTY, "start, with an empty environment and no terminal", 0);
	action(run, STATUS_EMPTY, "status", 0);
	action(run, STOP_EMPTY, "stop", 0);
	(void)world_step(run, EV_STEP_RENAME, 0);
	action(run, WITHOUT_PROGRAM, "start", 5);
	return run;
}

START_TEST(all_right)
{
	(void)script();
	assert_judged(ID, VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "start and 13 more actions ended as they must");
	ck_assert(!world.finding.may_change);
}
END_TEST

START_TEST(also_right)
{
	(void)script();
	ran[UNKNOWN]->status = 3 << 8;
	ran[STATUS_STALE]->status = 2 << 8;
	assert_judged(ID, VERDICT_PASS);
	ran[WITHOUT_PROGRAM]->status = 0;
	assert_judged(ID, VERDICT_PASS);
	assert_seen("a start without its program ended with 0, as Debian's policy allows");
	/* No pid file is left: then it just does not run. */
	ran[STATUS_STALE]->status = 3 << 8;
	assert_judged(ID, VERDICT_FAIL);
	killed->after.pidfile = (struct ev_look){.state = EV_LOOK_FAILED, .error_number = ENOENT};
	assert_judged(ID, VERDICT_PASS);
}
END_TEST

START_TEST(each_wrong)
{
	static const struct {
		int index, status;
		const char *seen;
	} cases[] = {
	    {START_AGAIN, 1, "start while it runs: ended with exit status 1, not 0"},
	    {STATUS, 3, "status while it runs: ended with exit status 3, not 0"},
	    {STOP, 1, "stop: ended with exit status 1, not 0"},
	    {STOP_AGAIN, 1, "stop when it is stopped: ended with exit status 1, not 0"},
	    {STATUS_STOPPED, 0, "status when it is stopped: ended with exit status 0, not 3"},
	    {STATUS_STOPPED, 1, "status when it is stopped: ended with exit status 1, not 3"},
	    {START_ANEW, 4, "start after a stop: ended with exit status 4, not 0"},
	    {STATUS_STALE, 0, "status after SIGKILL: ended with exit status 0, not 1, or 2 where a lock file is left"},
	    {STOP_STALE, 1, "stop after SIGKILL: ended with exit status 1, not 0"},
	    {UNKNOWN, 0, "an unknown action: ended with exit status 0, not 2 or 3"},
	    {UNKNOWN, 1, "an unknown action: ended with exit status 1, not 2 or 3"},
	    {START_EMPTY, 127, "start with an empty environment: ended with exit status 127, not 0"},
	    {STATUS_EMPTY, 3, "status after that start: ended with exit status 3, not 0"},
	    {STOP_EMPTY, 5, "stop after that start: ended with exit status 5, not 0"},
	    {WITHOUT_PROGRAM, 1, "start without its program: ended with exit status 1, not 5"},
	};

	(void)script();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int right = ran[cases[i].index]->status;

		ran[cases[i].index]->status = cases[i].status << 8;
		assert_judged(ID, VERDICT_FAIL);
		ck_assert_str_eq(world.finding.seen, cases[i].seen);
		ck_assert_uint_eq(world.finding.n_culprits, 1);
		ran[cases[i].index]->status = right;
	}
}
END_TEST

START_TEST(wrong_ends)
{
	(void)script();
	ran[STATUS]->status = SIGSEGV;
	assert_judged(ID, VERDICT_FAIL);
	assert_seen("status while it runs: was killed by signal SEGV, not 0");
	ran[STATUS]->status = 0;
	ran[STATUS]->done_us = 0;
	assert_judged(ID, VERDICT_FAIL);
	assert_seen("status while it runs: had not ended after 0.5 ms");
}
END_TEST

START_TEST(stop_leaves_it)
{
	(void)script();
	ran[STOP]->after.n_processes = 2;
	assert_culprit(ID, MASTER, "lives on", "after a stop that ended with exit status 0");
	ran[STOP]->after.processes[0].start_ticks = 9;
	assert_judged(ID, VERDICT_PASS);
}
END_TEST

START_TEST(first_start)
{
	struct evidence *run = script();

	run->launch.status = 1 << 8;
	assert_judged(ID, VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen, "start: ended with exit status 1, not 0");
	run->launch.outcome = EV_STAYED;
	assert_judged(ID, VERDICT_FAIL);
	assert_seen("start: has not ended: it stayed in the foreground");
	run->launch.outcome = EV_RESTLESS;
	assert_judged(ID, VERDICT_SKIP);
	run->launch.outcome = EV_NO_COMMAND;
	assert_judged(ID, VERDICT_BROKEN);
}
END_TEST

START_TEST(tail_is_missing)
{
	struct evidence *run = script();

	run->n_steps = 3;
	assert_judged(ID, VERDICT_SKIP);
	ck_assert_str_eq(world.finding.seen, "not tried: stop when it is stopped; right: start and 3 more");
	ran[STATUS]->status = 1 << 8;
	assert_judged(ID, VERDICT_FAIL);
	run->n_steps = 0;
	assert_judged(ID, VERDICT_SKIP);
}
END_TEST

START_TEST(program_stays)
{
	struct evidence *run = script();

	run->steps[13].error_number = ENOENT;
	ran[WITHOUT_PROGRAM]->status = 1 << 8;
	assert_judged(ID, VERDICT_PASS);
	assert_seen("start and 12 more actions ended as they must; the program could not be taken away: No such file");
	run->steps[13].kind = EV_STEP_WAIT;
	assert_judged(ID, VERDICT_PASS);
	assert_seen("the program was not taken away");
	run->n_steps = 13;
	assert_judged(ID, VERDICT_PASS);
	assert_seen("not tried: start without its program");
}
END_TEST

START_TEST(out_of_order)
{
	(void)script();
	ran[STOP]->what = TEXT("/etc/init.d/stop restart");
	assert_judged(ID, VERDICT_BROKEN);
	assert_seen("instead of 'stop' came '/etc/init.d/stop restart'");
	ran[STOP]->what = TEXT("/etc/init.d/x stopped");
	assert_judged(ID, VERDICT_BROKEN);
	ran[STOP]->what = NULL;
	assert_judged(ID, VERDICT_BROKEN);
	ran[STOP]->what = TEXT("stop");
	assert_judged(ID, VERDICT_PASS);
	ran[STOP]->error_number = EACCES;
	assert_judged(ID, VERDICT_BROKEN);
	assert_seen("'stop' could not be tried: Permission denied");
}
END_TEST

START_TEST(not_seen)
{
	assert_judged(ID, VERDICT_SKIP);
	(void)world_run_not(EV_SCENARIO_LSB, 0, EV_RUN_SKIPPED, "no init script is declared");
	assert_judged(ID, VERDICT_SKIP);
	assert_seen("no init script is declared");
	world.runs[0].state = EV_RUN_FAILED;
	assert_judged(ID, VERDICT_BROKEN);
}
END_TEST

Suite *probes_lsb_suite(void)
{
	const TTest *tests[] = {all_right,   also_right,      each_wrong,   wrong_ends,    stop_leaves_it,
	                        first_start, tail_is_missing, out_of_order, program_stays, not_seen};

	return world_suite("probes: lsb", tests, sizeof(tests) / sizeof(tests[0]));
}
