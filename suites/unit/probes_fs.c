/* The fs.* probes. */
#include "probes_build.h"

#include <string.h>
#include <sys/stat.h>

static void worker_in(const char *path, uint64_t device, uint64_t inode, uint64_t mount)
{
	worker()->cwd = TEXT(path);
	worker()->cwd_file = file_of(S_IFDIR | 0755, device, inode);
	worker()->cwd_file.mount = mount;
}

START_TEST(all_right)
{
	world_written("/run/exampled.pid", S_IFREG | 0644);
	assert_judged("fs.cwd", VERDICT_PASS);
	assert_judged("fs.cwd-exists", VERDICT_PASS);
	assert_judged("fs.umask", VERDICT_PASS);
	assert_judged("fs.umask-own", VERDICT_PASS);
	assert_judged("fs.modes", VERDICT_PASS);
	assert_judged("fs.run-dir", VERDICT_PASS);
}
END_TEST

START_TEST(start_directory)
{
	worker_in("/start", 41, 2, 99);
	world.profile.any_directory = true;
	assert_culprit("fs.cwd", WORKER, "cwd", "/start, the directory it was started from");
	ck_assert(world.finding.may_change);
	worker_in("/start/below", 41, 20, 99);
	assert_culprit("fs.cwd", WORKER, "cwd", "/start/below, below the directory it was started from");
}
END_TEST

START_TEST(start_directory_by_another_mount)
{
	/* The daemon went to the directory by its own name: the same inode, but not by the caller's mount. */
	worker_in("/srv/exampled", 41, 2, 30);
	world.profile.any_directory = true;
	assert_judged("fs.cwd", VERDICT_PASS);
}
END_TEST

START_TEST(start_directory_in_a_mount_namespace)
{
	worker_in("/start", 41, 2, 312);
	world.profile.any_directory = true;
	assert_judged("fs.cwd", VERDICT_FAIL);
}
END_TEST

START_TEST(start_directory_without_a_mount_id)
{
	world.evidence.start.directory_file.mount = 0;
	worker_in("/start", 41, 2, 0);
	world.profile.any_directory = true;
	assert_judged("fs.cwd", VERDICT_FAIL);
	worker_in("/starting", 41, 2, 0);
	assert_judged("fs.cwd", VERDICT_PASS);
	worker_in("/start", 41, 2, 99);
	world.evidence.start.directory_own = false;
	world.evidence.start.directory_file.mount = 99;
	assert_judged("fs.cwd", VERDICT_FAIL);
	worker_in("/other", 41, 3, 99);
	assert_judged("fs.cwd", VERDICT_PASS);
}
END_TEST

START_TEST(started_from_the_root)
{
	world.evidence.start.directory = TEXT("/");
	world.evidence.start.directory_own = false;
	world.evidence.start.directory_file = master()->cwd_file;
	assert_judged("fs.cwd", VERDICT_PASS);
}
END_TEST

START_TEST(other_directory)
{
	char *directories[] = {TEXT("/var/lib"), NULL};

	worker_in("/var/lib/exampled", 1, 60, 30);
	assert_culprit("fs.cwd", WORKER, "cwd", "/var/lib/exampled");
	world.profile.directories = directories;
	assert_judged("fs.cwd", VERDICT_PASS);
	ck_assert_str_eq(world.finding.expected, "/ or in /var/lib");
	worker_in("/var/library", 1, 61, 30);
	assert_judged("fs.cwd", VERDICT_FAIL);
	world.profile.any_directory = true;
	assert_judged("fs.cwd", VERDICT_PASS);
}
END_TEST

START_TEST(changed_root)
{
	worker_in("/srv/jail", 1, 70, 30);
	worker()->root = TEXT("/srv/jail");
	worker()->root_file = worker()->cwd_file;
	assert_judged("fs.cwd", VERDICT_PASS);
}
END_TEST

