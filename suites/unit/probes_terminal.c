/* The detach.* probes that do something to the terminal: hang it up, type on it, or give it to the launcher. */
#include "probes_build.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

enum { ENDS = 4 };
static struct ev_exit ends[ENDS];

/* Ends that were seen in the run; STATUS as wait(2) gives it. */
static void end(struct evidence *run, int pid, int status, int64_t at_us)
{
	ck_assert(run->exits != ends || run->n_exits < ENDS);
	if (run->exits != ends) {
		run->exits = ends;
		run->n_exits = 0;
	}
	ends[run->n_exits++] = (struct ev_exit){.pid = pid, .status = status, .at_us = at_us};
}

START_TEST(no_leader)
{
	assert_judged("detach.cannot-gain-tty", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "no process leads a session");
	master()->state = worker()->state = 'Z';
	assert_judged("detach.cannot-gain-tty", VERDICT_SKIP);
}
END_TEST

START_TEST(leader_that_could)
{
	master()->session = MASTER;
	assert_judged("detach.cannot-gain-tty", VERDICT_SKIP);
	ck_assert_str_eq(world.finding.seen,
	                 "a session leader could: whether its opens have O_NOCTTY is not seen (process 7)");
	world.profile.leader_ok = true;
	assert_judged("detach.cannot-gain-tty", VERDICT_SKIP);
}
END_TEST

START_TEST(leader_that_did)
{
	master()->session = MASTER;
	worker()->session = MASTER;
	worker()->terminal = 4 << 8 | 2;
	assert_judged("detach.cannot-gain-tty", VERDICT_SKIP);
	master()->terminal = 4 << 8 | 2;
	assert_culprit("detach.cannot-gain-tty", MASTER, "terminal",
	               "tty2, which it gained as the leader of session 7");
	world_fd(worker(), 5)->file = file_device(5, 2);
	master()->terminal = 136 << 8 | 7;
	assert_judged("detach.cannot-gain-tty", VERDICT_PASS);
	assert_seen("on a terminal that the daemon hosts");
}
END_TEST

static struct ev_step *hang_up(void)
{
	return world_step(world_run(EV_SCENARIO_HANGUP, 0), EV_STEP_HANGUP, 0);
}

START_TEST(hangup_survived)
{
	(void)hang_up();
	assert_judged("detach.survives-hangup", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "exampled (7) lives on, as does its other process");
}
END_TEST

START_TEST(hangup_kills_all)
{
	struct ev_step *step = hang_up();

	end(&world.runs[0], MASTER, SIGHUP, 3001);
	end(&world.runs[0], WORKER, SIGHUP, 3002);
	run_process(&world.runs[0], WORKER)->session = LEADER;
	world_step_gone(step, 3002);
	assert_judged("detach.survives-hangup", VERDICT_FAIL);
	ck_assert(!world.finding.may_change);
	ck_assert_uint_eq(world.finding.n_culprits, 2);
	ck_assert_str_eq(world.finding.seen, "exampled (7): after the hang-up it was killed by signal HUP; "
	                                     "exampled (9): after the hang-up it was killed by signal HUP");
	world.runs[0].n_exits = 0;
	assert_judged("detach.survives-hangup", VERDICT_FAIL);
	assert_seen("exampled (7): after the hang-up it is gone");
}
END_TEST

START_TEST(hangup_kills_the_main_process)
{
	struct ev_step *step = hang_up();

	step_process(step, MASTER)->start_ticks = 77;
	end(&world.runs[0], MASTER, 1 << 8, 3001);
	assert_culprit("detach.survives-hangup", MASTER, "after the hang-up", "it ended with exit status 1");
	make_zombie(step_process(step, MASTER));
	assert_culprit("detach.survives-hangup", MASTER, "after the hang-up", "it ended with exit status 1");
}
END_TEST

/* A child of its own that ends meanwhile had nothing to do with the terminal. */
START_TEST(hangup_and_a_child_that_ends)
{
	struct ev_step *step = hang_up();
	struct ev_process *child = run_process(&world.runs[0], WORKER);

	step->after.n_processes = 1;
	end(&world.runs[0], WORKER, 0, 3001);
	assert_judged("detach.survives-hangup", VERDICT_PASS);
	child->fds[2].file = file_launch_terminal();
	assert_culprit("detach.survives-hangup", WORKER, "after the hang-up", "it ended with exit status 0");
	ends[0].at_us = 2999;
	assert_judged("detach.survives-hangup", VERDICT_PASS);
	ends[0].at_us = 3000;
	child->fds[2].file = file_device(1, 3);
	ends[0].status = SIGTERM;
	assert_judged("detach.survives-hangup", VERDICT_PASS);
	ends[0].status = SIGHUP;
	assert_judged("detach.survives-hangup", VERDICT_FAIL);
}
END_TEST

