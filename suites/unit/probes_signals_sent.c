/* The signals.* probes of further launches, the second half: what other signals, a client and a child can do. */
#include "probes_declared.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

enum { LOG_INODE = 8000 };

START_TEST(keyboard_signals)
{
	struct ev_step *one = signalled(EV_SCENARIO_SIGNAL, SIGINT, SIGINT);
	struct ev_step *two = signalled(EV_SCENARIO_SIGNAL, SIGQUIT, SIGQUIT);

	all_gone(one);
	assert_judged("signals.int-quit", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "INT stops it: all gone after 2.0 ms; QUIT: the main process 7 lives on");
	declare_effect(SIGINT, EV_EFFECT_LIVES);
	ended(&world.runs[0], MASTER, SIGINT, one->at_us + 500);
	assert_culprit("signals.int-quit", MASTER, "killed", "by signal INT, 0.5 ms after INT");
	declare_effect(SIGQUIT, EV_EFFECT_STOPS);
	looked(two, BOUND_US, true);
	assert_judged("signals.int-quit", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.expected, "INT stops all of it, or leaves the main process alive; QUIT stops "
	                                         "all of it, as declared");
	lose(two, WORKER);
	assert_culprit("signals.int-quit", MASTER, "alive", "10.00 s after QUIT, declared to stop it");
	/* It may need longer than was waited, but not where it does not hear it. */
	looked(two, SECOND_US, true);
	assert_judged("signals.int-quit", VERDICT_PASS);
	assert_seen("not judged: 1.00 s after QUIT some of it was still there, but it may take 10.00 s");
	step_process(two, MASTER)->ignored = BIT(SIGQUIT);
	assert_culprit("signals.int-quit", MASTER, "alive", "1.00 s after QUIT, which it ignores, declared to stop it");
	step_process(two, MASTER)->pid = WORKER; /* the main process is gone, and the others wait */
	assert_culprit("signals.int-quit", WORKER, "alive", "1.00 s after QUIT, which it ignores, declared to stop it");
	step_process(two, WORKER)->pid = MASTER;
	world.evidence.declared.n_effects = 0;
	two->after.settled = false;
	assert_judged("signals.int-quit", VERDICT_PASS);
	assert_seen("not judged: it had not come to rest 1.00 s after QUIT");
}
END_TEST

START_TEST(half_gone)
{
	struct ev_step *step = signalled(EV_SCENARIO_SIGNAL, SIGINT, SIGINT);

	looked(step, SECOND_US, true);
	lose(step, MASTER);
	assert_culprit("signals.int-quit", WORKER, "alive", "1.00 s after INT, without the main process 7");
	/* The others may not have noticed yet. */
	world.evidence.settle.patience_us = 2 * SECOND_US;
	assert_judged("signals.int-quit", VERDICT_SKIP);
	assert_seen("1.00 s after INT some of it was still there, but it may take 10.00 s");
	looked(step, BOUND_US, false);
	assert_judged("signals.int-quit", VERDICT_FAIL);
}
END_TEST

START_TEST(hangup_signal)
{
	struct ev_step *step = signalled(EV_SCENARIO_SIGNAL, SIGHUP, SIGHUP);

	assert_judged("signals.hup", VERDICT_PASS);
	assert_seen("HUP: the main process 7 lives on");
	lose(step, WORKER); /* children may be replaced */
	assert_judged("signals.hup", VERDICT_PASS);
	step_process(step, MASTER)->start_ticks++;
	assert_judged("signals.hup", VERDICT_FAIL);
	all_gone(step);
	assert_judged("signals.hup", VERDICT_PASS);
	assert_seen("HUP stops it: all gone after 2.0 ms");
	world.evidence.declared.reload_signal = SIGHUP;
	assert_culprit("signals.hup", MASTER, "gone", "0.5 ms after HUP");
	declare_effect(SIGHUP, EV_EFFECT_STOPS);
	assert_judged("signals.hup", VERDICT_PASS);
}
END_TEST

