/* The ready.* probes: the protocols by which a supervisor and a daemon understand each other. */
#include "probes_declared.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

enum { NOTICES = 8, SOCKET_INODE = 4242 };

static struct ev_notice notices[2][NOTICES];

static struct ev_notice *notice(struct evidence *run, int64_t at_us, const char *text)
{
	struct ev_notice *notice = &run->notices[run->n_notices++];

	ck_assert_uint_le(run->n_notices, NOTICES);
	*notice = (struct ev_notice){.at_us = at_us, .pid = MASTER, .text = TEXT(text), .size = strlen(text)};
	notice->listening = true;
	return notice;
}

/* READY=1 after 2 ms; the reload at 4 ms and the stop at 5 ms with all that belongs to them. */
static struct evidence *notified(int variant)
{
	struct evidence *run;

	world.evidence.declared.notify = true;
	world.evidence.declared.reload_signal = SIGHUP;
	run = world_run(EV_SCENARIO_NOTIFY, variant);
	run->notices = notices[variant];
	run->n_notices = 0;
	(void)world_step(run, EV_STEP_WAIT, 0);
	(void)world_step(run, EV_STEP_SIGNAL, SIGHUP);
	all_gone(world_step(run, EV_STEP_SIGNAL, SIGTERM));
	(void)notice(run, 2000, "STATUS=it serves\nREADY=1\n");
	(void)notice(run, 4100, "RELOADING=1\nMONOTONIC_USEC=12345");
	(void)notice(run, 4300, "READY=1");
	(void)notice(run, 5200, "STOPPING=1");
	return run;
}

START_TEST(notifies)
{
	struct evidence *run = notified(EV_NOTIFY_PATH);

	assert_judged("ready.notify", VERDICT_PASS);
	assert_seen("READY=1 2.0 ms after the start from 7 through a socket with a path; not judged: not seen");
	(void)notified(EV_NOTIFY_ABSTRACT);
	assert_judged("ready.notify", VERDICT_PASS);
	assert_seen("from 7 through an abstract socket");
	run->n_processes = 0;
	assert_judged("ready.notify", VERDICT_FAIL);
	assert_seen("the start: failed with NOTIFY_SOCKET set: nothing of it was left running");
	run->n_processes = 2;
	world.evidence.declared.notify = false;
	assert_judged("ready.notify", VERDICT_SKIP);
	assert_judged("ready.notify-states", VERDICT_SKIP);
	assert_seen("it is not declared to notify");
}
END_TEST

START_TEST(notifies_wrongly)
{
	struct evidence *run = notified(EV_NOTIFY_ABSTRACT);
	struct ev_notice *ready = &run->notices[0];

	ready->listening = false;
	assert_culprit("ready.notify", 0, "came",
	               "before it listened, 2.0 ms after the start, through an abstract socket");
	world.evidence.n_listeners = 0; /* it serves nobody */
	assert_judged("ready.notify", VERDICT_PASS);
	ready->pid = WORKER;
	assert_culprit("ready.notify", 0, "from", "exampled (9), not the main process 7, through an abstract socket");
	ready->pid = 0; /* gone before it could be looked up */
	assert_judged("ready.notify", VERDICT_PASS);
	run->notices[1] = (struct ev_notice){.at_us = 3000, .pid = MASTER, .text = TEXT("READY=1"), .size = 7};
	assert_culprit("ready.notify", 0, "sent", "2 times for one start, through an abstract socket");
	run->notices[0].size = run->notices[1].size = 5;
	assert_culprit("ready.notify", 0, "missing", "among 4 notices, through an abstract socket");
	ck_assert(!world.finding.may_change);
}
END_TEST

/* The started process may speak for the one that it names. */
START_TEST(launcher_notifies)
{
	struct ev_notice *ready = &notified(EV_NOTIFY_PATH)->notices[0];

	ready->pid = LAUNCHER;
	assert_judged("ready.notify", VERDICT_FAIL);
	assert_seen("from a process that had ended (3), not the main process 7");
	ready->text = TEXT("READY=1\nMAINPID=7");
	ready->size = strlen(ready->text);
	assert_judged("ready.notify", VERDICT_PASS);
	ready->text = TEXT("READY=1\nMAINPID=9");
	assert_judged("ready.notify", VERDICT_FAIL);
}
END_TEST

