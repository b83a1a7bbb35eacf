/* The fds.* probes of further launches. */
#include "probes_build.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static struct ev_pipe pipes[2];

/* The launch with pipes; both came to their end 0.5 ms after the started process. */
static struct evidence *with_pipes(void)
{
	struct evidence *run = world_run(EV_SCENARIO_PIPES, 0);

	pipes[0] = (struct ev_pipe){.number = 1, .eof_us = 1200};
	pipes[1] = (struct ev_pipe){.number = 2, .eof_us = 2000};
	run->launch.pipes = pipes;
	run->launch.n_pipes = 2;
	return run;
}

static struct ev_fd *fd_of(struct ev_process *process, int number)
{
	struct ev_fd *fd = (struct ev_fd *)(uintptr_t)evidence_fd(process, number);

	ck_assert_ptr_nonnull(fd);
	return fd;
}

static void make(struct ev_fd *fd, const char *target, uint32_t mode, uint64_t inode)
{
	fd->target = TEXT(target);
	fd->file = file_of(mode, 1, inode);
	fd->flags = O_RDWR;
}

START_TEST(pipes_ended)
{
	(void)with_pipes();
	assert_judged("fds.no-caller-pipe", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "its output came to its end 0.5 ms after the started process");
	pipes[1].eof_us = 1500;
	assert_judged("fds.no-caller-pipe", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "its output came to its end before the started process ended");
	pipes[1].eof_us = 5001500;
	assert_judged("fds.no-caller-pipe", VERDICT_PASS);
	assert_seen("5.00 s after");
}
END_TEST

START_TEST(pipe_kept)
{
	struct ev_fd *fd = fd_of(run_process(with_pipes(), WORKER), 2);

	fd->planted = 2;
	pipes[1].eof_us = -1;
	assert_culprit("fds.no-caller-pipe", WORKER, "fd 2", "the caller's standard error, a pipe");
	ck_assert_str_eq(world.finding.seen,
	                 "exampled (9): fd 2 the caller's standard error, a pipe: who reads the output of its start "
	                 "waits for as long as it runs; dup2() /dev/null over it");
	ck_assert(!world.finding.may_change);
	fd->number = 5;
	fd->planted = 1;
	assert_culprit("fds.no-caller-pipe", WORKER, "fd 5", "the caller's standard output, a pipe");
	assert_seen("; close it");
	fd->flags = O_PATH;
	pipes[1].eof_us = 1200;
	assert_judged("fds.no-caller-pipe", VERDICT_PASS);
}
END_TEST

START_TEST(pipe_without_an_end)
{
	struct evidence *run = with_pipes();

	pipes[0].eof_us = -1;
	assert_judged("fds.no-caller-pipe", VERDICT_BROKEN);
	run_process(run, WORKER)->fds_known = false;
	assert_judged("fds.no-caller-pipe", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen, "the end of file of its standard output did not come: exampled (9), whose "
	                                     "descriptors cannot be read, keeps it");
	run->launch.n_pipes = 0;
	assert_judged("fds.no-caller-pipe", VERDICT_BROKEN);
	run->launch.outcome = EV_STAYED;
	assert_judged("fds.no-caller-pipe", VERDICT_SKIP);
	assert_seen("did not return");
}
END_TEST

START_TEST(terminal_kept)
{
	struct ev_fd *fd = world_fd(worker(), 5);

	fd->file = file_launch_terminal();
	fd->target = TEXT("/dev/pts/0");
	assert_culprit("fds.no-caller-pipe", WORKER, "fd 5", "/dev/pts/0, the caller's terminal");
	ck_assert(world.finding.may_change);
	(void)with_pipes();
	world.runs[0].processes[1].fds[3].file = file_device(1, 3);
	assert_culprit("fds.no-caller-pipe", WORKER, "fd 5", "/dev/pts/0, the caller's terminal");
	ck_assert(!world.finding.may_change);
	world.runs[0].state = EV_RUN_FAILED;
	assert_judged("fds.no-caller-pipe", VERDICT_FAIL);
	fd->file.device++;
	assert_judged("fds.no-caller-pipe", VERDICT_BROKEN);
}
END_TEST

START_TEST(pipes_of_no_interest)
{
	assert_judged("fds.no-caller-pipe", VERDICT_SKIP);
	world_fd(master(), 2)->file = file_launch_terminal();
	world.profile.stdio |= STDIO_TERMINAL;
	assert_judged("fds.no-caller-pipe", VERDICT_SKIP);
	world.profile.stdio = STDIO_NULL;
	world.evidence.launch.outcome = EV_STAYED;
	assert_judged("fds.no-caller-pipe", VERDICT_SKIP);
	assert_seen("it stays in the foreground");
}
END_TEST