START_TEST(comes_back_under_another_pid)
{
	struct ev_step *step = signalled(EV_SCENARIO_SIGNAL, SIGHUP, SIGHUP);

	lose(step, WORKER);
	step_process(step, MASTER)->pid = 20;
	assert_culprit("signals.hup", 20, "alive", "0.5 ms after HUP, without the main process 7");
	set_pidfile(&step->after.pidfile, "20\n");
	assert_judged("signals.hup", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "HUP: it came back as process 20, which the pid file names");
	declare_effect(SIGHUP, EV_EFFECT_LIVES);
	ended(&world.runs[0], MASTER, 0, step->at_us + 300);
	assert_culprit("signals.hup", MASTER, "ended", "with exit status 0, 0.3 ms after HUP; it came back as 20");
}
END_TEST

START_TEST(reload_signal)
{
	struct ev_step *step;

	(void)signalled(EV_SCENARIO_SIGNAL, SIGHUP, SIGHUP);
	world.evidence.declared.reload_signal = SIGUSR2;
	assert_judged("signals.hup", VERDICT_PASS);
	assert_seen("not judged: not seen");
	step = signalled(EV_SCENARIO_SIGNAL, SIGUSR2, SIGUSR2);
	assert_judged("signals.hup", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "HUP: the main process 7 lives on; USR2: the main process 7 lives on");
	ended(&world.runs[1], MASTER, SIGUSR2, step->at_us + 300);
	lose(step, MASTER);
	assert_culprit("signals.hup", MASTER, "killed", "by signal USR2, 0.3 ms after USR2");
	ck_assert_str_eq(world.finding.expected, "after HUP the same main process lives, or all of it is gone; after "
	                                         "the reload signal, USR2, the same main process lives");
}
END_TEST

START_TEST(broken_configuration)
{
	struct evidence *run = world_run(EV_SCENARIO_BAD_CONFIG, 0);
	struct ev_step *broken = world_step(run, EV_STEP_WRITE, 0), *step = world_step(run, EV_STEP_SIGNAL, SIGHUP);

	assert_judged("signals.hup-bad-config", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "the main process 7 lives, 0.5 ms after HUP with a broken configuration");
	lose(step, MASTER);
	assert_culprit("signals.hup-bad-config", MASTER, "gone", "0.5 ms after HUP with a broken configuration");
	ended(run, MASTER, 2 << 8, step->at_us + 100);
	assert_culprit("signals.hup-bad-config", MASTER, "ended",
	               "with exit status 2, 0.1 ms after HUP with a broken configuration");
	broken->error_number = EACCES;
	assert_judged("signals.hup-bad-config", VERDICT_BROKEN);
	assert_seen("the broken configuration could not be written: Permission denied");
}
END_TEST

static struct ev_file log_file(uint64_t inode)
{
	return file_of(S_IFREG | 0640, 1, inode);
}

/* The worker has the log open; it was renamed, and everybody has opened it anew. */
static struct ev_step *reopened(void)
{
	struct ev_fd *fd = world_fd(worker(), 5);
	struct ev_step *step;

	world.evidence.declared.log = fd->target = TEXT("/var/log/x.log");
	world.evidence.declared.log_signal = SIGUSR1;
	fd->file = log_file(LOG_INODE);
	(void)world_step(world_run(EV_SCENARIO_LOG_REOPEN, 0), EV_STEP_RENAME, 0);
	step = world_step(&world.runs[0], EV_STEP_SIGNAL, SIGUSR1);
	step->after.log = log_file(LOG_INODE + 1);
	step_process(step, WORKER)->fds[3].file = step->after.log;
	return step;
}

START_TEST(log_is_reopened)
{
	struct ev_step *step = reopened();

	assert_judged("signals.log-reopen", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen,
	                 "/var/log/x.log is a new file 0.5 ms after USR1, and nobody holds the old one");
	step_process(step, WORKER)->fds[3].file = log_file(LOG_INODE);
	step_process(step, WORKER)->fds[3].target = TEXT("/var/log/x.log.1");
	assert_culprit("signals.log-reopen", WORKER, "fd 5",
	               "still the renamed log, /var/log/x.log.1, 0.5 ms after USR1");
	step_process(step, WORKER)->n_fds = 3;
	step->after.log.known = false;
	assert_culprit("signals.log-reopen", 0, "is", "not there 0.5 ms after USR1: no new file was made");
	step->after.log = log_file(LOG_INODE);
	assert_culprit("signals.log-reopen", 0, "is", "the old file again 0.5 ms after USR1");
	lose(step, MASTER);
	assert_culprit("signals.log-reopen", MASTER, "gone", "0.5 ms after USR1");
	world.steps[0][0].error_number = ENOENT;
	assert_judged("signals.log-reopen", VERDICT_SKIP);
	assert_seen("the log could not be renamed: No such file or directory");
}
END_TEST