/* Whole lines count, and only they. */
START_TEST(lines)
{
	static const struct {
		const char *text;
		size_t size;
		enum verdict verdict;
	} rows[] = {
	    {"READY=1", 7, VERDICT_PASS},
	    {"READY=1\0", 8, VERDICT_PASS},
	    {"A=b\r\nREADY=1\r\n", 14, VERDICT_PASS},
	    {"READY=11", 8, VERDICT_FAIL},
	    {"XREADY=1", 8, VERDICT_FAIL},
	    {"READY=1\0READY=2", 15, VERDICT_FAIL},
	    {"READY=1 ", 8, VERDICT_FAIL},
	    {"\n\n\n", 3, VERDICT_FAIL},
	    {"", 0, VERDICT_FAIL},
	    {"\0\0\0", 3, VERDICT_FAIL},
	    {"\xff\nREADY=1\n\xff", 11, VERDICT_PASS},
	    {NULL, 7, VERDICT_FAIL},
	};
	struct ev_notice *ready = &notified(EV_NOTIFY_PATH)->notices[0];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ready->text = TEXT(rows[i].text);
		ready->size = rows[i].size;
		ck_assert_msg(judge("ready.notify") == rows[i].verdict, "row %zu: %s", i, world.finding.seen);
	}
}
END_TEST

START_TEST(tells_its_states)
{
	struct evidence *run = notified(EV_NOTIFY_PATH);

	assert_judged("ready.notify-states", VERDICT_PASS);
	assert_seen("STOPPING=1 0.2 ms after TERM; RELOADING=1 and READY=1 0.3 ms after HUP");
	run->notices[3].size = 4;
	assert_culprit("ready.notify-states", 0, "missing", "after TERM");
	ck_assert_str_eq(world.finding.culprits[0].name, "STOPPING=1");
	run->notices[3].size = 10;
	run->notices[1].text = TEXT("RELOADING=1\nMONOTONIC_USEC=12x45");
	assert_culprit("ready.notify-states", 0, "missing", "in the notice with RELOADING=1");
	run->notices[1].text = TEXT("RELOADING=2\nMONOTONIC_USEC=12345");
	assert_culprit("ready.notify-states", 0, "missing", "after HUP");
	run->notices[1].text = TEXT("RELOADING=1\nMONOTONIC_USEC=12345");
	run->notices[2].at_us = 6000; /* not any more */
	assert_culprit("ready.notify-states", 0, "missing", "after RELOADING=1");
	run->steps[1].error_number = EPERM;
	assert_judged("ready.notify-states", VERDICT_BROKEN);
	world.evidence.declared.reload_signal = 0;
	run->steps[1] = run->steps[2];
	run->n_steps = 2;
	assert_judged("ready.notify-states", VERDICT_PASS);
	run->n_steps = 1;
	assert_judged("ready.notify-states", VERDICT_BROKEN);
}
END_TEST

START_TEST(watchdog)
{
	struct evidence *run = notified(EV_NOTIFY_PATH);

	world.evidence.declared.watchdog_us = 4000;
	assert_judged("ready.notify-states", VERDICT_PASS);
	assert_seen("not judged: 3.0 ms after READY=1, when it was stopped, no WATCHDOG=1 was due");
	world.evidence.declared.watchdog_us = 2500;
	assert_culprit("ready.notify-states", 0, "missing", "for 3.0 ms, with 2.5 ms declared");
	run->notices[1].text = TEXT("RELOADING=1\nMONOTONIC_USEC=1\nWATCHDOG=1");
	run->notices[1].size = strlen(run->notices[1].text);
	assert_judged("ready.notify-states", VERDICT_PASS);
	assert_seen("WATCHDOG=1 1 times, never 2.5 ms without");
	world.evidence.declared.watchdog_us = 2000;
	assert_culprit("ready.notify-states", 0, "missing", "for 2.1 ms, with 2.0 ms declared");
	run->notices[1].starved_us = 100; /* it got no processor for so long */
	run->steps[2].starved_us = 100;
	assert_judged("ready.notify-states", VERDICT_PASS);
}
END_TEST

