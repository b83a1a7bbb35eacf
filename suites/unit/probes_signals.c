/* The signals.* probes of further launches, the first half: what is inherited, and what stop signals do. */
#include "probes_declared.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

static struct evidence *hostile(int variant)
{
	struct evidence *run = world_run(EV_SCENARIO_SIGNALS, variant);

	if (variant == EV_SIGNALS_BLOCKED)
		run->start.blocked = BIT(SIGHUP) | BIT(SIGTERM) | BIT(SIGUSR1);
	else
		run->start.ignored = BIT(SIGINT) | BIT(SIGTERM) | BIT(SIGPIPE);
	return run;
}

START_TEST(mask_own)
{
	struct evidence *run = hostile(EV_SIGNALS_BLOCKED);
	struct ev_process *process = run_process(run, WORKER);

	assert_judged("signals.mask-own", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "none of them is still blocked in 2 processes");
	process->threads[0].blocked = BIT(SIGTERM) | BIT(SIGUSR1) | BIT(SIGUSR2);
	assert_culprit("signals.mask-own", WORKER, "blocked", "USR1 TERM, inherited");
	ck_assert(!world.finding.may_change);
	process->threads[process->n_threads++] = (struct ev_thread){.tid = 10, .blocked = BIT(SIGTERM)};
	assert_culprit("signals.mask-own", WORKER, "blocked", "TERM, inherited, in each of its 2 threads");
	/* One that takes it is enough. */
	process->threads[1].blocked = 0;
	assert_judged("signals.mask-own", VERDICT_PASS);
}
END_TEST

START_TEST(mask_of_its_own_making)
{
	struct evidence *run = hostile(EV_SIGNALS_BLOCKED);

	run_process(run, MASTER)->threads[0].blocked = BIT(SIGTERM);
	assert_judged("signals.mask-own", VERDICT_FAIL);
	master()->threads[0].blocked = BIT(SIGTERM);
	assert_judged("signals.mask-own", VERDICT_PASS);
	/* In sigwait the kernel unblocks what is awaited: what it blocks otherwise cannot be seen. */
	master()->threads[0] = (struct ev_thread){.tid = MASTER, .sigwait = true};
	assert_judged("signals.mask-own", VERDICT_PASS);
	run_process(run, MASTER)->threads[0].sigwait = true;
	assert_culprit("signals.mask-own", MASTER, "blocked", "TERM, inherited");
	/* One of its name in another ordinary launch counts as well. */
	worker()->threads[0].blocked = BIT(SIGTERM);
	assert_judged("signals.mask-own", VERDICT_PASS);
}
END_TEST

START_TEST(mask_beyond_comparison)
{
	struct evidence *run = hostile(EV_SIGNALS_BLOCKED);
	struct ev_process *process = run_process(run, WORKER);

	process->name = TEXT("other");
	process->exe = NULL;
	process->threads[0].blocked = BIT(SIGTERM);
	assert_judged("signals.mask-own", VERDICT_PASS);
	assert_seen("in 1 process; not judged: other (9) could not be compared with the clean launch");
	run->n_processes = 1;
	run->processes[0] = *process;
	run->processes[0].n_threads = 0;
	assert_judged("signals.mask-own", VERDICT_SKIP);
}
END_TEST

START_TEST(ignored_own)
{
	struct evidence *run = hostile(EV_SIGNALS_IGNORED);

	assert_judged("signals.ignored-own", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "2 processes ignore of them what they ignore in the clean launch");
	run_process(run, WORKER)->ignored = BIT(SIGPIPE) | BIT(SIGTERM) | BIT(SIGUSR1);
	assert_culprit("signals.ignored-own", WORKER, "ignored", "PIPE TERM, inherited");
	worker()->ignored = BIT(SIGPIPE);
	assert_culprit("signals.ignored-own", WORKER, "ignored", "TERM, inherited");
	worker()->ignored = BIT(SIGPIPE) | BIT(SIGTERM);
	assert_judged("signals.ignored-own", VERDICT_PASS);
}
END_TEST