/* Who opens the log for each line may have had nothing to say. */
START_TEST(log_is_not_held)
{
	struct ev_step *step = reopened();

	run_process(&world.runs[0], WORKER)->n_fds = 3;
	assert_judged("signals.log-reopen", VERDICT_PASS);
	step->after.log.known = false;
	assert_judged("signals.log-reopen", VERDICT_SKIP);
	assert_seen("no process held /var/log/x.log open, and none made it anew");
}
END_TEST

/* Without a request it stops, and one in flight was finished. */
static struct ev_step *drained(void)
{
	struct evidence *run;
	struct ev_step *reply;

	all_gone(signalled(EV_SCENARIO_STOP, 0, SIGTERM));
	run = world_run(EV_SCENARIO_DRAIN, SIGTERM);
	world.evidence.declared.request_expect = TEXT("200 OK");
	(void)world_step(run, EV_STEP_CONNECT, 0);
	(void)world_step(run, EV_STEP_SEND, 0);
	(void)world_step(run, EV_STEP_SIGNAL, SIGTERM);
	reply = world_step(run, EV_STEP_FINISH, 0);
	reply->reply = TEXT("\0 HTTP/1.1 200 OK");
	reply->reply_kept = reply->reply_total = 17;
	reply->done_us = reply->at_us + 500;
	all_gone(world_step(run, EV_STEP_WAIT, 0));
	return reply;
}

START_TEST(drains)
{
	struct ev_step *reply = drained(), *end = reply + 1;

	assert_judged("signals.drains", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "TERM: the reply came, 17 bytes, and all was gone after 4.0 ms");
	world.evidence.declared.request_expect = NULL;
	assert_judged("signals.drains", VERDICT_PASS);
	*end = *world_step(&world.runs[1], EV_STEP_WAIT, 0);
	world.runs[1].n_steps--;
	end->after.at_us = reply->at_us + BOUND_US;
	lose(end, WORKER);
	assert_culprit("signals.drains", MASTER, "alive", "10.00 s after TERM, with a request in flight");
	/* It is not the request that holds it where it does not stop without one. */
	world.runs[0].state = EV_RUN_FAILED;
	assert_judged("signals.drains", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen,
	                 "TERM: the reply came, 17 bytes; it had not ended 10.00 s after the signal");
	reply->reply_kept = reply->reply_total = 0;
	reply->done_us = 0;
	assert_judged("signals.drains", VERDICT_SKIP);
	assert_seen("10.00 s after TERM neither a reply nor its end had come");
}
END_TEST

START_TEST(does_not_drain)
{
	struct ev_step *reply = drained();

	world.evidence.declared.request_expect = TEXT("404");
	assert_culprit("signals.drains", 0, "with TERM",
	               "the reply lacked what is declared 1.5 ms later, 17 bytes had come");
	reply->reset = true;
	assert_culprit("signals.drains", 0, "with TERM", "the connection was broken 1.5 ms later, 17 bytes had come");
	reply->reset = false;
	reply->reply_total = 9000;
	assert_judged("signals.drains", VERDICT_SKIP);
	reply->reply = NULL;
	reply->reply_kept = reply->reply_total = 0;
	assert_culprit("signals.drains", 0, "with TERM",
	               "the connection was closed without a reply 1.5 ms later, 0 bytes had come");
	reply->done_us = 0;
	assert_judged("signals.drains", VERDICT_FAIL);
	assert_seen("no reply came");
	world.steps[1][0].error_number = ECONNREFUSED;
	assert_judged("signals.drains", VERDICT_SKIP);
	assert_seen("Connection refused");
	world.runs[1].n_steps = 2;
	world.steps[1][0].error_number = 0;
	assert_judged("signals.drains", VERDICT_BROKEN);
}
END_TEST

