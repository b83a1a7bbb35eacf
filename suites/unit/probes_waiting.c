/* The probes of what a launcher waits for: launch.ready-on-return, launch.no-sleep-sync, launch.child-death-reported.
 */
#include "probes_build.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

/* Whom the further launches start from: the daemon listens, and did so when its launcher ended. */
static void listens(enum ev_socket_family family, const char *address)
{
	(void)world_listener(family, address);
	world.evidence.launch.listeners_known = true;
	world.evidence.launch.listeners = world.listeners;
	world.evidence.launch.n_listeners = world.evidence.n_listeners;
}

static void listened_not(struct evidence *launch)
{
	launch->launch.n_listeners = 0;
}

static void left_nothing(struct evidence *run, int status)
{
	run->launch.status = status;
	run->n_processes = 0;
}

START_TEST(ready)
{
	listens(EV_SOCKET_TCP, "127.0.0.1:80");
	(void)world_run(EV_SCENARIO_AGAIN, 0);
	(void)world_run(EV_SCENARIO_AGAIN, 1);
	(void)world_run(EV_SCENARIO_HELD, 0);
	assert_judged("launch.ready-on-return", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen,
	                 "there: tcp 127.0.0.1:80 and /run/exampled.pid when process 3 ended after 1.5 ms; ready in 3 "
	                 "of 3 plain starts; there with new processes held back, too");
	ck_assert(!world.finding.may_change);
}
END_TEST

START_TEST(ready_in_the_clean_launch_alone)
{
	listens(EV_SOCKET_UNIX, "/run/exampled.socket");
	(void)world_written("/run/exampled.socket", S_IFSOCK | 0755);
	assert_judged("launch.ready-on-return", VERDICT_PASS);
	assert_seen("ready in 1 of 1 plain starts; not tried with new processes held back");
	listened_not(&world.evidence);
	assert_judged("launch.ready-on-return", VERDICT_FAIL);
	assert_seen("missing: unix /run/exampled.socket when process 3 ended");
	ck_assert(!world.finding.may_change);
	/* It was bound under another name each time, and renamed. */
	world.evidence.n_written = 0;
	assert_judged("launch.ready-on-return", VERDICT_PASS);
}
END_TEST

START_TEST(ready_by_luck)
{
	struct evidence *held;

	listens(EV_SOCKET_TCP, "127.0.0.1:80");
	(void)world_run(EV_SCENARIO_AGAIN, 0);
	held = world_run(EV_SCENARIO_HELD, 0);
	listened_not(held);
	held->pidfile.returned = (struct ev_look){.state = EV_LOOK_FAILED, .error_number = ENOENT};
	held->launch.ended_unheard = true;
	held->launch.returned_us = 12000;
	assert_judged("launch.ready-on-return", VERDICT_FAIL);
	ck_assert_str_eq(
	    world.finding.seen,
	    "new processes held back, missing: tcp 127.0.0.1:80 and /run/exampled.pid when process 3 ended "
	    "after 12.0 ms; ready in 2 of 2 plain starts; the launcher does not wait for its daemon: held "
	    "back, that had not run yet");
}
END_TEST

START_TEST(ready_now_and_then)
{
	listens(EV_SOCKET_TCP, "127.0.0.1:80");
	listened_not(world_run(EV_SCENARIO_AGAIN, 0));
	(void)world_run(EV_SCENARIO_AGAIN, 1);
	(void)world_run(EV_SCENARIO_HELD, 0);
	assert_judged("launch.ready-on-return", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen, "missing: tcp 127.0.0.1:80 when process 3 ended after 1.5 ms; ready in 2 "
	                                     "of 3 plain starts; there with new processes held back, too");
}
END_TEST

