/* The fds.* probes. */
#include "probes_build.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static struct ev_fd *worker_fd(int number, uint32_t mode, const char *target)
{
	struct ev_fd *fd = world_fd(worker(), number);

	fd->target = TEXT(target);
	fd->file = file_of(mode, 1, 8000);
	return fd;
}

START_TEST(all_right)
{
	assert_judged("fds.stdio-open", VERDICT_PASS);
	assert_judged("fds.stdio-null", VERDICT_PASS);
	assert_judged("fds.stdio-mode", VERDICT_PASS);
	assert_judged("fds.none-inherited", VERDICT_PASS);
}
END_TEST

START_TEST(closed)
{
	world_fd_close(worker(), 2);
	assert_culprit("fds.stdio-open", WORKER, "fd 2", "closed");
	ck_assert(world.finding.may_change);
	assert_judged("fds.stdio-null", VERDICT_PASS);
}
END_TEST

START_TEST(only_a_path)
{
	world_fd(worker(), 1)->flags = O_PATH;
	assert_culprit("fds.stdio-open", WORKER, "fd 1", "/dev/null, only a path (O_PATH)");
	assert_judged("fds.stdio-null", VERDICT_PASS);
	assert_judged("fds.stdio-mode", VERDICT_PASS);
}
END_TEST

START_TEST(incomplete_record)
{
	worker()->fds_known = false;
	worker()->n_fds = 0;
	assert_judged("fds.stdio-open", VERDICT_PASS);
	master()->fds_known = false;
	master()->n_fds = 0;
	assert_judged("fds.stdio-open", VERDICT_SKIP);
	assert_judged("fds.stdio-null", VERDICT_SKIP);
	assert_judged("fds.stdio-mode", VERDICT_SKIP);
	assert_judged("fds.none-inherited", VERDICT_SKIP);
}
END_TEST

START_TEST(zombie)
{
	make_zombie(worker());
	assert_judged("fds.stdio-open", VERDICT_PASS);
	assert_judged("fds.stdio-null", VERDICT_PASS);
}
END_TEST

START_TEST(file_named_dev_null)
{
	(void)worker_fd(0, S_IFREG | 0644, "/dev/null");
	assert_culprit("fds.stdio-null", WORKER, "fd 0", "/dev/null, a regular file");
	world.profile.stdio = STDIO_NULL | STDIO_LOG;
	assert_judged("fds.stdio-null", VERDICT_FAIL);
}
END_TEST

START_TEST(other_device)
{
	struct ev_fd *fd = world_fd(worker(), 0);

	fd->file = file_device(1, 9);
	fd->target = TEXT("/dev/urandom");
	assert_culprit("fds.stdio-null", WORKER, "fd 0", "/dev/urandom, another device");
}
END_TEST

START_TEST(null_under_another_name)
{
	world_fd(worker(), 0)->target = TEXT("/dev/pts/0 (deleted)");
	assert_judged("fds.stdio-null", VERDICT_PASS);
}
END_TEST

START_TEST(callers_terminal)
{
	struct ev_fd *fd = world_fd(worker(), 2);

	fd->file = file_launch_terminal();
	fd->target = TEXT("/dev/pts/0");
	assert_culprit("fds.stdio-null", WORKER, "fd 2", "/dev/pts/0, the caller's terminal");
	world.profile.stdio = STDIO_NULL | STDIO_LOG | STDIO_SOCKET | STDIO_PIPE;
	assert_judged("fds.stdio-null", VERDICT_FAIL);
	world.profile.stdio |= STDIO_TERMINAL;
	assert_judged("fds.stdio-null", VERDICT_PASS);
}
END_TEST

START_TEST(logs)
{
	struct {
		uint32_t type;
		unsigned int stdio;
	} const kinds[] = {{S_IFREG, STDIO_LOG}, {S_IFSOCK, STDIO_SOCKET}, {S_IFIFO, STDIO_PIPE}};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		world.profile.stdio = STDIO_NULL;
		(void)worker_fd(2, kinds[i].type | 0640, "/var/log/exampled.log");
		assert_judged("fds.stdio-null", VERDICT_FAIL);
		world.profile.stdio = STDIO_NULL | kinds[i].stdio;
		assert_judged("fds.stdio-null", VERDICT_PASS);
		worker()->fds[2].planted = 57;
		assert_judged("fds.stdio-null", VERDICT_FAIL);
	}
}
END_TEST

START_TEST(nothing_known_of_the_file)
{
	world_fd(worker(), 2)->file.known = false;
	assert_judged("fds.stdio-null", VERDICT_PASS);
}
END_TEST

START_TEST(hosted_session_has_its_terminal)
{
	struct ev_process *shell = world_process(12, MASTER);

	shell->session = 12;
	shell->terminal = 136 << 8 | 7;
	for (int number = 0; number <= 2; number++)
		world_fd(shell, number)->file = file_device(136, 7);
	world_fd(master(), 5)->file = file_device(5, 2);
	assert_judged("fds.stdio-null", VERDICT_PASS);
	assert_seen("that the daemon hosts");
	assert_judged("fds.stdio-mode", VERDICT_PASS);
}
END_TEST

