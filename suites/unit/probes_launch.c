/* The launch.* probes, and what the others say when the launch left nothing to judge. */
#include "probes_build.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

static void outcome(enum ev_outcome outcome)
{
	world.evidence.launch.outcome = outcome;
}

static void nothing_left(void)
{
	world.evidence.n_processes = 0;
}

START_TEST(returned)
{
	assert_judged("launch.returns", VERDICT_PASS);
	assert_seen("1.5 ms");
	assert_judged("launch.exit-zero", VERDICT_PASS);
	assert_judged("launch.silent-after-return", VERDICT_PASS);
	ck_assert(!world.finding.may_change);
}
END_TEST

START_TEST(stayed)
{
	outcome(EV_STAYED);
	assert_judged("launch.returns", VERDICT_FAIL);
	assert_seen("still in the foreground after 2.5 ms");
	ck_assert(world.finding.may_change);
	assert_judged("launch.exit-zero", VERDICT_SKIP);
	assert_judged("launch.silent-after-return", VERDICT_SKIP);
	world.profile.style = PROFILE_STAYS;
	assert_judged("launch.returns", VERDICT_PASS);
	ck_assert(!world.finding.may_change);
}
END_TEST

START_TEST(returned_though_it_should_stay)
{
	world.profile.style = PROFILE_STAYS;
	assert_judged("launch.returns", VERDICT_FAIL);
	ck_assert(!world.finding.may_change);
}
END_TEST

START_TEST(stopped)
{
	outcome(EV_STAYED);
	world.evidence.launch.stopped = true;
	assert_judged("launch.returns", VERDICT_FAIL);
	assert_seen("stopped");
}
END_TEST

START_TEST(status_not_zero)
{
	world.evidence.launch.status = 3 << 8;
	assert_judged("launch.exit-zero", VERDICT_FAIL);
	assert_seen("exit status 3");
	ck_assert(!world.finding.may_change);
	world.evidence.launch.status = SIGSEGV;
	assert_judged("launch.exit-zero", VERDICT_FAIL);
	assert_seen("signal SEGV");
}
END_TEST

START_TEST(late_output)
{
	world.evidence.launch.late_output = TEXT("\0late\n");
	world.evidence.launch.late_kept = 6;
	world.evidence.launch.late_total = 6;
	world.evidence.launch.late_us = world.evidence.launch.returned_us + 2000;
	assert_judged("launch.silent-after-return", VERDICT_FAIL);
	assert_seen("6 bytes 2.0 ms after the return: late");
	ck_assert(!world.finding.may_change);
}
END_TEST

START_TEST(no_command)
{
	outcome(EV_NO_COMMAND);
	nothing_left();
	world.evidence.launch.exec_errno = ENOENT;
	assert_judged("launch.returns", VERDICT_BROKEN);
	assert_seen("No such file or directory");
	assert_judged("launch.exit-zero", VERDICT_BROKEN);
	assert_judged("launch.silent-after-return", VERDICT_BROKEN);
	assert_judged("detach.own-session", VERDICT_SKIP);
	assert_seen("No such file or directory");
}
END_TEST

START_TEST(never)
{
	outcome(EV_NEVER);
	assert_judged("launch.returns", VERDICT_FAIL);
	assert_judged("launch.exit-zero", VERDICT_SKIP);
	assert_judged("fs.cwd", VERDICT_SKIP);
	assert_seen("never settled");
}
END_TEST

START_TEST(bombs)
{
	outcome(EV_TOO_MANY);
	assert_judged("launch.returns", VERDICT_FAIL);
	assert_judged("fds.stdio-open", VERDICT_SKIP);
	assert_seen("too many processes");
	outcome(EV_TOO_MUCH);
	assert_judged("fds.stdio-open", VERDICT_SKIP);
	assert_seen("too much memory");
}
END_TEST

START_TEST(nothing_lives)
{
	nothing_left();
	world.evidence.launch.status = 1 << 8;
	assert_judged("launch.returns", VERDICT_PASS);
	assert_judged("launch.exit-zero", VERDICT_FAIL);
	assert_judged("fs.cwd", VERDICT_SKIP);
	assert_seen("no process of it is left: it ended with exit status 1");
}
END_TEST

START_TEST(daemon_died)
{
	make_zombie(master());
	make_zombie(worker());
	world.exits[0] = (struct ev_exit){.pid = MASTER, .status = SIGHUP, .at_us = 900};
	world.exits[1] = (struct ev_exit){.pid = LAUNCHER, .status = 0, .at_us = 1500};
	world.evidence.n_exits = 2;
	assert_judged("fs.cwd", VERDICT_SKIP);
	assert_seen("the last one, 7, was killed by signal HUP");
}
END_TEST

Suite *probes_launch_suite(void)
{
	const TTest *tests[] = {returned,      stayed,          returned_though_it_should_stay,
	                        stopped,       status_not_zero, late_output,
	                        no_command,    never,           bombs,
	                        nothing_lives, daemon_died};

	return world_suite("probes: launch", tests, sizeof(tests) / sizeof(tests[0]));
}