START_TEST(ready_pidfile_alone)
{
	(void)world_run(EV_SCENARIO_HELD, 0);
	assert_judged("launch.ready-on-return", VERDICT_PASS);
	set_pidfile(&world.evidence.pidfile.returned, "");
	assert_judged("launch.ready-on-return", VERDICT_FAIL);
	assert_seen("missing: /run/exampled.pid when");
	world.evidence.pidfile.returned.state = EV_LOOK_NONE;
	world.runs[0].pidfile.returned.state = EV_LOOK_NONE;
	assert_judged("launch.ready-on-return", VERDICT_SKIP);
	assert_seen("could not be seen");
}
END_TEST

START_TEST(ready_as_declared)
{
	static const struct {
		const char *wanted, *there;
		enum verdict verdict;
	} cases[] = {
	    {"*:80", "127.0.0.2:80", VERDICT_PASS},
	    {"*:80", "[::1]:80", VERDICT_PASS},
	    {"*:80", "127.0.0.1:8080", VERDICT_FAIL},
	    {"127.0.0.1:80", "127.0.0.1:80", VERDICT_PASS},
	    {"127.0.0.1:80", "0.0.0.0:80", VERDICT_PASS},
	    {"127.0.0.1:80", "[::]:80", VERDICT_PASS},
	    {"[::1]:80", "[::]:80", VERDICT_PASS},
	    {"127.0.0.1:80", "[::ffff:127.0.0.1]:80", VERDICT_PASS},
	    {"127.0.0.1:80", "[::ffff:0.0.0.0]:80", VERDICT_PASS},
	    {"[::1]:80", "0.0.0.0:80", VERDICT_FAIL},
	    {"127.0.0.1:80", "127.0.0.1:8080", VERDICT_FAIL},
	    {"127.0.0.1:80", "127.0.0.2:80", VERDICT_FAIL},
	    {"127.0.0.1:80", "80", VERDICT_FAIL},
	};
	static struct ev_listener wanted;

	world.evidence.pidfile.path = NULL;
	world.evidence.declared.ready = &wanted;
	world.evidence.declared.n_ready = 1;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		world.evidence.n_listeners = 0;
		listens(EV_SOCKET_TCP, cases[i].there);
		wanted = (struct ev_listener){.family = EV_SOCKET_TCP, .address = TEXT(cases[i].wanted)};
		assert_judged("launch.ready-on-return", cases[i].verdict);
		wanted.family = EV_SOCKET_UDP;
		assert_judged("launch.ready-on-return", VERDICT_FAIL);
	}
}
END_TEST

/* A port that the kernel chose is another one each time, and no one waits for it. */
START_TEST(ready_passing_ports)
{
	static struct ev_listener other = {.family = EV_SOCKET_UDP};
	struct evidence *held;

	world.evidence.pidfile.path = NULL;
	listens(EV_SOCKET_UDP, "0.0.0.0:40000");
	listened_not(&world.evidence);
	assert_judged("launch.ready-on-return", VERDICT_SKIP);
	held = world_run(EV_SCENARIO_HELD, 0);
	assert_judged("launch.ready-on-return", VERDICT_FAIL);
	other.address = TEXT("0.0.0.0:40001");
	held->listeners = &other;
	assert_judged("launch.ready-on-return", VERDICT_SKIP);
	assert_seen("nothing is declared and nothing listens");
}
END_TEST

START_TEST(ready_not_asked)
{
	listens(EV_SOCKET_TCP, "127.0.0.1:80");
	world.evidence.launch.status = 1 << 8;
	assert_judged("launch.ready-on-return", VERDICT_SKIP);
	assert_seen("ended with exit status 1");
	world.evidence.launch.status = 0;
	world.evidence.launch.outcome = EV_STAYED;
	assert_judged("launch.ready-on-return", VERDICT_SKIP);
	world.evidence.launch.outcome = EV_RESTLESS;
	assert_judged("launch.ready-on-return", VERDICT_SKIP);
	assert_seen("came and went");
	world.evidence.launch.outcome = EV_RETURNED;
	world.profile.style = PROFILE_STAYS;
	assert_judged("launch.ready-on-return", VERDICT_SKIP);
	assert_judged("launch.no-sleep-sync", VERDICT_SKIP);
	assert_judged("launch.child-death-reported", VERDICT_SKIP);
	world.profile.style = PROFILE_FORKS;
	world.evidence.n_listeners = 0;
	world.evidence.pidfile.path = NULL;
	assert_judged("launch.ready-on-return", VERDICT_SKIP);
	assert_seen("nothing is declared and nothing listens");
}
END_TEST

