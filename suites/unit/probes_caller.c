/* The fs.* and env.* probes of launches under other callers. */
#include "probes_build.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* The mount that the start directory of the run is. */
enum { START_MOUNT = 321 };

static struct evidence *unmounted(int error_number)
{
	struct evidence *run = world_run(EV_SCENARIO_START_DIRECTORY, EV_DIRECTORY_UNMOUNTED);

	run->start.directory_file.mount = START_MOUNT;
	world_step(run, EV_STEP_UNMOUNT, 0)->error_number = error_number;
	return run;
}

START_TEST(unmounts)
{
	struct evidence *run = unmounted(0);

	assert_judged("fs.unmountable", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "/start was unmounted while it ran");
	run->steps[0].error_number = EPERM;
	assert_judged("fs.unmountable", VERDICT_BROKEN);
	assert_seen("/start could not be unmounted: Operation not permitted");
	run->n_steps = 0;
	assert_judged("fs.unmountable", VERDICT_BROKEN);
	run->n_processes = 0;
	assert_judged("fs.unmountable", VERDICT_SKIP);
	world.evidence.n_runs = 0;
	assert_judged("fs.unmountable", VERDICT_SKIP);
}
END_TEST

START_TEST(busy_by_its_directory)
{
	struct evidence *run = unmounted(EBUSY);
	struct ev_process *process = run_process(run, WORKER);

	process->cwd = TEXT("/start/below");
	process->cwd_file.mount = START_MOUNT;
	assert_culprit("fs.unmountable", WORKER, "cwd", "/start/below");
	ck_assert(!world.finding.may_change);
	/* The same place by another mount keeps nothing. */
	process->cwd_file.mount = 30;
	assert_judged("fs.unmountable", VERDICT_SKIP);
	process->cwd_file.mount = run->start.directory_file.mount = 0;
	assert_culprit("fs.unmountable", WORKER, "cwd", "/start/below");
	process->cwd = TEXT("/starting");
	assert_judged("fs.unmountable", VERDICT_SKIP);
}
END_TEST

START_TEST(busy_by_its_files)
{
	struct evidence *run = unmounted(EBUSY);
	struct ev_process *process = run_process(run, MASTER);

	process->fds[1].file = file_of(S_IFREG | 0600, 1, 8000);
	process->fds[1].file.mount = START_MOUNT;
	process->fds[1].target = TEXT("/start/data");
	assert_culprit("fs.unmountable", MASTER, "fd 1", "/start/data");
	process->root_file.mount = START_MOUNT;
	assert_judged("fs.unmountable", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.culprits[0].field, "root");
}
END_TEST

START_TEST(busy_by_its_program)
{
	static char *argv[] = {TEXT("python3"), TEXT("./exampled.py"), NULL};
	struct evidence *run = unmounted(EBUSY);
	struct ev_process *process = run_process(run, MASTER);

	assert_judged("fs.unmountable", VERDICT_SKIP);
	assert_seen("no process shows why");
	process->fds_known = false;
	assert_judged("fs.unmountable", VERDICT_SKIP);
	assert_seen("what exampled (7) has open could not be read");
	process->exe_file.mount = START_MOUNT;
	assert_judged("fs.unmountable", VERDICT_SKIP);
	ck_assert_str_eq(world.finding.seen, "the program of exampled (7) lies in the start directory itself");
	process->exe_file.mount = 30;
	process->argv = argv;
	process->fds[2].file = file_of(S_IFREG | 0600, 1, 8000);
	process->fds[2].file.mount = START_MOUNT;
	process->fds[2].target = TEXT("/start/exampled.py");
	assert_judged("fs.unmountable", VERDICT_SKIP);
	assert_seen("the program of exampled (7)");
	process->argv = NULL;
	assert_culprit("fs.unmountable", MASTER, "fd 2", "/start/exampled.py");
}
END_TEST