START_TEST(hangup_and_a_child_that_is_replaced)
{
	struct ev_step *step = hang_up();

	run_process(&world.runs[0], WORKER)->session = LEADER;
	step_process(step, WORKER)->pid = 10;
	assert_judged("detach.survives-hangup", VERDICT_PASS);
	step->after.processes[1].name = TEXT("other");
	assert_judged("detach.survives-hangup", VERDICT_FAIL);
	step->after.settled = false;
	assert_judged("detach.survives-hangup", VERDICT_SKIP);
	assert_seen("did not come to rest");
}
END_TEST

START_TEST(hangup_of_what_had_ended)
{
	struct ev_step *step = hang_up();

	end(&world.runs[0], MASTER, 0, 2999);
	world_step_gone(step, 2999);
	run_process(&world.runs[0], WORKER)->state = 'Z';
	assert_judged("detach.survives-hangup", VERDICT_SKIP);
	ck_assert_str_eq(world.finding.seen, "exampled (7) had ended by itself before the terminal was hung up");
}
END_TEST

START_TEST(hangup_not_done)
{
	struct ev_step *step = hang_up();

	step->error_number = EIO;
	assert_judged("detach.survives-hangup", VERDICT_BROKEN);
	assert_seen("Input/output error");
	step->error_number = 0;
	step->after.taken = false;
	assert_judged("detach.survives-hangup", VERDICT_BROKEN);
	world.runs[0].n_steps = 0;
	assert_judged("detach.survives-hangup", VERDICT_BROKEN);
	world.runs[0].launch.status = 1 << 8;
	assert_judged("detach.survives-hangup", VERDICT_SKIP);
	assert_seen("ended with exit status 1");
	world.runs[0].state = EV_RUN_FAILED;
	world.runs[0].reason = TEXT("no pty");
	assert_judged("detach.survives-hangup", VERDICT_BROKEN);
	world.evidence.n_runs = 0;
	assert_judged("detach.survives-hangup", VERDICT_SKIP);
}
END_TEST

static struct evidence *type_keys(void)
{
	static const int keys[] = {SIGINT, SIGQUIT, SIGTSTP, 0, SIGINT, SIGQUIT, SIGTSTP};
	struct evidence *run = world_run(EV_SCENARIO_KEYS, 0);

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		(void)world_step(run, keys[i] ? EV_STEP_KEY : EV_STEP_FOREGROUND, keys[i]);
	run->steps[3].after = (struct ev_state){0};
	return run;
}

START_TEST(keys_survived)
{
	(void)type_keys();
	assert_judged("detach.survives-keys", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "exampled (7) lives on, and nothing of it is stopped");
}
END_TEST

START_TEST(keys_kill)
{
	struct evidence *run = type_keys();

	for (size_t i = 1; i < run->n_steps; i++)
		if (i != 3)
			world_step_gone(&run->steps[i], 4000);
	end(run, MASTER, SIGQUIT, 4001);
	end(run, WORKER, SIGQUIT, 4001);
	run_process(run, WORKER)->group = LAUNCHER;
	step_process(&run->steps[0], WORKER)->group = LAUNCHER;
	assert_judged("detach.survives-keys", VERDICT_FAIL);
	ck_assert_uint_eq(world.finding.n_culprits, 2);
	ck_assert_str_eq(world.finding.culprits[0].field, "after ^\\");
	ck_assert_str_eq(world.finding.culprits[0].value,
	                 "it was killed by signal QUIT, before the shell had its terminal back");
	ck_assert(!world.finding.may_change);
}
END_TEST

START_TEST(keys_kill_after_the_return)
{
	struct evidence *run = type_keys();

	for (size_t i = 4; i < run->n_steps; i++)
		run->steps[i].after.processes++, run->steps[i].after.n_processes--;
	end(run, MASTER, SIGINT, 7001);
	assert_culprit("detach.survives-keys", MASTER, "after ^C",
	               "it was killed by signal INT, when the shell had its terminal back");
}
END_TEST

START_TEST(keys_stop)
{
	struct evidence *run = type_keys();

	for (size_t i = 2; i < run->n_steps; i++)
		if (i != 3)
			step_process(&run->steps[i], WORKER)->state = 'T';
	assert_culprit("detach.survives-keys", WORKER, "after ^Z",
	               "it is stopped, before the shell had its terminal back");
	assert_seen("exampled (9): after ^Z it is stopped");
}
END_TEST

