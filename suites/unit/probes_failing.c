/* The probe of failing starts, launch.failure-reported. */
#include "probes_build.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define ID "launch.failure-reported"

/* A failing start that fails as it must. */
static struct evidence *failing(int variant)
{
	struct evidence *run = world_run(EV_SCENARIO_START_FAILS, variant);

	run->launch.status = 1 << 8;
	run->launch.output_total = 30;
	run->n_processes = run->n_listeners = run->n_written = 0;
	return run;
}

/* It comes up in spite of all. */
static struct evidence *comes_up(int variant)
{
	return world_run(EV_SCENARIO_START_FAILS, variant);
}

START_TEST(all_reported)
{
	(void)world_listener(EV_SOCKET_TCP, "0.0.0.0:80");
	(void)failing(EV_FAILS_PORT);
	assert_judged(ID, VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "1 failing start ended with an error and a message");
	(void)failing(EV_FAILS_PIDFILE);
	(void)failing(EV_FAILS_DECLARED);
	assert_judged(ID, VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "3 failing starts ended with an error and a message");
	ck_assert(!world.finding.may_change);
}
END_TEST

START_TEST(port_not_reported)
{
	struct evidence *run;

	(void)world_listener(EV_SOCKET_TCP, "0.0.0.0:80");
	run = comes_up(EV_FAILS_PORT);
	run->n_listeners = 0;
	assert_culprit(ID, 0, "the start", "ended with exit status 0, and exampled (7) runs without tcp 0.0.0.0:80");
	ck_assert_str_eq(world.finding.culprits[0].name, "its ports taken");
	run->n_processes = 0;
	assert_culprit(ID, 0, "the start", "ended with exit status 0 and left nothing running");
	run->launch.outcome = EV_STAYED;
	run->n_processes = 2;
	assert_culprit(ID, 0, "the start", "still there after 2.5 ms");
	run->launch.outcome = EV_NEVER;
	assert_judged(ID, VERDICT_FAIL);
	run->launch.outcome = EV_TOO_MANY;
	assert_judged(ID, VERDICT_FAIL);
	ck_assert(!world.finding.may_change);
}
END_TEST

/* It took what was taken, or it listens elsewhere each time: then the start did not fail. */
START_TEST(port_no_obstacle)
{
	struct evidence *run;

	(void)world_listener(EV_SOCKET_UNIX, "/run/exampled.socket");
	(void)world_written("/run/exampled.socket", S_IFSOCK | 0755);
	run = comes_up(EV_FAILS_PORT);
	assert_judged(ID, VERDICT_SKIP);
	assert_seen("its ports taken: it came up with all that it has otherwise");
	run->n_listeners = 0;
	assert_judged(ID, VERDICT_FAIL);
	world.listeners[0].address = TEXT("0.0.0.0:40000");
	world.listeners[0].family = EV_SOCKET_TCP;
	assert_judged(ID, VERDICT_SKIP);
	world.listeners[0].address = TEXT("0.0.0.0:80");
	run_process(run, WORKER)->fds_known = false;
	assert_judged(ID, VERDICT_SKIP);
}
END_TEST

START_TEST(in_the_foreground)
{
	struct evidence *run;

	(void)world_listener(EV_SOCKET_TCP, "0.0.0.0:80");
	world.evidence.launch.outcome = EV_STAYED;
	world.profile.style = PROFILE_STAYS;
	run = comes_up(EV_FAILS_PORT);
	run->n_listeners = 0;
	assert_culprit(ID, 0, "the start", "still there after 2.5 ms, and exampled (7) runs without tcp 0.0.0.0:80");
	run->launch.outcome = EV_RETURNED;
	run->launch.status = 1 << 8;
	run->launch.output_total = 1;
	run->n_processes = 0;
	assert_judged(ID, VERDICT_PASS);
}
END_TEST

START_TEST(pidfile_not_reported)
{
	struct evidence *run = comes_up(EV_FAILS_PIDFILE);

	run->pidfile.settled = (struct ev_look){.state = EV_LOOK_FAILED, .error_number = 22};
	run->pidfile.settled.file = file_of(S_IFDIR | 0755, 1, 77);
	assert_culprit(ID, 0, "the start", "ended with exit status 0, and exampled (7) runs without a pid file");
	set_pidfile(&run->pidfile.settled, "7\n");
	assert_judged(ID, VERDICT_SKIP);
	set_pidfile(&run->pidfile.settled, "12\n");
	assert_judged(ID, VERDICT_FAIL);
	world.evidence.pidfile.settled = (struct ev_look){.state = EV_LOOK_FAILED, .error_number = 2};
	assert_judged(ID, VERDICT_SKIP);
}
END_TEST

START_TEST(declared_not_reported)
{
	static char name[] = "bad config", *names[] = {name, NULL};
	struct evidence *run = comes_up(EV_FAILS_DECLARED);

	world.evidence.declared.failures = names;
	assert_culprit(ID, 0, "the start", "ended with exit status 0, and exampled (7) runs");
	ck_assert_str_eq(world.finding.culprits[0].name, "bad config");
	run->launch.status = 1 << 8;
	assert_culprit(ID, 0, "the start", "ended with exit status 1, but exampled (7) is left");
	make_zombie(run_process(run, MASTER));
	make_zombie(run_process(run, WORKER));
	run->launch.output_total = 5;
	assert_judged(ID, VERDICT_PASS);
}
END_TEST