START_TEST(start_directory_gone)
{
	struct evidence *run = world_run(EV_SCENARIO_START_DIRECTORY, EV_DIRECTORY_DELETED);

	world_run_not(EV_SCENARIO_START_DIRECTORY, EV_DIRECTORY_UNREADABLE, EV_RUN_SKIPPED, "root may read it");
	assert_judged("fs.start-dir-gone", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "it starts as usual with the start directory deleted");
	run->launch.status = 1 << 8;
	run->n_processes = 0;
	assert_judged("fs.start-dir-gone", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen,
	                 "the start directory deleted: start failed: the started process ended with "
	                 "exit status 1 and left nothing running");
	ck_assert(!world.finding.may_change);
	run->launch.outcome = EV_NO_COMMAND;
	run->launch.exec_errno = ENOENT;
	assert_judged("fs.start-dir-gone", VERDICT_SKIP);
	assert_seen("the command could not be executed: No such file or directory");
	assert_seen("root may read it");
	world.runs[1].state = EV_RUN_FAILED;
	assert_judged("fs.start-dir-gone", VERDICT_BROKEN);
	world.evidence.n_runs = 0;
	assert_judged("fs.start-dir-gone", VERDICT_SKIP);
}
END_TEST

/* A file that the command names is not to be found in a directory that is gone. */
START_TEST(start_directory_with_the_program)
{
	static const struct {
		const char *argument;
		enum verdict verdict;
	} cases[] = {
	    {"exampled.py", VERDICT_SKIP}, {"--config=etc/exampled", VERDICT_SKIP}, {"./run", VERDICT_SKIP},
	    {"start", VERDICT_FAIL},       {"/etc/exampled.conf", VERDICT_FAIL},    {"127.0.0.1:80", VERDICT_FAIL},
	    {"-v", VERDICT_FAIL},          {"--config=/etc/x.conf", VERDICT_FAIL},  {"1.5", VERDICT_FAIL},
	};
	struct evidence *run = world_run(EV_SCENARIO_START_DIRECTORY, EV_DIRECTORY_DELETED);
	char *argv[] = {TEXT("/usr/sbin/exampled"), NULL, NULL};

	run->start.argv = argv;
	run->launch.status = 1 << 8;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		argv[1] = TEXT(cases[i].argument);
		assert_judged("fs.start-dir-gone", cases[i].verdict);
	}
}
END_TEST

START_TEST(empty_environment)
{
	struct evidence *run;

	assert_judged("env.starts-empty", VERDICT_SKIP);
	world_listener(EV_SOCKET_TCP, "127.0.0.1:80");
	world_listener(EV_SOCKET_UDP, "0.0.0.0:40000");
	world_listener(EV_SOCKET_UNIX, "/run/user/0/x");
	run = world_run(EV_SCENARIO_EMPTY_ENVIRONMENT, 0);
	assert_judged("env.starts-empty", VERDICT_PASS);
	run->n_listeners = 1;
	assert_judged("env.starts-empty", VERDICT_PASS);
	run->n_listeners = 0;
	assert_judged("env.starts-empty", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen, "127.0.0.1:80: listener is missing with an empty environment");
	world.listeners[0].address = NULL;
	assert_judged("env.starts-empty", VERDICT_PASS);
	run->launch.status = 127 << 8;
	run->n_processes = 0;
	assert_judged("env.starts-empty", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.seen,
	                 "with an empty environment it does not start as usual: the started process "
	                 "ended with exit status 127 and left nothing running");
	run->state = EV_RUN_FAILED;
	assert_judged("env.starts-empty", VERDICT_BROKEN);
}
END_TEST

/* A listener that is not there at every plain start is not missed. */
START_TEST(empty_environment_and_a_listener_by_chance)
{
	world_listener(EV_SOCKET_TCP, "127.0.0.1:80");
	world_run(EV_SCENARIO_AGAIN, 0)->n_listeners = 0;
	world_run(EV_SCENARIO_EMPTY_ENVIRONMENT, 0)->n_listeners = 0;
	assert_judged("env.starts-empty", VERDICT_PASS);
	world.runs[0].n_listeners = 1;
	assert_judged("env.starts-empty", VERDICT_FAIL);
}
END_TEST