START_TEST(client_breaks_off)
{
	struct evidence *run = world_run(EV_SCENARIO_CLIENT_BREAKS, 0);
	struct ev_step *connected = world_step(run, EV_STEP_CONNECT, 0), *step = world_step(run, EV_STEP_BREAK, 0);

	assert_judged("signals.pipe", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "the main process 7 lives after a client broke off without a word");
	lose(step, WORKER);
	assert_judged("signals.pipe", VERDICT_PASS);
	step->after.n_listeners = 0;
	assert_culprit("signals.pipe", 0, "listened", "no more 0.5 ms after a client broke off");
	ck_assert_str_eq(world.finding.culprits[0].name, "127.0.0.1:80");
	step_process(step, MASTER)->fds_known = false;
	assert_judged("signals.pipe", VERDICT_PASS);
	lose(step, MASTER);
	ended(run, MASTER, SIGPIPE, step->at_us + 200);
	assert_culprit("signals.pipe", MASTER, "killed", "by signal PIPE, 0.2 ms after a client broke off");
	connected->error_number = ECONNREFUSED;
	assert_judged("signals.pipe", VERDICT_SKIP);
	assert_seen("Connection refused");
}
END_TEST

START_TEST(zombies)
{
	struct ev_step *step = signalled(EV_SCENARIO_WORKER_KILLED, 0, SIGKILL);

	step->pid = WORKER;
	assert_judged("signals.reaps", VERDICT_PASS);
	assert_seen("no zombie after its child 9 was killed");
	make_zombie(step_process(step, WORKER));
	assert_culprit("signals.reaps", WORKER, "zombie", "child of exampled (7), after a child was killed");
	step_process(step, WORKER)->parent = 1; /* init's affair */
	assert_judged("signals.reaps", VERDICT_PASS);
	make_zombie(worker());
	assert_culprit("signals.reaps", WORKER, "zombie", "child of exampled (7), in the clean launch");
	/* It may be on the way to wait for it. */
	ck_assert(world.finding.may_change);
}
END_TEST

START_TEST(workers)
{
	struct ev_step *step;

	(void)world_process(10, MASTER);
	step = signalled(EV_SCENARIO_WORKER_KILLED, 0, SIGKILL);
	step->pid = WORKER;
	world.evidence.declared.workers = 2;
	step_process(step, WORKER)->pid = 12;
	assert_judged("signals.reaps", VERDICT_PASS);
	assert_seen("2 workers as before, 0.5 ms after 9 was killed");
	lose(step, 12);
	assert_culprit("signals.reaps", 0, "alive", "1 of 2, 0.5 ms after 9 was killed");
	world.evidence.declared.worker = TEXT("exampled");
	assert_culprit("signals.reaps", 0, "alive", "1 of 2, 0.5 ms after 9 was killed");
	world.evidence.declared.worker = NULL;
	world.evidence.declared.workers = -1;
	assert_judged("signals.reaps", VERDICT_PASS);
}
END_TEST

START_TEST(stopped_and_continued)
{
	struct ev_step *stopped = signalled(EV_SCENARIO_SIGNAL, SIGSTOP, SIGSTOP);
	struct ev_step *step = world_step(&world.runs[0], EV_STEP_SIGNAL, SIGCONT);

	step_process(stopped, MASTER)->state = 'T';
	assert_judged("signals.stop-cont", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "the main process 7 goes on, 0.5 ms after CONT");
	step->after.n_listeners = 0;
	assert_culprit("signals.stop-cont", 0, "listened", "no more 0.5 ms after STOP and CONT");
	step_process(step, MASTER)->state = 'T';
	assert_culprit("signals.stop-cont", MASTER, "stopped", "still, 0.5 ms after CONT");
	lose(step, MASTER);
	assert_culprit("signals.stop-cont", MASTER, "gone", "0.5 ms after STOP and CONT");
	world.runs[0].n_steps = 1;
	assert_judged("signals.stop-cont", VERDICT_BROKEN);
}
END_TEST

Suite *probes_signals_sent_suite(void)
{
	const TTest *tests[] = {keyboard_signals,
	                        half_gone,
	                        hangup_signal,
	                        comes_back_under_another_pid,
	                        reload_signal,
	                        broken_configuration,
	                        log_is_reopened,
	                        log_is_not_held,
	                        drains,
	                        does_not_drain,
	                        client_breaks_off,
	                        zombies,
	                        workers,
	                        stopped_and_continued};

	return declared_suite("probes: signals sent", tests, sizeof(tests) / sizeof(tests[0]), NULL, 0, 0);
}