START_TEST(newline)
{
	struct evidence *run;

	assert_judged("ready.s6", VERDICT_SKIP);
	assert_seen("it is not declared to write a readiness newline");
	world.evidence.declared.s6 = 5;
	run = world_run(EV_SCENARIO_S6, 0);
	run->s6_newline_us = 1800;
	run->s6_eof_us = 1900;
	assert_judged("ready.s6", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "a newline after 1.8 ms, closed after 1.9 ms");
	run->s6_eof_us = 0;
	assert_culprit("ready.s6", 0, "open", "still 2.5 ms after the start; the newline came after 1.8 ms");
	ck_assert_str_eq(world.finding.culprits[0].name, "descriptor 5");
	(void)world_step(run, EV_STEP_WAIT, 0);
	run->s6_newline_us = 0;
	assert_culprit("ready.s6", 0, "silent", "no newline in 3.5 ms");
	run->s6_eof_us = 1900;
	assert_culprit("ready.s6", 0, "closed", "without a newline, 1.9 ms after the start");
	run->n_processes = 0;
	assert_judged("ready.s6", VERDICT_FAIL);
	assert_seen("the start: failed with a readiness descriptor: nothing of it was left running");
}
END_TEST

/* The started process is the daemon, and as it was started. */
static void in_the_foreground(void)
{
	world.profile.style = PROFILE_STAYS;
	world.evidence.launch.outcome = EV_STAYED;
	world.evidence.launch.pid = MASTER;
	master()->session = LEADER;
	master()->cwd_file = world.evidence.start.directory_file;
	master()->cwd = world.evidence.start.directory;
	world_fd(master(), 2)->file = file_launch_terminal();
	all_gone(signalled(EV_SCENARIO_STOP, 0, SIGTERM));
}

START_TEST(foreground)
{
	assert_judged("ready.foreground", VERDICT_SKIP);
	in_the_foreground();
	assert_judged("ready.foreground", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "the started process 7 stayed as it was started");
	ended(&world.runs[0], MASTER, 0, 5000);
	assert_judged("ready.foreground", VERDICT_PASS);
	assert_seen("; after TERM it ended with exit status 0");
	world.exits[0].status = 1 << 8;
	assert_culprit("ready.foreground", MASTER, "ended", "with exit status 1, 2.0 ms after TERM");
	world.evidence.declared.stop_status = 1;
	assert_judged("ready.foreground", VERDICT_PASS);
	world.runs[0].state = EV_RUN_FAILED;
	assert_judged("ready.foreground", VERDICT_BROKEN);
	world.evidence.n_runs = 0;
	assert_judged("ready.foreground", VERDICT_PASS);
	assert_seen("not judged: not seen");
}
END_TEST

START_TEST(leaves_the_foreground)
{
	in_the_foreground();
	master()->session = SESSION;
	assert_culprit("ready.foreground", MASTER, "session", "4, its own setsid: it was started in 2");
	master()->session = LEADER;
	master()->cwd_file = worker()->cwd_file;
	master()->cwd = TEXT("/");
	assert_culprit("ready.foreground", MASTER, "cwd", "/, its own chdir: it was started in /start");
	master()->cwd_file.known = false;
	assert_judged("ready.foreground", VERDICT_PASS);
	(void)world_fd(master(), 2);
	assert_culprit("ready.foreground", MASTER, "fd 2", "/dev/null, not the standard error that it was given");
	world_fd_close(master(), 2);
	assert_culprit("ready.foreground", MASTER, "fd 2", "closed, not the standard error that it was given");
	master()->fds_known = false;
	assert_judged("ready.foreground", VERDICT_PASS);
	set_pidfile(&world.evidence.pidfile.settled, "9\n");
	assert_culprit("ready.foreground", WORKER, "main process", "9, but 7 was started");
	world.evidence.launch.outcome = EV_RETURNED;
	assert_culprit("ready.foreground", 0, "returned", "after 1.5 ms: it ended with exit status 0");
}
END_TEST

/* A socket was passed, is held by the worker, and a client's request was answered. */
static struct evidence *passed(void)
{
	struct ev_fd *fd = world_fd(worker(), 3);
	struct evidence *run;
	struct ev_step *reply;