START_TEST(limits_of_the_caller)
{
	struct ev_start *start = &world.evidence.start;

	assert_judged("env.inherited-limits", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "nice 0");
	start->nice = master()->nice = 5;
	assert_culprit("env.inherited-limits", MASTER, "nice", "5, the caller's");
	ck_assert(!world.finding.may_change);
	start->nice = 4;
	start->oom_score_adj_known = master()->oom_score_adj_known = true;
	start->oom_score_adj = master()->oom_score_adj = -900;
	assert_culprit("env.inherited-limits", MASTER, "oom_score_adj", "-900, the caller's");
	start->oom_score_adj = 0;
	start->loginuid_known = master()->loginuid_known = true;
	start->loginuid = master()->loginuid = 1000;
	assert_culprit("env.inherited-limits", MASTER, "loginuid", "1000, the caller's");
	start->loginuid_known = false;
	assert_judged("env.inherited-limits", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "nice 5, oom_score_adj -900, loginuid 1000");
	start->loginuid_known = start->limits_known = master()->limits_known = true;
	start->loginuid = master()->loginuid = UINT32_MAX;
	master()->limits[3].soft = 1;
	assert_judged("env.inherited-limits", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen,
	                 "nice 5, oom_score_adj -900, no loginuid; 15 of 16 limits are the caller's");
	master()->state = worker()->state = 'Z';
	assert_judged("env.inherited-limits", VERDICT_SKIP);
}
END_TEST

/* Nothing in a record can be relied on; judge() itself sees to it that each finding has its texts. */
START_TEST(empty_records)
{
	static const char *const ids[] = {
	    "detach.cannot-gain-tty", "detach.survives-hangup", "detach.hangup-race", "detach.survives-keys",
	    "fds.no-caller-pipe",     "fds.keeps-passed",       "fds.close-cost",     "fds.closed-at-start",
	    "fds.odd-null",           "fs.unmountable",         "fs.start-dir-gone",  "fs.umask-own",
	    "env.starts-empty",       "env.inherited-limits",
	};
	static struct ev_step steps[4];
	static struct ev_fd bare = {.planted = 1};

	for (size_t i = 0; i < WORLD_RUNS; i++)
		(void)world_run_not((enum ev_scenario)(EV_SCENARIO_UMASK + i), INT32_MIN, EV_RUN_DONE, NULL);
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		(void)judge(ids[i]);
	for (size_t i = 0; i < WORLD_RUNS; i++) {
		struct evidence *run = &world.runs[i];
		struct ev_process *process = &world.run_rooms[i].processes[0];

		*process = (struct ev_process){.state = 'S', .pid = MASTER, .fds = &bare, .n_fds = 1};
		run->variant = run->scenario == EV_SCENARIO_START_DIRECTORY ? EV_DIRECTORY_UNMOUNTED : 0;
		run->launch.outcome = EV_RETURNED;
		run->launch.returned_us = run->launch.cpu_us = INT64_MIN;
		run->start.nofile = run->launch.closes = UINT64_MAX;
		run->launch.closes_known = true;
		run->processes = process;
		run->n_processes = 1;
		run->steps = steps;
		run->n_steps = 4;
	}
	for (size_t kind = 0; kind <= EV_STEP_WAIT; kind++) {
		for (size_t i = 0; i < 4; i++)
			steps[i] = (struct ev_step){.kind = (enum ev_step_kind)kind, .signal = -1, .error_number = -5};
		for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
			(void)judge(ids[i]);
	}
	master()->name = worker()->name = NULL;
	world.evidence.start.directory = NULL;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		(void)judge(ids[i]);
}
END_TEST

Suite *probes_caller_suite(void)
{
	const TTest *tests[] = {unmounts,
	                        busy_by_its_directory,
	                        busy_by_its_files,
	                        busy_by_its_program,
	                        start_directory_gone,
	                        start_directory_with_the_program,
	                        empty_environment,
	                        empty_environment_and_a_listener_by_chance,
	                        limits_of_the_caller,
	                        empty_records};

	return world_suite("probes: other callers", tests, sizeof(tests) / sizeof(tests[0]));
}