static void other_program(struct ev_process *process, const char *exe)
{
	process->exe_file.inode = 4711;
	process->exe = TEXT(exe);
	process->name = TEXT("helper");
}

START_TEST(children)
{
	assert_judged("signals.children-default", VERDICT_SKIP);
	assert_seen("no child of it runs another program");
	other_program(worker(), "/usr/bin/python3.11");
	assert_judged("signals.children-default", VERDICT_PASS);
	assert_seen("nothing in 1 child that runs another program; not judged: not seen");
	/* Its own doing: the parent does not. Interpreters ignore PIPE by themselves, and one may be chance. */
	worker()->ignored = BIT(SIGHUP) | BIT(SIGINT) | BIT(SIGPIPE);
	master()->ignored = BIT(SIGPIPE) | BIT(SIGHUP);
	assert_judged("signals.children-default", VERDICT_PASS);
	master()->ignored |= BIT(SIGINT);
	assert_culprit("signals.children-default", WORKER, "ignored", "HUP INT, as exampled (7) started it");
	/* Not inherited: it would ignore that as well, unless it handles it. */
	master()->ignored |= BIT(SIGUSR1);
	assert_judged("signals.children-default", VERDICT_PASS);
	worker()->caught = BIT(SIGUSR1);
	assert_judged("signals.children-default", VERDICT_FAIL);
	worker()->exe = TEXT("/bin/dash");
	assert_culprit("signals.children-default", WORKER, "ignored", "HUP INT PIPE, as exampled (7) started it");
	worker()->terminal = TTY_NUMBER + 1; /* by itself, on a terminal */
	assert_judged("signals.children-default", VERDICT_PASS);
	worker()->ignored = BIT(SIGHUP) | BIT(SIGPIPE);
	worker()->exe = TEXT("/usr/bin/sleep");
	assert_culprit("signals.children-default", WORKER, "ignored", "HUP PIPE, as exampled (7) started it");
	master()->ignored = 0;
	assert_culprit("signals.children-default", WORKER, "ignored", "HUP PIPE, as exampled (7) started it");
	/* A shell does that for nohup and in the background. */
	master()->exe = TEXT("/bin/dash");
	assert_culprit("signals.children-default", WORKER, "ignored", "PIPE, as exampled (7) started it");
	worker()->exe = TEXT("/usr/bin/other");
	worker()->threads[0].blocked = BIT(SIGTERM);
	assert_judged("signals.children-default", VERDICT_PASS);
	world_thread(master(), 8)->blocked = BIT(SIGTERM);
	assert_culprit("signals.children-default", WORKER, "blocked", "TERM, as exampled (7) started it");
	worker()->threads[0].sigwait = true;
	assert_judged("signals.children-default", VERDICT_PASS);
}
END_TEST

START_TEST(children_under_hostile)
{
	struct evidence *run;

	other_program(worker(), "/usr/bin/helper");
	run_process(hostile(EV_SIGNALS_IGNORED), WORKER)->ignored = BIT(SIGINT) | BIT(SIGUSR1);
	assert_culprit("signals.children-default", WORKER, "ignored",
	               "INT, as exampled (7) started it, under a caller that ignores signals");
	worker()->ignored = BIT(SIGINT);
	assert_judged("signals.children-default", VERDICT_PASS);
	run = hostile(EV_SIGNALS_BLOCKED);
	run_process(run, WORKER)->threads[0].blocked = BIT(SIGTERM);
	assert_culprit("signals.children-default", WORKER, "blocked",
	               "TERM, as exampled (7) started it, under a caller that blocks signals");
	run->state = EV_RUN_FAILED;
	assert_judged("signals.children-default", VERDICT_BROKEN);
}
END_TEST