static void wrote(struct evidence *run, size_t index, const char *path, uint32_t mode, bool created)
{
	world.written[index] = (struct ev_written){.path = TEXT(path), .created = created};
	world.written[index].file = file_of(mode, 1, 9000 + index);
	run->n_written = index + 1;
}

START_TEST(silent)
{
	struct evidence *run = failing(EV_FAILS_DECLARED);

	run->launch.output_total = 0;
	assert_culprit(ID, 0, "the start", "ended with exit status 1 without a word on the terminal");
	wrote(run, 0, "/run/exampled.pid", S_IFREG | 0644, true);
	assert_judged(ID, VERDICT_FAIL);
	wrote(run, 0, "/var/log", S_IFDIR | 0755, true);
	assert_judged(ID, VERDICT_FAIL);
	run->launch.output_total = 1;
	assert_judged(ID, VERDICT_PASS);
}
END_TEST

START_TEST(silent_but_for_a_log)
{
	struct evidence *run = failing(EV_FAILS_DECLARED);

	run->launch.output_total = 0;
	wrote(run, 0, "/var/lib/errors", S_IFREG | 0644, true);
	assert_judged(ID, VERDICT_PASS);
	assert_seen("what was wrong is at most in /var/lib/errors, not on the terminal");
	wrote(run, 0, "/var/log/exampled", S_IFREG | 0644, false);
	assert_judged(ID, VERDICT_PASS);
	wrote(run, 1, "/srv/messages", S_IFREG | 0644, false);
	world.evidence.declared.log = TEXT("/srv/messages");
	assert_judged(ID, VERDICT_PASS);
	assert_seen("at most in /srv/messages");
}
END_TEST

/* A file that was put there for the start is no log of it. */
START_TEST(silent_with_a_configuration)
{
	struct evidence *run = failing(EV_FAILS_DECLARED);
	struct ev_fd *fd;

	run->launch.output_total = 0;
	wrote(run, 0, "/etc/exampled.conf", S_IFREG | 0644, false);
	assert_judged(ID, VERDICT_FAIL);
	wrote(run, 0, "/etc/exampled.conf", S_IFREG | 0644, true);
	world.evidence.n_written = 1;
	assert_judged(ID, VERDICT_FAIL);
	fd = world_fd(worker(), 5);
	fd->target = TEXT("/etc/exampled.conf");
	fd->flags = O_RDONLY;
	assert_judged(ID, VERDICT_FAIL);
	fd->flags = O_WRONLY | O_APPEND;
	assert_judged(ID, VERDICT_PASS);
	fd->target = NULL;
	assert_judged(ID, VERDICT_FAIL);
}
END_TEST

START_TEST(several)
{
	(void)world_listener(EV_SOCKET_TCP, "0.0.0.0:80");
	(void)failing(EV_FAILS_PORT);
	comes_up(EV_FAILS_DECLARED)->launch.status = 0;
	(void)world_run_not(EV_SCENARIO_START_FAILS, EV_FAILS_DECLARED + 1, EV_RUN_FAILED, "no memory");
	assert_judged(ID, VERDICT_FAIL);
	ck_assert_uint_eq(world.finding.n_culprits, 1);
	world.runs[1].state = EV_RUN_SKIPPED;
	assert_judged(ID, VERDICT_BROKEN);
	assert_seen("no memory");
	world.runs[2].state = EV_RUN_SKIPPED;
	assert_judged(ID, VERDICT_PASS);
}
END_TEST

START_TEST(not_seen)
{
	struct evidence *run;

	assert_judged(ID, VERDICT_SKIP);
	run = failing(EV_FAILS_PIDFILE);
	run->launch.outcome = EV_RESTLESS;
	assert_judged(ID, VERDICT_SKIP);
	assert_seen("a directory for the pid file: it returned, but");
	run->launch.outcome = EV_NO_COMMAND;
	assert_judged(ID, VERDICT_SKIP);
	run->state = EV_RUN_SKIPPED;
	run->reason = TEXT("no pid file is declared");
	assert_judged(ID, VERDICT_SKIP);
	assert_seen("no pid file is declared");
	run->state = EV_RUN_FAILED;
	assert_judged(ID, VERDICT_BROKEN);
}
END_TEST

START_TEST(usual_start_fails)
{
	(void)failing(EV_FAILS_PIDFILE);
	world.evidence.launch.status = 2 << 8;
	assert_judged(ID, VERDICT_SKIP);
	assert_seen("it ended with exit status 2");
	world.evidence.launch.status = 0;
	world.evidence.launch.outcome = EV_RESTLESS;
	assert_judged(ID, VERDICT_SKIP);
	world.evidence.launch.outcome = EV_NEVER;
	assert_judged(ID, VERDICT_SKIP);
	world.evidence.launch.outcome = EV_NO_COMMAND;
	assert_judged(ID, VERDICT_BROKEN);
	world.evidence.launch.outcome = EV_RETURNED;
	world.evidence.n_processes = 0;
	assert_judged(ID, VERDICT_SKIP);
	assert_seen("no process of it is left");
}
END_TEST

Suite *probes_failing_suite(void)
{
	const TTest *tests[] = {all_reported,
	                        port_not_reported,
	                        port_no_obstacle,
	                        in_the_foreground,
	                        pidfile_not_reported,
	                        silent,
	                        silent_but_for_a_log,
	                        silent_with_a_configuration,
	                        several,
	                        not_seen,
	                        declared_not_reported,
	                        usual_start_fails};

	return world_suite("probes: failing starts", tests, sizeof(tests) / sizeof(tests[0]));
}