START_TEST(ready_files)
{
	char *files[] = {TEXT("/run/first"), TEXT("/run/second"), NULL};
	struct ev_launch *launch = &world.evidence.launch;

	world.evidence.pidfile.path = NULL;
	world.evidence.declared.ready_files = files;
	assert_judged("launch.ready-on-return", VERDICT_SKIP);
	assert_seen("could not be seen");
	launch->ready_files_known = true;
	launch->ready_files = 3;
	assert_judged("launch.ready-on-return", VERDICT_PASS);
	assert_seen("there: /run/first and /run/second when process 3 ended");
	launch->ready_files = 1;
	assert_judged("launch.ready-on-return", VERDICT_FAIL);
	assert_seen("missing: /run/second when process 3 ended");
}
END_TEST

/* A full list may have been cut. */
START_TEST(ready_among_many)
{
	static struct ev_listener many[24];

	listens(EV_SOCKET_TCP, "127.0.0.1:80");
	world.evidence.pidfile.path = NULL;
	for (size_t i = 0; i < 24; i++)
		many[i] = (struct ev_listener){.family = EV_SOCKET_TCP, .address = TEXT("127.0.0.1:81")};
	world.evidence.launch.listeners = many;
	world.evidence.launch.n_listeners = 24;
	assert_judged("launch.ready-on-return", VERDICT_SKIP);
	world.evidence.launch.n_listeners = 23;
	assert_judged("launch.ready-on-return", VERDICT_FAIL);
	world.evidence.launch.listeners_known = false;
	assert_judged("launch.ready-on-return", VERDICT_SKIP);
}
END_TEST

START_TEST(ready_not_seen)
{
	listens(EV_SOCKET_TCP, "127.0.0.1:80");
	world.evidence.interrupted = true;
	assert_judged("launch.ready-on-return", VERDICT_BROKEN);
	world.evidence.interrupted = false;
	(void)world_run_not(EV_SCENARIO_HELD, 0, EV_RUN_FAILED, "ptrace: Operation not permitted");
	assert_judged("launch.ready-on-return", VERDICT_BROKEN);
	assert_seen("ptrace: Operation not permitted");
	listened_not(&world.evidence);
	assert_judged("launch.ready-on-return", VERDICT_FAIL);
	assert_seen("not tried with new processes held back");
	listens(EV_SOCKET_TCP, "127.0.0.1:81");
	world.runs[0].state = EV_RUN_SKIPPED;
	assert_judged("launch.ready-on-return", VERDICT_PASS);
}
END_TEST

START_TEST(held_did_not_start)
{
	listens(EV_SOCKET_TCP, "127.0.0.1:80");
	left_nothing(world_run(EV_SCENARIO_HELD, 0), 1 << 8);
	listened_not(&world.runs[0]);
	assert_judged("launch.ready-on-return", VERDICT_PASS);
	assert_seen("with new processes held back it did not start: the started process ended with exit status 1");
	assert_judged("launch.no-sleep-sync", VERDICT_SKIP);
}
END_TEST

