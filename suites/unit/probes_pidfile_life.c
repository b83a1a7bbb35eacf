/* The pidfile.* probes over the whole life of the file: several starts, the writing of it, a stop, a second start; and
 * what systemd would log. */
#include "probes_build.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

static struct ev_pidfile *pidfile(void)
{
	return &world.evidence.pidfile;
}

static void missing(struct ev_look *look)
{
	*look = (struct ev_look){.state = EV_LOOK_FAILED, .error_number = ENOENT};
}

START_TEST(in_every_start)
{
	(void)world_run(EV_SCENARIO_AGAIN, 0);
	(void)world_run(EV_SCENARIO_HELD, 0);
	assert_judged("pidfile.on-return", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen,
	                 "it named 7; right in 2 of 2 plain starts; with new processes held back: right");
	ck_assert(!world.finding.may_change);
}
END_TEST

START_TEST(right_by_luck)
{
	struct evidence *held;

	(void)world_run(EV_SCENARIO_AGAIN, 0);
	held = world_run(EV_SCENARIO_HELD, 0);
	missing(&held->pidfile.returned);
	held->launch.ended_unheard = true;
	assert_judged("pidfile.on-return", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen,
	                 "/run/exampled.pid: No such file or directory, with new processes held back; right in 2 of 2 "
	                 "plain starts; the launcher does not wait for its daemon");
	missing(&pidfile()->returned);
	assert_judged("pidfile.on-return", VERDICT_FAIL);
	ck_assert_str_eq(
	    world.finding.seen,
	    "/run/exampled.pid: No such file or directory; right in 1 of 2 plain starts; with new processes "
	    "held back: not right; the launcher does not wait for its daemon");
	ck_assert(!world.finding.may_change);
}
END_TEST

START_TEST(right_now_and_then)
{
	set_pidfile(&world_run(EV_SCENARIO_AGAIN, 0)->pidfile.returned, "");
	(void)world_run(EV_SCENARIO_HELD, 0);
	assert_judged("pidfile.on-return", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen, "it was empty, in a further start; right in 1 of 2 plain starts; with new "
	                                     "processes held back: right");
	/* A start that did not come up shows nothing. */
	world.runs[0].launch.status = 1 << 8;
	assert_judged("pidfile.on-return", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "it named 7; with new processes held back: right");
	pidfile()->returned.state = EV_LOOK_NONE;
	assert_judged("pidfile.on-return", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "it named 7, with new processes held back");
}
END_TEST

START_TEST(starts_not_seen)
{
	(void)world_run_not(EV_SCENARIO_HELD, 0, EV_RUN_FAILED, "ptrace: Operation not permitted");
	assert_judged("pidfile.on-return", VERDICT_BROKEN);
	assert_seen("ptrace: Operation not permitted");
	missing(&pidfile()->returned);
	assert_judged("pidfile.on-return", VERDICT_FAIL);
	set_pidfile(&pidfile()->returned, "7\n");
	world.runs[0].state = EV_RUN_SKIPPED;
	assert_judged("pidfile.on-return", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "it named 7");
	world.evidence.n_runs = 0;
	world.evidence.interrupted = true;
	assert_judged("pidfile.on-return", VERDICT_BROKEN);
}
END_TEST

START_TEST(never_empty)
{
	assert_judged("pidfile.never-empty", VERDICT_SKIP);
	assert_seen("could not be watched");
	pidfile()->watched = true;
	assert_judged("pidfile.never-empty", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "whole whenever it could be opened, in 1 of 1 starts");
	pidfile()->seen_unfinished = true;
	assert_judged("pidfile.never-empty", VERDICT_FAIL);
	assert_seen("/run/exampled.pid could be opened while it held no whole line, in 1 of 1 starts");
	set_pidfile(&pidfile()->settled, "7");
	assert_judged("pidfile.never-empty", VERDICT_SKIP);
	assert_seen("see pidfile.content");
	pidfile()->seen_empty = true;
	assert_judged("pidfile.never-empty", VERDICT_FAIL);
	assert_seen("/run/exampled.pid could be opened while it held nothing, in 1 of 1 starts");
	ck_assert(!world.finding.may_change);
	pidfile()->seen_empty = pidfile()->seen_unfinished = false;
	missing(&pidfile()->settled);
	assert_judged("pidfile.never-empty", VERDICT_SKIP);
	assert_seen("there was no pid file");
}
END_TEST

START_TEST(never_empty_in_any_start)
{
	world_run(EV_SCENARIO_AGAIN, 0)->pidfile.watched = true;
	assert_judged("pidfile.never-empty", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "whole whenever it could be opened, in 1 of 1 starts");
	world_run(EV_SCENARIO_HELD, 0)->pidfile.watched = true;
	world.runs[1].pidfile.seen_unfinished = true;
	assert_judged("pidfile.never-empty", VERDICT_FAIL);
	assert_seen("no whole line, in 1 of 2 starts");
	world.runs[0].pidfile.seen_empty = true;
	assert_judged("pidfile.never-empty", VERDICT_FAIL);
	assert_seen("held nothing, in 1 of 2 starts");
	world.runs[0].state = EV_RUN_SKIPPED;
	world.runs[1].pidfile.watched = false;
	assert_judged("pidfile.never-empty", VERDICT_SKIP);
}
END_TEST

static struct ev_step *stopped(void)
{
	struct ev_step *step = world_step(world_run(EV_SCENARIO_STOP, 0), EV_STEP_SIGNAL, SIGTERM);

	world_step_gone(step, 9000);
	return step;
}

/* A second start that is refused. */
static struct ev_step *refused(void)
{
	struct ev_step *step = world_step(world_run(EV_SCENARIO_SECOND, 0), EV_STEP_RUN, 0);