/* The caller's signals must not keep it from starting. */
START_TEST(does_not_start_under_hostile)
{
	static const char *const ids[] = {"signals.ignored-own", "signals.mask-own"};

	for (int variant = EV_SIGNALS_IGNORED; variant <= EV_SIGNALS_BLOCKED; variant++) {
		struct evidence *run = world_run(EV_SCENARIO_SIGNALS, variant);

		assert_judged(ids[variant], VERDICT_PASS);
		run->launch.status = 1 << 8;
		run->n_processes = 0;
		assert_judged(ids[variant], VERDICT_FAIL);
		assert_seen("signals: the started process ended with exit status 1 and left nothing running");
		assert_judged("signals.term-under-hostile", VERDICT_SKIP);
		run->launch = (struct ev_launch){.outcome = EV_NO_COMMAND, .exec_errno = ENOENT};
		assert_judged(ids[variant], VERDICT_BROKEN);
	}
}
END_TEST

/* What other launches are needed for. */
START_TEST(hostile_launch_is_not_done)
{
	assert_needs(&(const struct needed){"signals.mask-own", EV_SCENARIO_SIGNALS, EV_SIGNALS_BLOCKED});
	world.evidence.n_runs = 0;
	assert_needs(&(const struct needed){"signals.ignored-own", EV_SCENARIO_SIGNALS, EV_SIGNALS_IGNORED});
}
END_TEST

START_TEST(stops)
{
	struct ev_step *step = signalled(EV_SCENARIO_STOP, 0, SIGTERM);
	struct evidence *run = &world.runs[0];

	all_gone(step);
	assert_judged("signals.term-stops", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "all gone 2.0 ms after TERM; how the main process ended was not seen");
	ck_assert_str_eq(world.finding.expected,
	                 "all of it gone within 10.00 s of TERM, the main process with exit status 0 or death by TERM");
	ended(run, MASTER, SIGTERM, step->at_us + 1000);
	assert_judged("signals.term-stops", VERDICT_PASS);
	assert_seen("the main process 7 was killed by signal TERM");
	world.exits[0].status = 0;
	assert_judged("signals.term-stops", VERDICT_PASS);
	world.exits[0].status = 1 << 8;
	assert_culprit("signals.term-stops", MASTER, "ended", "with exit status 1, 1.0 ms after TERM");
	world.evidence.declared.stop_status = 1;
	assert_judged("signals.term-stops", VERDICT_PASS);
	world.exits[0].status = SIGSEGV;
	assert_culprit("signals.term-stops", MASTER, "killed", "by signal SEGV, 1.0 ms after TERM");
	/* Too late is too late. */
	step->after.gone_us = step->at_us + BOUND_US + SECOND_US;
	assert_culprit("signals.term-stops", 0, "gone", "only 11.00 s after TERM");
}
END_TEST

START_TEST(does_not_stop)
{
	struct ev_step *step = signalled(EV_SCENARIO_STOP, 0, SIGTERM);

	looked(step, BOUND_US, false);
	assert_judged("signals.term-stops", VERDICT_FAIL);
	ck_assert_uint_eq(world.finding.n_culprits, 2);
	lose(step, MASTER);
	assert_culprit("signals.term-stops", WORKER, "alive", "10.00 s after TERM");
	step_process(step, WORKER)->ignored = BIT(SIGTERM);
	assert_culprit("signals.term-stops", WORKER, "alive", "10.00 s after TERM, which it ignores");
	step_process(step, WORKER)->ignored = 0;
	step_process(step, WORKER)->threads[0].blocked = BIT(SIGTERM);
	assert_culprit("signals.term-stops", WORKER, "alive", "10.00 s after TERM, which it blocks");
	/* Nobody waited long enough to say so. */
	looked(step, SECOND_US, false);
	assert_judged("signals.term-stops", VERDICT_BROKEN);
	assert_seen("it was looked at only 1.00 s after TERM");
	step->error_number = ESRCH;
	assert_judged("signals.term-stops", VERDICT_SKIP);
	assert_seen("it had gone by itself before");
	step->error_number = EPERM;
	assert_judged("signals.term-stops", VERDICT_BROKEN);
	assert_seen("Operation not permitted");
	step->error_number = 0;
	step->after.taken = false;
	assert_judged("signals.term-stops", VERDICT_BROKEN);
}
END_TEST

