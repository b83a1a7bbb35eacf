/* Faults of signals, privileges and the environment, and what is odd or hostile. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults.h"
#include "wrong.h"

static void block_usr2(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void wrong_blocks(struct plan *plan)
{
	plan_right(plan, STEP_MASK);
	block_usr2();
}

static pthread_barrier_t thread_runs;

static void *thread_with_block(void *unused)
{
	(void)unused;
	block_usr2();
	pthread_barrier_wait(&thread_runs);
	plan_idle();
}

static void *thread_that_leaves_signals(void *unused)
{
	sigset_t all;

	(void)unused;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	pthread_barrier_wait(&thread_runs);
	plan_idle();
}

static void *thread_without(void *unused)
{
	(void)unused;
	pthread_barrier_wait(&thread_runs);
	plan_idle();
}

static void start_threads(int count, void *(*body)(void *))
{
	pthread_t thread;

	pthread_barrier_init(&thread_runs, NULL, (unsigned int)count + 1);
	for (int i = 0; i < count; i++)
		if (pthread_create(&thread, NULL, body, NULL) != 0)
			_exit(70);
	pthread_barrier_wait(&thread_runs);
}

void wrong_blocks_in_thread(struct plan *plan)
{
	start_threads(1, thread_with_block);
	plan_right(plan, STEP_READY);
}

void wrong_leaves_signals(struct plan *plan)
{
	start_threads(2, thread_that_leaves_signals);
	plan_right(plan, STEP_READY);
}

void wrong_threads(struct plan *plan)
{
	start_threads(8, thread_without);
	plan_right(plan, STEP_READY);
}

static void ignore_all(void)
{
	for (int number = 1; number < _NSIG; number++)
		signal(number, SIG_IGN);
}

void wrong_ignores_all(struct plan *plan)
{
	(void)plan;
	ignore_all();
	plan_idle();
}

void wrong_immovable(struct plan *plan)
{
	wrong_ignores_all(plan);
}

static const struct passwd *target(const struct plan *plan)
{
	const struct passwd *user = plan->user ? getpwnam(plan->user) : NULL;

	if (!user)
		plan_die("user");
	return user;
}

static void check(int result)
{
	if (result < 0)
		plan_die("privileges");
}

void wrong_user_ignored(struct plan *plan)
{
	(void)plan;
}

void wrong_user_half(struct plan *plan)
{
	const struct passwd *user = target(plan);

	check(setgroups(1, &user->pw_gid));
	check(setresgid(user->pw_gid, user->pw_gid, user->pw_gid));
	check(seteuid(user->pw_uid));
}

void wrong_user_saved(struct plan *plan)
{
	const struct passwd *user = target(plan);

	check(setgroups(1, &user->pw_gid));
	check(setresgid(user->pw_gid, user->pw_gid, user->pw_gid));
	check(setresuid(user->pw_uid, user->pw_uid, 0));
}

void wrong_user_group_kept(struct plan *plan)
{
	const struct passwd *user = target(plan);

	check(setgroups(1, &user->pw_gid));
	check(setresuid(user->pw_uid, user->pw_uid, user->pw_uid));
}

void wrong_user_groups_kept(struct plan *plan)
{
	static const gid_t root_and_adm[] = {0, 4};
	const struct passwd *user = target(plan);

	check(setgroups(2, root_and_adm));
	check(setresgid(user->pw_gid, user->pw_gid, user->pw_gid));
	check(setresuid(user->pw_uid, user->pw_uid, user->pw_uid));
}

void wrong_user_capabilities(struct plan *plan)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}};

	check(prctl(PR_SET_KEEPCAPS, 1));
	plan_right(plan, STEP_PRIVILEGES);
	data[0].effective = data[0].permitted = 1U << CAP_NET_BIND_SERVICE | 1U << CAP_SETUID;
	check((int)syscall(SYS_capset, &header, data));
}

void wrong_chroot_outside(struct plan *plan)
{
	if (chroot(plan->directory) < 0)
		_exit(70);
	plan_right(plan, STEP_READY);
}

void wrong_chroot(struct plan *plan)
{
	if (chroot(plan->directory) < 0 || chdir("/") < 0)
		_exit(70);
	plan_right(plan, STEP_READY);
}

void wrong_keeps_environment(struct plan *plan)
{
	(void)plan;
}

void wrong_wipes_environment(struct plan *plan)
{
	extern char **environ;

	for (char **variable = environ; *variable; variable++)
		memset(*variable, 0, strlen(*variable));
	plan_right(plan, STEP_ENVIRONMENT);
}

void wrong_hostile_name(struct plan *plan)
{
	static const char name[] = ")\n\033[2J\xff\xc3(";

	prctl(PR_SET_NAME, name);
	strncpy(program_invocation_name, "\033]0;x\a\n<b>\xff", strlen(program_invocation_name));
	plan_right(plan, STEP_READY);
}

/* The lock goes along, or the new program would be without it. */
void wrong_re_executes(struct plan *plan)
{
	if (plan->pidfile_fd >= 0)
		fcntl(plan->pidfile_fd, F_SETFD, 0);
	execl("/proc/self/exe", "candidate", "--idle", (char *)NULL);
	_exit(70);
}

void wrong_leaves_zombie(struct plan *plan)
{
	pid_t pid = plan_fork();
	siginfo_t info;

	if (pid == 0)
		_exit(0);
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	plan->steps[STEP_REAP] = wrong_nothing;
	plan_right(plan, STEP_READY);
}

void wrong_workers(struct plan *plan)
{
	for (int i = 0; i < 20; i++)
		if (plan_fork() == 0) {
			close(plan->ready[1]); /* or the launcher would not see the main process die */
			plan_idle();
		}
	plan_right(plan, STEP_READY);
}

/* Outside of a sandbox these would take the machine down. */
static void must_be_contained(const struct plan *plan)
{
	if (!plan->contained)
		_exit(77);
}

void wrong_kills_all(struct plan *plan)
{
	must_be_contained(plan);
	wrong_await_launcher_gone(plan);
	kill(-1, SIGKILL);
	plan_idle();
}

void wrong_fork_bomb(struct plan *plan)
{
	must_be_contained(plan);
	for (;;)
		if (fork() < 0)
			sched_yield();
}

void wrong_eats_memory(struct plan *plan)
{
	const size_t size = 16U << 20;

	must_be_contained(plan);
	for (;;) {
		void *area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (area == MAP_FAILED)
			plan_idle();
		memset(area, 1, size);
	}
}