	step->done_us = step->at_us + 300;
	step->status = 1 << 8;
	return step;
}

START_TEST(removed)
{
	assert_judged("pidfile.removed", VERDICT_SKIP);
	assert_seen("there was no launch 'stop'");
	(void)stopped();
	assert_judged("pidfile.removed", VERDICT_PASS);
	assert_seen("gone after TERM; not judged: not seen: there was no launch 'second'");
	(void)refused();
	assert_judged("pidfile.removed", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "gone after TERM; untouched by a refused second start");
}
END_TEST

START_TEST(not_removed)
{
	struct ev_step *step = stopped();

	set_pidfile(&step->after.pidfile, "7\n");
	assert_judged("pidfile.removed", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen, "/run/exampled.pid: still there after TERM, naming 7, which is gone");
	ck_assert(!world.finding.may_change);
	world.exits[0] = (struct ev_exit){.pid = MASTER, .status = SIGTERM, .at_us = 8000};
	world.runs[0].n_exits = 1;
	assert_judged("pidfile.removed", VERDICT_FAIL);
	assert_seen("naming 7, which was killed by signal TERM");
	set_pidfile(&step->after.pidfile, "");
	assert_judged("pidfile.removed", VERDICT_FAIL);
	assert_seen("without a pid in it");
}
END_TEST

START_TEST(removed_not_seen)
{
	struct ev_step *step = stopped();

	step->after.pidfile.error_number = EACCES;
	assert_judged("pidfile.removed", VERDICT_SKIP);
	step->after.n_processes = 1;
	assert_judged("pidfile.removed", VERDICT_SKIP);
	assert_seen("TERM did not stop all of it: see signals.term-stops");
	step->after.taken = false;
	assert_judged("pidfile.removed", VERDICT_BROKEN);
	world.runs[0].n_steps = 0;
	assert_judged("pidfile.removed", VERDICT_BROKEN);
	missing(&world.runs[0].pidfile.settled);
	assert_judged("pidfile.removed", VERDICT_SKIP);
	assert_seen("there was no pid file before");
	world.runs[0].launch.status = 1 << 8;
	assert_judged("pidfile.removed", VERDICT_SKIP);
	world.runs[0].state = EV_RUN_FAILED;
	assert_judged("pidfile.removed", VERDICT_BROKEN);
}
END_TEST

START_TEST(removed_by_second)
{
	struct ev_step *step = refused();

	missing(&step->after.pidfile);
	assert_judged("pidfile.removed", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen, "/run/exampled.pid: removed by a second start that was refused");
	set_pidfile(&step->after.pidfile, "31\n");
	assert_judged("pidfile.removed", VERDICT_FAIL);
	assert_seen("changed by a second start that was refused: from 7 to 31");
	step->after.pidfile.state = EV_LOOK_NONE;
	assert_judged("pidfile.removed", VERDICT_SKIP);
	/* It took the first one's place: no refusal. */
	step_process(step, MASTER)->start_ticks = 99;
	set_pidfile(&step->after.pidfile, "31\n");
	assert_judged("pidfile.removed", VERDICT_SKIP);
}
END_TEST

/* Under its profile the journal's words follow. */
START_TEST(systemd_words)
{
	world.profile.name = TEXT("forking");
	world.evidence.start.cgroup = master()->cgroup;
	missing(&pidfile()->returned);
	assert_judged("pidfile.on-return", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen,
	                 "/run/exampled.pid: No such file or directory; systemd would log: Can't open PID file "
	                 "/run/exampled.pid (yet?) after start: No such file or directory");
	set_pidfile(&pidfile()->settled, "7 \n");
	assert_judged("pidfile.content", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen,
	                 "something other than a newline after the number; systemd would log: Failed to parse PID from "
	                 "file /run/exampled.pid: Invalid argument");
	ck_assert(world.finding.may_change);
	set_pidfile(&pidfile()->settled, "2\n");
	assert_judged("pidfile.content", VERDICT_FAIL);
	assert_seen("it names 2, the caller; systemd would log, at debug level: New main PID 2 does not belong");
	pidfile()->settled.file.uid = 33;
	assert_judged("pidfile.owner", VERDICT_FAIL);
	assert_seen("owner uid 33; systemd would log: New main PID 2 does not belong to service, and PID file is not "
	            "owned by root. Refusing.");
	set_pidfile(&pidfile()->settled, "7");
	assert_judged("pidfile.content", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen, "no newline after the number");
	world.profile.name = TEXT("sysv");
	missing(&pidfile()->settled);
	assert_judged("pidfile.content", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen, "/run/exampled.pid: No such file or directory");
}
END_TEST

/* Of the start that fails, not of the clean one. */
START_TEST(systemd_words_of_held)
{
	world.profile.name = TEXT("forking");
	set_pidfile(&world_run(EV_SCENARIO_HELD, 0)->pidfile.returned, "");
	assert_judged("pidfile.on-return", VERDICT_FAIL);
	assert_seen(
	    "it was empty, with new processes held back; right in 1 of 1 plain starts; systemd would log: Failed "
	    "to parse PID from file /run/exampled.pid: Invalid argument");
}
END_TEST

Suite *probes_pidfile_life_suite(void)
{
	const TTest *tests[] = {in_every_start,    right_by_luck, right_now_and_then,
	                        starts_not_seen,   never_empty,   never_empty_in_any_start,
	                        removed,           not_removed,   removed_not_seen,
	                        removed_by_second, systemd_words, systemd_words_of_held};

	return world_suite("probes: life of the pid file", tests, sizeof(tests) / sizeof(tests[0]));
}