START_TEST(early)
{
	static uint32_t born = MASTER;
	struct evidence *twice = world_run(EV_SCENARIO_STOP_TWICE, 0), *birth;
	struct ev_step *first = world_step(twice, EV_STEP_SIGNAL, SIGTERM);
	struct ev_step *second = world_step(twice, EV_STEP_SIGNAL, SIGTERM);

	first->after.taken = false;
	second->error_number = ESRCH;
	all_gone(second);
	assert_judged("signals.term-early", VERDICT_PASS);
	assert_seen("all gone 3.0 ms after TERM sent twice; not judged: not seen");
	birth = world_run(EV_SCENARIO_STOP_EARLY, 0);
	birth->n_processes = 0;
	birth->launch.status = 1 << 8;
	assert_judged("signals.term-early", VERDICT_BROKEN);
	assert_seen("the daemon's process was not let go with TERM");
	birth->launch.births = &born;
	birth->launch.n_births = 1;
	assert_judged("signals.term-early", VERDICT_PASS);
	assert_seen("nothing is left after TERM at the daemon's birth");
	birth->launch.outcome = EV_NEVER;
	assert_judged("signals.term-early", VERDICT_FAIL);
	assert_seen("the start: with TERM at the daemon's birth: it never settled");
	birth->launch.outcome = EV_NO_COMMAND;
	assert_judged("signals.term-early", VERDICT_BROKEN);
	birth->launch.outcome = EV_RETURNED;
	birth->n_processes = 1;
	run_process(birth, MASTER)->ignored = BIT(SIGTERM);
	assert_culprit("signals.term-early", MASTER, "alive",
	               "2.5 ms after the start, with TERM at the daemon's birth, which it ignores");
	run_process(birth, MASTER)->state = 't';
	assert_judged("signals.term-early", VERDICT_BROKEN);
	birth->n_processes = 0;
	*second = *world_step(twice, EV_STEP_SIGNAL, SIGTERM);
	twice->n_steps = 2;
	looked(second, BOUND_US, false);
	lose(second, MASTER);
	assert_culprit("signals.term-early", WORKER, "alive", "10.00 s after TERM, sent twice");
}
END_TEST

START_TEST(stops_under_hostile)
{
	struct ev_step *ignored = world_step(hostile(EV_SIGNALS_IGNORED), EV_STEP_SIGNAL, SIGTERM), *blocked;

	all_gone(ignored);
	assert_judged("signals.term-under-hostile", VERDICT_SKIP);
	assert_seen("not seen");
	blocked = world_step(hostile(EV_SIGNALS_BLOCKED), EV_STEP_SIGNAL, SIGTERM);
	all_gone(blocked);
	assert_judged("signals.term-under-hostile", VERDICT_PASS);
	assert_seen(
	    "all gone 2.0 ms after TERM, under a caller that ignores signals; all gone 2.0 ms after TERM, under");
	*blocked = *world_step(&world.runs[1], EV_STEP_SIGNAL, SIGTERM);
	looked(blocked, BOUND_US, false);
	lose(blocked, WORKER);
	step_process(blocked, MASTER)->threads[0].blocked = BIT(SIGTERM);
	assert_culprit("signals.term-under-hostile", MASTER, "alive",
	               "10.00 s after TERM, which it blocks, under a caller that blocks signals");
}
END_TEST

Suite *probes_signals_suite(void)
{
	const TTest *tests[] = {mask_own,
	                        mask_of_its_own_making,
	                        mask_beyond_comparison,
	                        ignored_own,
	                        children,
	                        children_under_hostile,
	                        does_not_start_under_hostile,
	                        hostile_launch_is_not_done,
	                        stops,
	                        does_not_stop,
	                        early,
	                        stops_under_hostile};

	return declared_suite("probes: signals", tests, sizeof(tests) / sizeof(tests[0]), NULL, 0, 0);
}