START_TEST(no_directory_known)
{
	make_zombie(worker());
	assert_judged("fs.cwd", VERDICT_PASS);
	assert_judged("fs.cwd-exists", VERDICT_PASS);
	master()->cwd = NULL;
	master()->cwd_file.known = false;
	assert_judged("fs.cwd", VERDICT_SKIP);
	assert_judged("fs.cwd-exists", VERDICT_SKIP);
}
END_TEST

START_TEST(deleted_directory)
{
	worker_in("/tmp/gone (deleted)", 1, 80, 30);
	worker()->cwd_file.links = 0;
	assert_culprit("fs.cwd-exists", WORKER, "cwd", "/tmp/gone (deleted), link count 0");
	assert_judged("fs.cwd", VERDICT_PASS);
}
END_TEST

START_TEST(directory_with_a_misleading_name)
{
	worker_in("/srv/old (deleted)", 1, 81, 30);
	worker()->cwd_file.links = 2;
	assert_judged("fs.cwd-exists", VERDICT_PASS);
}
END_TEST

START_TEST(hosted_session_elsewhere)
{
	struct ev_process *shell = world_process(12, MASTER);

	shell->session = 12;
	shell->terminal = 136 << 8 | 7;
	shell->cwd = TEXT("/home/jane");
	shell->cwd_file = file_of(S_IFDIR | 0755, 1, 90);
	assert_judged("fs.cwd", VERDICT_FAIL);
	world_fd(master(), 5)->file = file_device(5, 2);
	assert_judged("fs.cwd", VERDICT_PASS);
}
END_TEST

START_TEST(umask_accepted)
{
	uint32_t accepted[] = {027, 077};

	world.profile.umasks = accepted;
	world.profile.n_umasks = 2;
	master()->umask = 027;
	worker()->umask = 022;
	assert_culprit("fs.umask", WORKER, "umask", "0022");
	ck_assert_str_eq(world.finding.expected, "0027 and 0077");
	worker()->umask = 077;
	assert_judged("fs.umask", VERDICT_PASS);
	assert_seen("0027 and 0077");
	worker()->umask = 022;
	worker()->umask_known = false;
	assert_judged("fs.umask", VERDICT_PASS);
	master()->umask_known = false;
	assert_judged("fs.umask", VERDICT_SKIP);
	assert_judged("fs.umask-own", VERDICT_SKIP);
}
END_TEST

START_TEST(umask_inherited)
{
	worker()->umask = START_UMASK;
	assert_culprit("fs.umask-own", WORKER, "umask", "0153, inherited");
	make_zombie(worker());
	assert_judged("fs.umask-own", VERDICT_PASS);
	assert_seen("0000, the caller's is 0153");
}
END_TEST

/* Launches under 0, 022 and 077 in which the worker has what OF makes of the caller's umask. */
static void under_umasks(uint32_t (*of)(uint32_t callers))
{
	static const uint32_t umasks[] = {0, 022, 077};

	worker()->umask = of(START_UMASK);
	for (size_t i = 0; i < sizeof(umasks) / sizeof(umasks[0]); i++) {
		struct evidence *run = world_run(EV_SCENARIO_UMASK, (int)umasks[i]);

		run->start.umask = umasks[i];
		run_process(run, WORKER)->umask = of(umasks[i]);
	}
}

static uint32_t own_umask(uint32_t callers)
{
	(void)callers;
	return START_UMASK;
}

static uint32_t more_umask(uint32_t callers)
{
	return callers | 022;
}

START_TEST(umask_compared)
{
	under_umasks(own_umask);
	assert_judged("fs.umask-own", VERDICT_PASS);
	ck_assert_str_eq(world.finding.seen, "0000 and 0153 under every caller");
	world.runs[1].launch.status = 1 << 8;
	run_process(&world.runs[1], WORKER)->umask = 022;
	assert_judged("fs.umask-own", VERDICT_PASS);
	world.evidence.n_runs = 0;
	assert_culprit("fs.umask-own", WORKER, "umask", "0153, inherited");
	ck_assert(world.finding.may_change);
}
END_TEST