START_TEST(keys_that_were_not_typed)
{
	struct evidence *run = type_keys();

	run->steps[5].error_number = EIO;
	assert_judged("detach.survives-keys", VERDICT_BROKEN);
	ck_assert_str_eq(world.finding.seen, "^\\ could not be typed, or not be seen to the end");
	run->steps[5].error_number = 0;
	run->steps[6].after.settled = false;
	assert_judged("detach.survives-keys", VERDICT_SKIP);
	run->steps[6].after.settled = true;
	end(run, MASTER, 0, 2999);
	for (size_t i = 0; i < run->n_steps; i++)
		world_step_gone(&run->steps[i], 2999);
	run_process(run, WORKER)->state = 'Z';
	assert_judged("detach.survives-keys", VERDICT_SKIP);
	assert_seen("exampled (7) ended by itself between the keys");
	run->n_steps = 0;
	assert_judged("detach.survives-keys", VERDICT_BROKEN);
	run->n_processes = 0;
	assert_judged("detach.survives-keys", VERDICT_SKIP);
	run->state = EV_RUN_SKIPPED;
	run->reason = TEXT("the started process does not return");
	assert_judged("detach.survives-keys", VERDICT_SKIP);
	ck_assert_str_eq(world.finding.seen, "the started process does not return");
}
END_TEST

START_TEST(race_survived)
{
	(void)world_run(EV_SCENARIO_HANGUP_RACE, -1);
	for (int i = 0; i < 3; i++)
		(void)world_run(EV_SCENARIO_HANGUP_RACE, i);
	assert_judged("detach.hangup-race", VERDICT_PASS);
	assert_seen("4 of 4 times");
	world.runs[2].launch.status = 1 << 8;
	world.runs[2].n_processes = 0;
	assert_judged("detach.hangup-race", VERDICT_PASS);
	assert_seen("3 of 3 times");
	world.runs[0].state = EV_RUN_SKIPPED;
	world.runs[0].reason = TEXT("births cannot be held back");
	assert_judged("detach.hangup-race", VERDICT_PASS);
	world.runs[0].state = EV_RUN_FAILED;
	assert_judged("detach.hangup-race", VERDICT_BROKEN);
	assert_seen("births cannot be held back");
}
END_TEST

START_TEST(race_lost)
{
	struct evidence *held = world_run(EV_SCENARIO_HANGUP_RACE, -1);

	for (int i = 0; i < 3; i++)
		world_run(EV_SCENARIO_HANGUP_RACE, i)->n_processes = i == 1 ? 2 : 0;
	held->n_processes = 0;
	end(held, LAUNCHER, 0, 10);
	end(held, 5, SIGHUP, 12);
	assert_judged("detach.hangup-race", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen,
	                 "started as the terminal's session leader and hung up at once, nothing of it is left: the "
	                 "launcher does not wait until its child has left the session; its last process, 5, was killed "
	                 "by signal HUP; left to chance, 1 of 3 survived");
	ck_assert(!world.finding.may_change);
	held->n_processes = 2;
	assert_judged("detach.hangup-race", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen,
	                 "started as the terminal's session leader, 1 of 3 launches survived its end");
	world.evidence.n_runs = 1;
	held->n_processes = 0;
	assert_judged("detach.hangup-race", VERDICT_FAIL);
	ck_assert_ptr_null(strstr(world.finding.seen, "left to chance"));
}
END_TEST

START_TEST(race_of_something_else)
{
	struct evidence *held = world_run(EV_SCENARIO_HANGUP_RACE, -1);

	held->launch.status = 1 << 8;
	held->n_processes = 0;
	assert_judged("detach.hangup-race", VERDICT_SKIP);
	assert_seen("ended with exit status 1 and left nothing running");
	held->launch.outcome = EV_STAYED;
	assert_judged("detach.hangup-race", VERDICT_SKIP);
	world.evidence.n_runs = 0;
	assert_judged("detach.hangup-race", VERDICT_SKIP);
	world.evidence.interrupted = true;
	assert_judged("detach.hangup-race", VERDICT_BROKEN);
	(void)world_run(EV_SCENARIO_HANGUP_RACE, 0);
	assert_judged("detach.hangup-race", VERDICT_BROKEN);
}
END_TEST

Suite *probes_terminal_suite(void)
{
	const TTest *tests[] = {no_leader,
	                        leader_that_could,
	                        leader_that_did,
	                        hangup_survived,
	                        hangup_kills_all,
	                        hangup_kills_the_main_process,
	                        hangup_and_a_child_that_ends,
	                        hangup_and_a_child_that_is_replaced,
	                        hangup_of_what_had_ended,
	                        hangup_not_done,
	                        keys_survived,
	                        keys_kill,
	                        keys_kill_after_the_return,
	                        keys_stop,
	                        keys_that_were_not_typed,
	                        race_survived,
	                        race_lost,
	                        race_of_something_else};

	return world_suite("probes: detach, on the terminal", tests, sizeof(tests) / sizeof(tests[0]));
}
