/* What a daemon may do and what moves it: signals.*, privilege.*, env.*. */
#include "probes_build.h"

#include <signal.h>
#include <string.h>

#define BIT(signal) (UINT64_C(1) << ((signal)-1))

START_TEST(nothing_blocked)
{
	assert_judged("signals.mask-empty", VERDICT_PASS);
	assert_seen("nothing is blocked");
	worker()->n_threads = master()->n_threads = 0;
	assert_judged("signals.mask-empty", VERDICT_SKIP);
}
END_TEST

START_TEST(blocked)
{
	worker()->threads[0].blocked = BIT(SIGTERM) | BIT(SIGUSR2) | BIT(35);
	assert_culprit("signals.mask-empty", WORKER, "blocked", "USR2 TERM RTMIN+1");
	ck_assert(world.finding.may_change);
	worker()->ignored = worker()->caught = UINT64_MAX;
	assert_judged("signals.mask-empty", VERDICT_FAIL);
}
END_TEST

START_TEST(blocked_in_each_thread)
{
	worker()->threads[0].blocked = BIT(SIGTERM) | BIT(SIGHUP) | BIT(SIGINT);
	world_thread(worker(), 10)->blocked = BIT(SIGTERM) | BIT(SIGUSR1);
	assert_culprit("signals.mask-empty", WORKER, "blocked", "TERM, in each of its 2 threads");
}
END_TEST

START_TEST(blocked_in_one_thread)
{
	world_thread(worker(), 10)->blocked = BIT(SIGUSR2);
	assert_culprit("signals.mask-empty", WORKER, "blocked", "USR2, in thread 10");
	worker()->caught = BIT(SIGUSR2);
	assert_judged("signals.mask-empty", VERDICT_PASS);
	assert_seen("in process 9 blocked signals are left to other threads");
	worker()->caught = 0;
	worker()->ignored = BIT(SIGUSR2);
	assert_judged("signals.mask-empty", VERDICT_PASS);
}
END_TEST

START_TEST(thread_that_steps_back)
{
	world_thread(worker(), 10)->blocked = UINT64_MAX & ~BIT(SIGKILL) & ~BIT(SIGSTOP);
	assert_judged("signals.mask-empty", VERDICT_PASS);
}
END_TEST

START_TEST(waiting_thread)
{
	for (size_t i = 0; i < 3; i++)
		world_thread(worker(), 20 + (int)i)->blocked = BIT(SIGTERM) | BIT(SIGHUP);
	worker()->threads[0].blocked = BIT(SIGHUP);
	assert_judged("signals.mask-empty", VERDICT_FAIL);
	worker()->threads[0].sigwait = true;
	assert_judged("signals.mask-empty", VERDICT_PASS);
	assert_seen("waited for");
}
END_TEST

START_TEST(signal_descriptor)
{
	worker()->threads[0].blocked = BIT(SIGTERM);
	world_fd(worker(), 4)->target = TEXT("anon_inode:[signalfd]");
	assert_judged("signals.mask-empty", VERDICT_PASS);
}
END_TEST

static void declare_user(uint32_t uid, uint32_t gid)
{
	world.evidence.start.user = TEXT("www-data");
	world.evidence.start.user_uid = uid;
	world.evidence.start.user_gid = gid;
}

static void set_ids(struct ev_process *process, uint32_t uid, uint32_t gid)
{
	process->uid = (struct ev_ids){uid, uid, uid, uid};
	process->gid = (struct ev_ids){gid, gid, gid, gid};
}

START_TEST(user_as_declared)
{
	declare_user(33, 33);
	set_ids(master(), 33, 33);
	set_ids(worker(), 33, 33);
	assert_judged("privilege.dropped", VERDICT_PASS);
	worker()->uid.saved = 0;
	assert_culprit("privilege.dropped", WORKER, "uid", "33 33 0 33");
	set_ids(worker(), 33, 0);
	assert_culprit("privilege.dropped", WORKER, "gid", "0 0 0 0");
	worker()->ids_known = false;
	assert_judged("privilege.dropped", VERDICT_PASS);
	master()->ids_known = false;
	assert_judged("privilege.dropped", VERDICT_SKIP);
}
END_TEST

START_TEST(roots_group_kept)
{
	uint32_t groups[] = {33, 0};

	declare_user(33, 33);
	set_ids(master(), 33, 33);
	set_ids(worker(), 33, 33);
	worker()->groups = groups;
	worker()->n_groups = 2;
	assert_culprit("privilege.dropped", WORKER, "groups", "0 is among them");
	world.evidence.start.user = NULL;
	assert_culprit("privilege.dropped", WORKER, "groups", "0, root's group is kept");
	declare_user(0, 0);
	set_ids(master(), 0, 0);
	set_ids(worker(), 0, 0);
	assert_judged("privilege.dropped", VERDICT_PASS);
}
END_TEST