START_TEST(umask_made_of_the_callers)
{
	under_umasks(more_umask);
	assert_culprit("fs.umask-own", WORKER, "umask",
	               "0173 under the caller's 0153, 0022 under 0000, 0022 under 0022, 0077 under 0077");
	ck_assert(!world.finding.may_change);
	world.runs[2].processes[1].umask_known = world.runs[1].processes[1].umask_known = false;
	assert_culprit("fs.umask-own", WORKER, "umask", "0173 under the caller's 0153, 0022 under 0000");
	/* One that is there in no other launch cannot be compared. */
	worker()->name = TEXT("helper");
	assert_judged("fs.umask-own", VERDICT_PASS);
}
END_TEST

START_TEST(writable_by_others)
{
	static const uint32_t types[] = {S_IFREG, S_IFSOCK, S_IFDIR, S_IFIFO};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		world.evidence.n_written = 0;
		world_written("/run/exampled.sock", types[i] | 0666);
		assert_judged("fs.modes", VERDICT_FAIL);
		ck_assert_str_eq(world.finding.culprits[0].name, "/run/exampled.sock");
		ck_assert_int_eq(world.finding.culprits[0].pid, 0);
		ck_assert_int_eq(strncmp(world.finding.culprits[0].value, "0666, a ", 8), 0);
	}
}
END_TEST

START_TEST(writable_but_no_fault)
{
	world_written("/run/link", S_IFLNK | 0777);
	world_written("/run/shared", S_IFDIR | S_ISVTX | 0777);
	world_written("/dev/whiteout", S_IFCHR | 0666);
	world_written("/tmp/was-there", S_IFREG | 0666)->created = false;
	assert_judged("fs.modes", VERDICT_PASS);
}
END_TEST

START_TEST(writable_behind_a_shut_door)
{
	world_written("/var/lib/exampled", S_IFDIR | 0750);
	world_written("/var/lib/exampled/queue", S_IFREG | 0666);
	assert_judged("fs.modes", VERDICT_PASS);
	world.written[0].file.mode = S_IFDIR | 0755;
	assert_judged("fs.modes", VERDICT_FAIL);
	world.written[0].path = TEXT("/var/lib/example");
	world.written[0].file.mode = S_IFDIR | 0750;
	assert_judged("fs.modes", VERDICT_FAIL);
}
END_TEST

START_TEST(without_an_overlay)
{
	world.evidence.isolation.overlay = false;
	assert_judged("fs.modes", VERDICT_SKIP);
}
END_TEST

START_TEST(old_run_directory)
{
	world_listener(EV_SOCKET_UNIX, "/var/run/exampled.sock");
	assert_judged("fs.run-dir", VERDICT_FAIL);
	ck_assert_str_eq(world.finding.culprits[0].name, "/var/run/exampled.sock");
	world.listeners[0].address = TEXT("@/var/run/abstract");
	assert_judged("fs.run-dir", VERDICT_PASS);
	world.evidence.pidfile.path = TEXT("/var/run/exampled.pid");
	assert_judged("fs.run-dir", VERDICT_FAIL);
	world.evidence.pidfile.path = NULL;
	assert_judged("fs.run-dir", VERDICT_SKIP);
}
END_TEST

Suite *probes_fs_suite(void)
{
	const TTest *tests[] = {all_right,
	                        start_directory,
	                        start_directory_by_another_mount,
	                        start_directory_in_a_mount_namespace,
	                        start_directory_without_a_mount_id,
	                        started_from_the_root,
	                        other_directory,
	                        changed_root,
	                        no_directory_known,
	                        deleted_directory,
	                        directory_with_a_misleading_name,
	                        hosted_session_elsewhere,
	                        umask_accepted,
	                        umask_inherited,
	                        umask_compared,
	                        umask_made_of_the_callers,
	                        writable_by_others,
	                        writable_but_no_fault,
	                        writable_behind_a_shut_door,
	                        without_an_overlay,
	                        old_run_directory};

	return world_suite("probes: fs", tests, sizeof(tests) / sizeof(tests[0]));
}