START_TEST(passed_socket)
{
	struct evidence *run = world_run(EV_SCENARIO_LISTEN_FDS, 0);

	assert_judged("fds.keeps-passed", VERDICT_BROKEN);
	run->start.socket = 4711;
	run->start.socket_address = TEXT("127.0.0.1:8080");
	assert_judged("fds.keeps-passed", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen,
	                 "the socket that was passed as descriptor 3, 127.0.0.1:8080, is closed in every process");
	make(fd_of(run_process(run, WORKER), 2), "/x", S_IFREG | 0600, 4711);
	assert_judged("fds.keeps-passed", VERDICT_FAIL);
	make(fd_of(run_process(run, WORKER), 2), "socket:[4711]", S_IFSOCK | 0777, 4711);
	assert_judged("fds.keeps-passed", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "exampled (9) holds 127.0.0.1:8080 as fd 2");
	run->start.socket++;
	run_process(run, MASTER)->fds_known = false;
	assert_judged("fds.keeps-passed", VERDICT_SKIP);
	run->n_processes = 0;
	assert_judged("fds.keeps-passed", VERDICT_SKIP);
	assert_seen("does not start as usual");
}
END_TEST

START_TEST(nothing_passed)
{
	assert_judged("fds.keeps-passed", VERDICT_SKIP);
	ck_assert_str_eq(world.finding.seen, "it is not declared to take sockets");
	world.evidence.declared.sockets = true;
	assert_judged("fds.keeps-passed", VERDICT_SKIP);
	ck_assert_str_eq(world.finding.seen, "not seen: there was no launch 'listen-fds'");
	(void)world_run_not(EV_SCENARIO_LISTEN_FDS, 0, EV_RUN_FAILED, "no socket");
	assert_judged("fds.keeps-passed", VERDICT_BROKEN);
}
END_TEST

START_TEST(closed_and_right)
{
	make(world_fd(master(), 2), "/var/log/exampled.123.log", S_IFREG | 0640, 600);
	for (int set = 1; set <= 7; set++)
		(void)world_run(EV_SCENARIO_CLOSED, set);
	fd_of(run_process(&world.runs[3], MASTER), 2)->target = TEXT("/var/log/exampled.4.log");
	assert_judged("fds.closed-at-start", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "7 starts went as usual, and nothing of its own is on them");
	world.runs[5].state = EV_RUN_FAILED;
	assert_judged("fds.closed-at-start", VERDICT_BROKEN);
}
END_TEST

START_TEST(closed_and_fallen_in)
{
	struct evidence *run = world_run(EV_SCENARIO_CLOSED, 5);
	struct ev_fd *fd = fd_of(run_process(run, WORKER), 2);

	make(fd, "socket:[777]", S_IFSOCK | 0777, 777);
	assert_culprit("fds.closed-at-start", WORKER, "fd 2", "socket:[777], a socket (started with 0 and 2 closed)");
	ck_assert(!world.finding.may_change);
	make(fd, "/var/lib/exampled.db", S_IFREG | 0644, 700);
	assert_culprit("fds.closed-at-start", WORKER, "fd 2",
	               "/var/lib/exampled.db, a file that it writes (started with 0 and 2 closed)");
	fd->flags = O_RDONLY;
	assert_judged("fds.closed-at-start", VERDICT_PASS);
	fd->locked = true;
	assert_judged("fds.closed-at-start", VERDICT_FAIL);
	assert_seen("a locked file");
	fd->locked = false;
	fd->file = world.evidence.pidfile.settled.file;
	assert_judged("fds.closed-at-start", VERDICT_FAIL);
	assert_seen("the pid file");
	fd->file.known = false;
	assert_judged("fds.closed-at-start", VERDICT_PASS);
}
END_TEST

/* A file that another process of the daemon has there is no excuse; one with another name in its place is none. */
START_TEST(closed_and_not_the_usual_log)
{
	struct evidence *run;

	make(world_fd(master(), 2), "/var/log/exampled.log", S_IFREG | 0640, 600);
	run = world_run(EV_SCENARIO_CLOSED, 4);
	make(fd_of(run_process(run, MASTER), 2), "/var/lib/exampled.db", S_IFREG | 0644, 700);
	assert_judged("fds.closed-at-start", VERDICT_FAIL);
	make(fd_of(run_process(run, MASTER), 2), "/var/log/exampled.log", S_IFREG | 0640, 601);
	make(fd_of(run_process(run, WORKER), 2), "/var/log/exampled.log", S_IFREG | 0640, 601);
	assert_culprit("fds.closed-at-start", WORKER, "fd 2",
	               "/var/log/exampled.log, a file that it writes (started with 2 closed)");
	run_process(run, WORKER)->name = TEXT("helper");
	assert_judged("fds.closed-at-start", VERDICT_PASS);
}
END_TEST