/* A process that was never let go is the harness's fault, whatever else is seen. */
START_TEST(held_back_for_ever)
{
	listens(EV_SOCKET_TCP, "127.0.0.1:80");
	(void)world_run(EV_SCENARIO_HELD, 0);
	listened_not(world_run(EV_SCENARIO_HELD_LONG, 0));
	run_process(&world.runs[1], WORKER)->state = 't';
	assert_judged("launch.no-sleep-sync", VERDICT_BROKEN);
	assert_seen("the launch 'held-long' failed: process 9 was still held back at the end");
	listened_not(&world.runs[0]);
	run_process(&world.runs[0], WORKER)->state = 't';
	assert_judged("launch.ready-on-return", VERDICT_BROKEN);
	assert_judged("pidfile.on-return", VERDICT_BROKEN);
	assert_judged("launch.no-sleep-sync", VERDICT_BROKEN);
	listened_not(&world.evidence);
	assert_judged("launch.ready-on-return", VERDICT_FAIL);
	world_run(EV_SCENARIO_CHILD_KILLED, 0)->launch.outcome = EV_NEVER;
	run_process(&world.runs[2], MASTER)->state = 't';
	assert_judged("launch.child-death-reported", VERDICT_BROKEN);
}
END_TEST

START_TEST(waits_for_the_daemon)
{
	listens(EV_SOCKET_TCP, "127.0.0.1:80");
	(void)world_run(EV_SCENARIO_HELD, 0);
	assert_judged("launch.no-sleep-sync", VERDICT_SKIP);
	assert_seen("there was no launch 'held-long'");
	world_run(EV_SCENARIO_HELD_LONG, 0)->launch.returned_us = 3100000;
	assert_judged("launch.no-sleep-sync", VERDICT_PASS);
	assert_seen("there: tcp 127.0.0.1:80 and /run/exampled.pid when process 3 ended after 3.10 s");
	world.runs[1].launch.hold_gave_up = true;
	assert_judged("launch.no-sleep-sync", VERDICT_PASS);
	assert_seen("held back up to the bound only");
}
END_TEST

START_TEST(sleeps_for_the_daemon)
{
	listens(EV_SOCKET_TCP, "127.0.0.1:80");
	(void)world_run(EV_SCENARIO_HELD, 0);
	listened_not(world_run(EV_SCENARIO_HELD_LONG, 0));
	world.runs[1].launch.returned_us = 1000000;
	assert_judged("launch.ready-on-return", VERDICT_PASS);
	assert_judged("launch.no-sleep-sync", VERDICT_FAIL);
	assert_seen("missing: tcp 127.0.0.1:80 when process 3 ended after 1.00 s");
	ck_assert(!world.finding.may_change);
	listened_not(&world.runs[0]);
	assert_judged("launch.no-sleep-sync", VERDICT_SKIP);
	assert_seen("see launch.ready-on-return");
}
END_TEST

START_TEST(sleeps_with_nothing_declared)
{
	struct evidence *held, *held_long;

	world.evidence.pidfile.path = NULL;
	held = world_run(EV_SCENARIO_HELD, 0);
	held_long = world_run(EV_SCENARIO_HELD_LONG, 0);
	assert_judged("launch.no-sleep-sync", VERDICT_PASS);
	held_long->launch.ended_unheard = true;
	assert_judged("launch.no-sleep-sync", VERDICT_FAIL);
	assert_seen("process 3 ended after 1.5 ms though a process that it had started was held back");
	held->launch.ended_unheard = true;
	assert_judged("launch.no-sleep-sync", VERDICT_SKIP);
	assert_seen("does not wait for its daemon at all");
}
END_TEST

START_TEST(sleep_not_seen)
{
	listens(EV_SOCKET_TCP, "127.0.0.1:80");
	assert_judged("launch.no-sleep-sync", VERDICT_SKIP);
	(void)world_run(EV_SCENARIO_HELD, 0);
	(void)world_run_not(EV_SCENARIO_HELD_LONG, 0, EV_RUN_FAILED, "out of memory");
	assert_judged("launch.no-sleep-sync", VERDICT_BROKEN);
	world.evidence.n_runs = 1;
	left_nothing(world_run(EV_SCENARIO_HELD_LONG, 0), 1 << 8);
	assert_judged("launch.no-sleep-sync", VERDICT_SKIP);
	assert_seen("held back for long it did not start");
	world.evidence.n_runs = 1;
	world_run(EV_SCENARIO_HELD_LONG, 0)->launch.listeners_known = false;
	assert_judged("launch.no-sleep-sync", VERDICT_SKIP);
	assert_seen("could not be seen");
}
END_TEST