	world.evidence.declared.sockets = true;
	fd->target = TEXT("socket:[4242]");
	fd->file = file_of(S_IFSOCK | 0777, 8, SOCKET_INODE);
	world_listener(EV_SOCKET_TCP, "127.0.0.1:4000")->inode = SOCKET_INODE;
	run = world_run(EV_SCENARIO_LISTEN_FDS, 0);
	run->start.socket = SOCKET_INODE;
	run->start.socket_address = TEXT("127.0.0.1:4000");
	(void)world_step(run, EV_STEP_CONNECT, 0);
	reply = world_step(run, EV_STEP_FINISH, 0);
	reply->reply = TEXT("hello");
	reply->reply_kept = reply->reply_total = 5;
	return run;
}

START_TEST(passed_socket)
{
	struct evidence *run;

	assert_judged("ready.socket-activation", VERDICT_SKIP);
	run = passed();
	assert_judged("ready.socket-activation", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen,
	                 "exampled (9) holds 127.0.0.1:4000, which listens; a request was answered");
	run->n_steps = 1;
	assert_judged("ready.socket-activation", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "exampled (9) holds 127.0.0.1:4000, which listens");
	run->n_steps = 0;
	assert_judged("ready.socket-activation", VERDICT_BROKEN);
	run->start.socket = 0;
	assert_judged("ready.socket-activation", VERDICT_BROKEN);
	run->n_processes = 0;
	assert_judged("ready.socket-activation", VERDICT_FAIL);
	assert_seen("the start: failed with a passed socket: nothing of it was left running");
}
END_TEST

START_TEST(passed_socket_is_not_served)
{
	struct evidence *run = passed();

	run->steps[1].reset = true;
	assert_culprit("ready.socket-activation", 0, "request", "broken off, 5 bytes came");
	run->steps[1].reset = false;
	world.evidence.declared.request_expect = TEXT("bye");
	assert_culprit("ready.socket-activation", 0, "request", "not answered as declared, 5 bytes came");
	run->steps[1].reply_total = 9000;
	assert_judged("ready.socket-activation", VERDICT_SKIP);
	run->steps[0].error_number = ECONNREFUSED;
	assert_culprit("ready.socket-activation", 0, "refused", "a client: Connection refused");
	run->n_listeners = 1;
	assert_culprit("ready.socket-activation", WORKER, "socket", "127.0.0.1:4000, passed, listens no more");
	run_process(run, WORKER)->n_fds = 3;
	assert_culprit("ready.socket-activation", 0, "closed", "no process holds the passed socket");
	ck_assert_str_eq(world.finding.culprits[0].name, "127.0.0.1:4000");
	run_process(run, MASTER)->fds_known = false;
	assert_judged("ready.socket-activation", VERDICT_SKIP);
}
END_TEST

static const struct needed NEEDED[] = {
    {"ready.notify", EV_SCENARIO_NOTIFY, EV_NOTIFY_PATH},
    {"ready.notify-states", EV_SCENARIO_NOTIFY, EV_NOTIFY_PATH},
    {"ready.s6", EV_SCENARIO_S6, 0},
    {"ready.socket-activation", EV_SCENARIO_LISTEN_FDS, 0},
};
enum { N_NEEDED = sizeof(NEEDED) / sizeof(NEEDED[0]) };

static void declare_all(void)
{
	world.evidence.declared.notify = world.evidence.declared.sockets = true;
	world.evidence.declared.s6 = 3;
	world.evidence.declared.watchdog_us = 1;
}

START_TEST(not_done)
{
	declare_all();
	assert_needs(&NEEDED[_i]);
}
END_TEST

START_TEST(nonsense)
{
	struct ev_notice broken = {.at_us = INT64_MAX, .pid = -1, .size = 100};

	declare_all();
	judge_nonsense(&NEEDED[_i]);
	world.runs[0].notices = &broken;
	world.runs[0].n_notices = 1;
	world.runs[0].n_processes = 1;
	ck_assert_int_ne(judge(NEEDED[_i].id), VERDICT_PASS);
}
END_TEST

Suite *probes_ready_suite(void)
{
	const TTest *tests[] = {
	    notifies, notifies_wrongly, launcher_notifies,     lines,         tells_its_states,           watchdog,
	    newline,  foreground,       leaves_the_foreground, passed_socket, passed_socket_is_not_served};
	const TTest *loops[] = {not_done, nonsense};

	return declared_suite("probes: ready", tests, sizeof(tests) / sizeof(tests[0]), loops,
	                      sizeof(loops) / sizeof(loops[0]), N_NEEDED);
}