START_TEST(closed_and_not_started)
{
	struct evidence *run = world_run(EV_SCENARIO_CLOSED, 1);

	run->launch.status = 1 << 8;
	run->n_processes = 0;
	assert_judged("fds.closed-at-start", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen, "0 closed: start failed: the started process ended with exit status 1 and "
	                                     "left nothing running");
	run->launch.status = 0;
	run->n_processes = 2;
	run_process(run, MASTER)->fds_known = run_process(run, WORKER)->fds_known = false;
	assert_judged("fds.closed-at-start", VERDICT_SKIP);
	world.evidence.n_runs = 0;
	assert_judged("fds.closed-at-start", VERDICT_SKIP);
}
END_TEST

START_TEST(null_and_an_error)
{
	for (int variant = 0; variant < 2; variant++) {
		struct evidence *run = world_run(EV_SCENARIO_ODD_NULL, variant);

		run->launch.status = (variant + 1) << 8;
		run->n_processes = 0;
	}
	assert_judged("fds.odd-null", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "no /dev/null: ended with exit status 1; a regular file for /dev/null: "
	                                     "ended with exit status 2");
	world.runs[1].launch.status = 0;
	assert_judged("fds.odd-null", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen, "a regular file for /dev/null: start ended with exit status 0 and no "
	                                     "word, but left nothing running");
	world.runs[1].launch.late_total = 12;
	assert_judged("fds.odd-null", VERDICT_PASS);
	assert_seen("a regular file for /dev/null: it said so, and left nothing running");
	world.evidence.launch.output_total = 12;
	assert_judged("fds.odd-null", VERDICT_FAIL);
	world.runs[1].launch.status = 1 << 8;
	world.runs[1].n_processes = 2;
	assert_judged("fds.odd-null", VERDICT_FAIL);
	assert_seen("start ended with exit status 1, and left processes running");
}
END_TEST

START_TEST(null_and_silence)
{
	struct evidence *run = world_run(EV_SCENARIO_ODD_NULL, EV_NULL_MISSING);

	world_run(EV_SCENARIO_ODD_NULL, EV_NULL_FILE)->state = EV_RUN_SKIPPED;
	make(fd_of(run_process(run, WORKER), 2), "/run/exampled.out", S_IFREG | 0600, 900);
	assert_judged("fds.odd-null", VERDICT_PASS);
	fd_of(run_process(run, WORKER), 2)->number = 6;
	assert_culprit("fds.odd-null", WORKER, "fd 2", "closed (no /dev/null)");
	ck_assert(!world.finding.may_change);
	fd_of(run_process(run, WORKER), 6)->number = 2;
	fd_of(run_process(run, WORKER), 2)->file = file_launch_terminal();
	assert_culprit("fds.odd-null", WORKER, "fd 2", "still the caller's terminal (no /dev/null)");
	make(fd_of(run_process(run, WORKER), 2), "socket:[1]", S_IFSOCK | 0777, 1);
	assert_culprit("fds.odd-null", WORKER, "fd 2", "a socket (no /dev/null)");
	make(fd_of(run_process(run, WORKER), 2), "/dev/null", S_IFREG | 0644, 1);
	assert_culprit("fds.odd-null", WORKER, "fd 2", "the regular file /dev/null (no /dev/null)");
	/* What it does not use in the clean launch either, it does not miss. */
	world_fd_close(worker(), 2);
	fd_of(master(), 2)->flags = O_PATH;
	worker()->name = run_process(run, WORKER)->name = TEXT("worker");
	assert_judged("fds.odd-null", VERDICT_PASS);
}
END_TEST

START_TEST(null_not_judged)
{
	struct evidence *run = world_run(EV_SCENARIO_ODD_NULL, EV_NULL_FILE);

	for (int number = 0; number <= 2; number++)
		world_fd(master(), number)->file = world_fd(worker(), number)->file = file_device(1, 9);
	assert_judged("fds.odd-null", VERDICT_SKIP);
	ck_assert_str_eq(world.finding.seen, "a regular file for /dev/null: none of its standard descriptors is "
	                                     "/dev/null in the clean launch");
	run->launch.outcome = EV_NEVER;
	assert_judged("fds.odd-null", VERDICT_SKIP);
	assert_seen("it never settled");
	run->state = EV_RUN_FAILED;
	assert_judged("fds.odd-null", VERDICT_BROKEN);
	world.evidence.n_runs = 0;
	assert_judged("fds.odd-null", VERDICT_SKIP);
}
END_TEST

Suite *probes_stdio_suite(void)
{
	const TTest *tests[] = {pipes_ended,
	                        pipe_kept,
	                        pipe_without_an_end,
	                        terminal_kept,
	                        pipes_of_no_interest,
	                        passed_socket,
	                        nothing_passed,
	                        closed_and_right,
	                        closed_and_fallen_in,
	                        closed_and_not_the_usual_log,
	                        closed_and_not_started,
	                        null_and_an_error,
	                        null_and_silence,
	                        null_not_judged};

	return world_suite("probes: fds, further launches", tests, sizeof(tests) / sizeof(tests[0]));
}