START_TEST(wrong_way_round)
{
	world_fd(worker(), 0)->flags = O_WRONLY;
	assert_culprit("fds.stdio-mode", WORKER, "fd 0", "/dev/null, O_WRONLY");
	world_fd(worker(), 0)->flags = O_RDONLY | O_CLOEXEC;
	assert_judged("fds.stdio-mode", VERDICT_PASS);
	world_fd(worker(), 1)->flags = O_RDONLY;
	assert_culprit("fds.stdio-mode", WORKER, "fd 1", "/dev/null, O_RDONLY");
}
END_TEST

START_TEST(planted)
{
	struct ev_fd *fd = worker_fd(11, S_IFREG | 0600, "/planted");

	fd->planted = 57;
	assert_culprit("fds.none-inherited", WORKER, "fd 11", "the caller's 57, /planted");
	worker()->fds_known = false;
	assert_judged("fds.none-inherited", VERDICT_FAIL);
	world.evidence.start.n_plants = 0;
	assert_judged("fds.none-inherited", VERDICT_SKIP);
}
END_TEST

/* A helper that runs another program, and a listening socket that both hold under number 6. */
static struct ev_process *leaky_helper(void)
{
	struct ev_process *helper = world_process(12, MASTER), *both[] = {master(), helper};

	helper->exe_file.inode = 4001;
	(void)world_listener(EV_SOCKET_TCP, "127.0.0.1:80");
	for (size_t i = 0; i < 2; i++) {
		struct ev_fd *fd = world_fd(both[i], 6);

		fd->target = TEXT("socket:[777]");
		fd->file = file_of(S_IFSOCK | 0777, 8, LISTENER_INODE);
	}
	return helper;
}

START_TEST(no_other_program)
{
	(void)leaky_helper();
	world.processes[2].exe_file.inode = master()->exe_file.inode;
	assert_judged("fds.cloexec", VERDICT_SKIP);
	assert_seen("no child of it runs another program");
	world.processes[2].exe_file.known = false;
	assert_judged("fds.cloexec", VERDICT_SKIP);
}
END_TEST

START_TEST(leaked_listener)
{
	(void)leaky_helper();
	assert_culprit("fds.cloexec", 12, "fd 6", "socket:[777], a listening socket of exampled (7)");
	world.listeners[0].inode = 1;
	assert_judged("fds.cloexec", VERDICT_PASS);
	assert_seen("1 child");
}
END_TEST

START_TEST(leaked_lock)
{
	struct ev_process *helper = leaky_helper();

	world.listeners[0].inode = 1;
	master()->fds[3].file = helper->fds[3].file = file_of(S_IFREG | 0600, 1, 123);
	master()->fds[3].locked = true;
	assert_judged("fds.cloexec", VERDICT_FAIL);
	ck_assert_ptr_nonnull(strstr(world.finding.culprits[0].value, "a locked file of"));
}
END_TEST

START_TEST(leaked_pidfile)
{
	struct ev_process *helper = leaky_helper();

	master()->fds[3].file = helper->fds[3].file = world.evidence.pidfile.settled.file;
	assert_judged("fds.cloexec", VERDICT_FAIL);
	ck_assert_ptr_nonnull(strstr(world.finding.culprits[0].value, "the pid file of"));
}
END_TEST

START_TEST(handed_over_on_purpose)
{
	static char *environment[] = {TEXT("LISTEN_FDS=4"), NULL};
	struct ev_process *helper = leaky_helper();

	helper->environment_at_exec = environment;
	assert_judged("fds.cloexec", VERDICT_PASS);
	helper->environment_at_exec = NULL;
	helper->fds[3].number = 8;
	assert_judged("fds.cloexec", VERDICT_PASS);
	helper->fds[3].number = 6;
	helper->fds[3].flags |= O_CLOEXEC;
	assert_judged("fds.cloexec", VERDICT_PASS);
	helper->fds[3].flags = O_RDWR;
	assert_judged("fds.cloexec", VERDICT_FAIL);
}
END_TEST

Suite *probes_fds_suite(void)
{
	const TTest *tests[] = {all_right,
	                        closed,
	                        only_a_path,
	                        incomplete_record,
	                        zombie,
	                        file_named_dev_null,
	                        other_device,
	                        null_under_another_name,
	                        callers_terminal,
	                        logs,
	                        nothing_known_of_the_file,
	                        hosted_session_has_its_terminal,
	                        wrong_way_round,
	                        planted,
	                        no_other_program,
	                        leaked_listener,
	                        leaked_lock,
	                        leaked_pidfile,
	                        handed_over_on_purpose};

	return world_suite("probes: fds", tests, sizeof(tests) / sizeof(tests[0]));
}