START_TEST(child_death)
{
	static struct ev_exit exits[] = {{.pid = MASTER, .status = SIGKILL, .at_us = 900}};
	struct evidence *run = world_run(EV_SCENARIO_CHILD_KILLED, 0);

	run->exits = exits;
	run->n_exits = 1;
	left_nothing(run, 1 << 8);
	assert_judged("launch.child-death-reported", VERDICT_PASS);
	assert_seen("process 3 ended with exit status 1 when process 7 was killed at its birth");
	run->launch.status = SIGTERM;
	assert_judged("launch.child-death-reported", VERDICT_PASS);
	run->launch.status = 0;
	assert_judged("launch.child-death-reported", VERDICT_FAIL);
	assert_seen("process 3 ended with exit status 0, though process 7 was killed at its birth");
	run->n_exits = 0;
	run->launch.outcome = EV_STAYED;
	assert_judged("launch.child-death-reported", VERDICT_FAIL);
	assert_seen("process 3 still waits after 2.5 ms, though the daemon's process was killed");
	ck_assert(!world.finding.may_change);
}
END_TEST

START_TEST(child_death_leaves_something)
{
	struct evidence *run = world_run(EV_SCENARIO_CHILD_KILLED, 0);

	run->launch.status = 1 << 8;
	run->n_processes = 1;
	assert_judged("launch.child-death-reported", VERDICT_FAIL);
	assert_seen("but exampled (7) is left");
	run->launch.status = 0;
	assert_judged("launch.child-death-reported", VERDICT_FAIL);
	run->n_processes = 2;
	assert_judged("launch.child-death-reported", VERDICT_PASS);
	assert_seen("exampled (7) runs in its place");
	set_pidfile(&run->pidfile.settled, "12\n");
	assert_judged("launch.child-death-reported", VERDICT_FAIL);
}
END_TEST

START_TEST(child_death_not_seen)
{
	struct evidence *run;

	assert_judged("launch.child-death-reported", VERDICT_SKIP);
	run = world_run(EV_SCENARIO_CHILD_KILLED, 0);
	run->launch.outcome = EV_RESTLESS;
	assert_judged("launch.child-death-reported", VERDICT_SKIP);
	run->launch.outcome = EV_TOO_MANY;
	assert_judged("launch.child-death-reported", VERDICT_SKIP);
	run->launch.outcome = EV_NEVER;
	assert_judged("launch.child-death-reported", VERDICT_FAIL);
	run->launch.outcome = EV_NO_COMMAND;
	assert_judged("launch.child-death-reported", VERDICT_BROKEN);
	run->state = EV_RUN_FAILED;
	assert_judged("launch.child-death-reported", VERDICT_BROKEN);
	world.evidence.n_processes = 0;
	assert_judged("launch.child-death-reported", VERDICT_SKIP);
	assert_seen("left nothing running");
}
END_TEST

Suite *probes_waiting_suite(void)
{
	const TTest *tests[] = {ready,
	                        ready_in_the_clean_launch_alone,
	                        ready_by_luck,
	                        ready_now_and_then,
	                        ready_pidfile_alone,
	                        ready_as_declared,
	                        ready_passing_ports,
	                        ready_not_asked,
	                        ready_files,
	                        ready_among_many,
	                        ready_not_seen,
	                        held_did_not_start,
	                        held_back_for_ever,
	                        waits_for_the_daemon,
	                        sleeps_for_the_daemon,
	                        sleeps_with_nothing_declared,
	                        sleep_not_seen,
	                        child_death,
	                        child_death_leaves_something,
	                        child_death_not_seen};

	return world_suite("probes: waiting", tests, sizeof(tests) / sizeof(tests[0]));
}