START_TEST(no_user_declared)
{
	assert_judged("privilege.dropped", VERDICT_SKIP);
	assert_seen("no user is declared (--user)");
	set_ids(worker(), 33, 33);
	assert_judged("privilege.dropped", VERDICT_PASS);
	worker()->uid.real = 0;
	assert_culprit("privilege.dropped", WORKER, "uid", "0 33 33 33, it can go back to root");
	world.evidence.start.uid = 1000;
	assert_judged("privilege.dropped", VERDICT_SKIP);
}
END_TEST

START_TEST(capabilities)
{
	assert_judged("privilege.capabilities", VERDICT_PASS);
	worker()->cap_effective = 0xff;
	assert_culprit("privilege.capabilities", WORKER, "CapEff", "00000000000000ff, all that it was started with");
	worker()->cap_effective = 0x80;
	assert_judged("privilege.capabilities", VERDICT_PASS);
	set_ids(worker(), 33, 33);
	assert_culprit("privilege.capabilities", WORKER, "CapEff", "0000000000000080, though it is not root");
	worker()->cap_effective = 0;
	worker()->cap_ambient = 1;
	assert_judged("privilege.capabilities", VERDICT_FAIL);
	world.evidence.start.cap_effective = 0;
	assert_judged("privilege.capabilities", VERDICT_SKIP);
}
END_TEST

START_TEST(changed_root)
{
	assert_judged("privilege.chroot", VERDICT_SKIP);
	worker()->root = TEXT("/srv/jail");
	worker()->root_file.inode = 70;
	assert_culprit("privilege.chroot", WORKER, "cwd", "/, outside of its root /srv/jail");
	worker()->cwd = TEXT("/srv/jailhouse");
	assert_judged("privilege.chroot", VERDICT_FAIL);
	worker()->cwd = TEXT("/srv/jail/var");
	assert_judged("privilege.chroot", VERDICT_PASS);
	worker()->cwd = NULL;
	assert_judged("privilege.chroot", VERDICT_SKIP);
}
END_TEST

static char *planted[] = {TEXT("PATH=/bin"), TEXT("DAEMONCK_MARKER=1"), TEXT("LD_PRELOAD=/planted.so"), NULL};
static char *own[] = {TEXT("LD_PRELOAD=/its-own.so"), TEXT("LD_PRELOAD_=/planted.so"), TEXT("LD_PRELOAD"), NULL};

START_TEST(environment)
{
	char *kept;

	assert_judged("env.clean", VERDICT_PASS);
	worker()->environment = planted;
	assert_culprit("env.clean", WORKER, "LD_PRELOAD", "/planted.so");
	worker()->environment = own;
	assert_judged("env.clean", VERDICT_PASS);
	kept = planted[2];
	planted[2] = NULL;
	worker()->environment = planted;
	assert_judged("env.clean", VERDICT_PASS);
	planted[2] = kept; /* for the next test: not every run of them has a process for each */
}
END_TEST

START_TEST(environment_unreadable)
{
	worker()->environment = master()->environment = NULL;
	worker()->environment_at_exec = master()->environment_at_exec = planted;
	assert_judged("env.clean", VERDICT_SKIP);
	assert_seen("cannot be read");
	worker()->environment_at_exec = own;
	assert_judged("env.clean", VERDICT_PASS);
	worker()->environment_at_exec = NULL;
	assert_judged("env.clean", VERDICT_SKIP);
}
END_TEST

START_TEST(nothing_dangerous_given)
{
	world.evidence.start.markers++;
	world.evidence.start.n_markers = 1;
	worker()->environment = planted;
	assert_judged("env.clean", VERDICT_SKIP);
}
END_TEST

Suite *probes_power_suite(void)
{
	const TTest *tests[] = {nothing_blocked,
	                        blocked,
	                        blocked_in_each_thread,
	                        blocked_in_one_thread,
	                        thread_that_steps_back,
	                        waiting_thread,
	                        signal_descriptor,
	                        user_as_declared,
	                        roots_group_kept,
	                        no_user_declared,
	                        capabilities,
	                        changed_root,
	                        environment,
	                        environment_unreadable,
	                        nothing_dangerous_given};

	return world_suite("probes: signals, privilege, env", tests, sizeof(tests) / sizeof(tests[0]));
}
