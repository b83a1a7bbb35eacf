/* The detach.* probes. */
#include "probes_build.h"

#include <string.h>
#include <sys/sysmacros.h>

/* A shell on a pty whose master the daemon holds, as in tmux. The pty may have the number of the launch's terminal. */
static struct ev_process *host_shell(int terminal)
{
	struct ev_process *shell = world_process(12, MASTER);
	struct ev_fd *fd = world_fd(shell, 0);

	shell->session = shell->group = 12;
	shell->terminal = terminal;
	shell->terminal_group = 12;
	fd->target = TEXT("/dev/pts/0");
	fd->file = file_device(136, 0);
	fd->file.device = TTY_DEVICE + 1;
	world_fd(master(), 5)->file = file_device(5, 2);
	return shell;
}

START_TEST(all_right)
{
	static const char *const ids[] = {"detach.orphaned",   "detach.own-group", "detach.own-session",
	                                  "detach.not-leader", "detach.no-tty",    "detach.leaves-caller-cgroup"};

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		assert_judged(ids[i], VERDICT_PASS);
}
END_TEST

START_TEST(callers_child)
{
	worker()->parent = LEADER;
	assert_culprit("detach.orphaned", WORKER, "parent", "2, the caller's");
	ck_assert(world.finding.may_change);
}
END_TEST

START_TEST(callers_grandchild)
{
	master()->parent = LEADER;
	assert_judged("detach.orphaned", VERDICT_FAIL);
	ck_assert_uint_eq(world.finding.n_culprits, 2);
	ck_assert_str_eq(world.finding.culprits[1].value, "7, below the caller's 2");
}
END_TEST

START_TEST(below_the_started_process)
{
	world.evidence.launch.outcome = EV_STAYED;
	world.evidence.launch.pid = MASTER;
	assert_judged("detach.orphaned", VERDICT_FAIL);
	ck_assert_int_eq(world.finding.culprits[0].pid, WORKER);
}
END_TEST

START_TEST(parent_not_in_the_record)
{
	worker()->parent = 1234567;
	assert_judged("detach.orphaned", VERDICT_PASS);
}
END_TEST

START_TEST(parents_in_a_circle)
{
	master()->parent = WORKER;
	assert_judged("detach.orphaned", VERDICT_PASS);
}
END_TEST

START_TEST(subreaper)
{
	world.evidence.start.reaper = 77;
	master()->parent = 77;
	assert_judged("detach.orphaned", VERDICT_PASS);
	assert_seen("77");
}
END_TEST

START_TEST(callers_group)
{
	worker()->group = LAUNCHER;
	assert_culprit("detach.own-group", WORKER, "group", "3, the caller's");
	worker()->group = LEADER;
	assert_culprit("detach.own-group", WORKER, "group", "2, the caller's");
}
END_TEST

START_TEST(callers_session)
{
	worker()->session = LEADER;
	assert_culprit("detach.own-session", WORKER, "session", "2, the caller's");
	assert_seen("exampled (9): session 2");
}
END_TEST

START_TEST(zombies_are_passed_over)
{
	make_zombie(worker());
	worker()->session = worker()->group = worker()->parent = LEADER;
	assert_judged("detach.own-session", VERDICT_PASS);
	assert_judged("detach.own-group", VERDICT_PASS);
	assert_judged("detach.orphaned", VERDICT_PASS);
}
END_TEST

START_TEST(long_pids)
{
	struct ev_process *process = world_process(4194303, MASTER);

	process->session = 4194303;
	assert_culprit("detach.not-leader", 4194303, "session", "4194303, which it leads");
}
END_TEST

START_TEST(leader_accepted)
{
	master()->session = MASTER;
	assert_culprit("detach.not-leader", MASTER, "session", "7, which it leads");
	world.profile.leader_ok = true;
	assert_judged("detach.not-leader", VERDICT_PASS);
	assert_seen("process 7 leads a session");
}
END_TEST

START_TEST(callers_terminal)
{
	worker()->session = LEADER;
	worker()->terminal = TTY_NUMBER;
	worker()->terminal_group = 3;
	assert_culprit("detach.no-tty", WORKER, "terminal", "pts/0, the caller's, foreground group 3");
}
END_TEST

START_TEST(gained_terminal)
{
	worker()->terminal = 4 << 8 | 2;
	worker()->terminal_group = 9;
	assert_culprit("detach.no-tty", WORKER, "terminal", "tty2, foreground group 9");
}
END_TEST

START_TEST(pty_of_nobody)
{
	/* A pty that none of the daemon's processes is master of: it was gained, not hosted. */
	worker()->terminal = 136 << 8 | 4;
	assert_judged("detach.no-tty", VERDICT_FAIL);
}
END_TEST

START_TEST(hosted_session)
{
	struct ev_process *shell = host_shell(136 << 8 | 7);

	ck_assert(evidence_hosted(&world.evidence, shell));
	assert_judged("detach.no-tty", VERDICT_PASS);
	assert_seen("exampled (12), on a terminal that the daemon hosts");
	assert_judged("detach.not-leader", VERDICT_PASS);
}
END_TEST

START_TEST(hosted_with_the_same_number)
{
	struct ev_process *shell = host_shell(TTY_NUMBER);

	ck_assert(evidence_hosted(&world.evidence, shell));
	assert_judged("detach.no-tty", VERDICT_PASS);
	world_fd(shell, 0)->file = file_launch_terminal();
	ck_assert(!evidence_hosted(&world.evidence, shell));
	assert_judged("detach.no-tty", VERDICT_FAIL);
}
END_TEST

START_TEST(launch_session_is_never_hosted)
{
	struct ev_process *shell = host_shell(TTY_NUMBER);

	shell->session = LEADER;
	ck_assert(!evidence_hosted(&world.evidence, shell));
}
END_TEST

START_TEST(callers_cgroup)
{
	worker()->cgroup = world.evidence.start.cgroup;
	assert_culprit("detach.leaves-caller-cgroup", WORKER, "cgroup", "/user.slice, the caller's");
	ck_assert(!world.finding.may_change);
	master()->cgroup = worker()->cgroup = NULL;
	assert_judged("detach.leaves-caller-cgroup", VERDICT_SKIP);
	world.evidence.start.cgroup = NULL;
	assert_judged("detach.leaves-caller-cgroup", VERDICT_SKIP);
}
END_TEST

START_TEST(many_culprits)
{
	for (int pid = 20; pid < 26; pid++)
		world_process(pid, MASTER)->session = LEADER;
	assert_judged("detach.own-session", VERDICT_FAIL);
	ck_assert_uint_eq(world.finding.n_culprits, 6);
	assert_seen("and 3 more");
}
END_TEST

Suite *probes_detach_suite(void)
{
	const TTest *tests[] = {all_right,
	                        callers_child,
	                        callers_grandchild,
	                        below_the_started_process,
	                        parent_not_in_the_record,
	                        parents_in_a_circle,
	                        subreaper,
	                        callers_group,
	                        callers_session,
	                        zombies_are_passed_over,
	                        long_pids,
	                        leader_accepted,
	                        callers_terminal,
	                        gained_terminal,
	                        pty_of_nobody,
	                        hosted_session,
	                        hosted_with_the_same_number,
	                        launch_session_is_never_hosted,
	                        callers_cgroup,
	                        many_culprits};

	return world_suite("probes: detach", tests, sizeof(tests) / sizeof(tests[0]));
}
