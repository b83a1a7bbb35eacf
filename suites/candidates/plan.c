/* The perfect daemon: every step of daemon(7), done right. What it does then is in life.h. */
#include "plan.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "life.h"

static struct plan *running; /* whose files go when the start fails */

void plan_clean(struct plan *plan)
{
	life_end_workers(plan);
	if (plan->pidfile_fd >= 0 && plan_same_file(plan->pidfile_fd, plan->pidfile))
		unlink(plan->pidfile);
	if (plan->bound)
		unlink(plan->listen);
}

void plan_die(const char *what)
{
	const char *why = errno ? strerror(errno) : NULL;
	int to = STDERR_FILENO;
	char text[PLAN_TEXT_MAX];

	snprintf(text, sizeof text, "candidate: %s%s%s\n", what, why ? ": " : "", why ? why : "");
	if (running && (running->foreground || getpid() != running->launcher)) {
		plan_clean(running);
		if (running->ready[1] >= 0)
			to = running->ready[1];
	}
	dprintf(to, "%s", text);
	_exit(1);
}

pid_t plan_fork(void)
{
	sigset_t all, before;
	pid_t pid;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0)
		life_forget_signals();
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (pid < 0)
		plan_die("fork");
	return pid;
}

void plan_idle(void)
{
	for (;;)
		pause();
}

int plan_above_stdio(int fd)
{
	int high = fd >= 0 && fd <= STDERR_FILENO ? fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1) : fd;

	if (high != fd)
		close(fd);
	return high;
}

int plan_open_null(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct stat status;

	if (null < 0 || fstat(null, &status) < 0)
		plan_die("/dev/null");
	errno = ENODEV;
	if (!S_ISCHR(status.st_mode) || status.st_rdev != makedev(1, 3))
		plan_die("/dev/null");
	return null;
}

static void nothing(struct plan *plan)
{
	(void)plan;
}

static void fill_stdio(struct plan *plan)
{
	int null = plan_open_null();

	(void)plan;
	while (null <= STDERR_FILENO)
		null = plan_open_null();
	close(null);
}

/* The lowest passed descriptor from FIRST on, or one above all. */
static unsigned int next_passed(const struct plan *plan, unsigned int first)
{
	const int passed[] = {plan->passed ? plan->listener : -1, plan->s6};
	unsigned int next = ~0U;

	for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
		if (passed[i] >= (int)first && (unsigned int)passed[i] < next)
			next = (unsigned int)passed[i];
	return next;
}

/* Also what lies above the soft limit, which may have been lowered after it was opened. */
static void close_inherited(struct plan *plan)
{
	unsigned int first = STDERR_FILENO + 1, passed;

	do {
		passed = next_passed(plan, first);
		if (passed > first && close_range(first, passed == ~0U ? ~0U : passed - 1, 0) < 0)
			plan_die("close_range");
		first = passed + 1;
	} while (passed != ~0U);
}

static void reset_handlers(struct plan *plan)
{
	(void)plan;
	for (int number = 1; number < _NSIG; number++)
		signal(number, SIG_DFL); /* fails for KILL and STOP, and for those that libc keeps to itself */
}

static void reset_mask(struct plan *plan)
{
	sigset_t none;

	(void)plan;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void clean_environment(struct plan *plan)
{
	(void)plan;
	if (clearenv() != 0 || setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1) < 0)
		plan_die("environment");
}

void plan_open_ready(struct plan *plan)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, plan->ready) < 0)
		plan_die("socketpair");
}

static void fork_away(struct plan *plan)
{
	plan_open_ready(plan);
	if (plan_fork() > 0)
		plan->steps[STEP_RETURN](plan);
	close(plan->ready[0]);
}

static void new_session(struct plan *plan)
{
	(void)plan;
	if (setsid() < 0)
		plan_die("setsid");
}

static void fork_again(struct plan *plan)
{
	(void)plan;
	if (plan_fork() > 0)
		_exit(0);
}

static void null_stdio(struct plan *plan)
{
	int null = plan_open_null();

	(void)plan;
	for (int number = STDIN_FILENO; number <= STDERR_FILENO; number++)
		dup2(null, number);
	if (null > STDERR_FILENO)
		close(null);
}

static void own_umask(struct plan *plan)
{
	(void)plan;
	umask(0);
}

static void to_root_directory(struct plan *plan)
{
	(void)plan;
	if (chdir("/") < 0)
		plan_die("/");
}

/* A pid file in a directory that the user may not write stays at the end: give the user one of its own. */
static void drop_privileges(struct plan *plan)
{
	struct passwd *user;

	if (!plan->user)
		return;
	user = getpwnam(plan->user);
	if (!user)
		plan_die(plan->user);
	if (setgroups(1, &user->pw_gid) < 0 || setresgid(user->pw_gid, user->pw_gid, user->pw_gid) < 0 ||
	    setresuid(user->pw_uid, user->pw_uid, user->pw_uid) < 0)
		plan_die("privileges");
}

/* Whoever was told to stop meanwhile does not start. Nor does it where the launcher was: the caller, who sees that one
 * die of a signal, must not find a daemon; so the launcher answers once nothing can stop it any more. */
static void tell_launcher(struct plan *plan)
{
	char byte = 0;

	life_take_signals(plan);
	errno = 0;
	if (plan->stopping && !plan->foreground)
		plan_die("told to stop while it started");
	if (plan->ready[1] < 0)
		return;
	if (write(plan->ready[1], &byte, 1) != 1 || read(plan->ready[1], &byte, 1) != 1)
		plan_die("the launcher is gone");
	close(plan->ready[1]);
	plan->ready[1] = -1;
}

ssize_t plan_await(const struct plan *plan, char text[PLAN_TEXT_MAX])
{
	sigset_t all;
	ssize_t got;

	close(plan->ready[1]);
	do
		got = read(plan->ready[0], text, PLAN_TEXT_MAX);
	while (got < 0 && errno == EINTR);
	if (got == 1 && text[0] == '\0') {
		sigfillset(&all);
		sigprocmask(SIG_SETMASK, &all, NULL);
		if (write(plan->ready[0], "", 1) != 1)
			return 0;
	}
	return got;
}

/* End of file without the byte means that the daemon died before it was ready. */
static void await_ready(struct plan *plan)
{
	char text[PLAN_TEXT_MAX];
	ssize_t got = plan_await(plan, text);

	if (got == 1 && text[0] == '\0')
		_exit(0);
	if (got > 0)
		dprintf(STDERR_FILENO, "%.*s", (int)got, text);
	else
		dprintf(STDERR_FILENO, "candidate: the daemon did not start\n");
	_exit(1);
}

step_fn *const RIGHT_STEPS[STEPS] = {
    [STEP_ENTER] = nothing,
    [STEP_FILL] = fill_stdio,
    [STEP_PASSED] = right_passed,
    [STEP_CLOSE] = close_inherited,
    [STEP_HANDLERS] = reset_handlers,
    [STEP_MASK] = reset_mask,
    [STEP_ENVIRONMENT] = clean_environment,
    [STEP_FORK] = fork_away,
    [STEP_SESSION] = new_session,
    [STEP_FORK_AGAIN] = fork_again,
    [STEP_STDIO] = null_stdio,
    [STEP_UMASK] = own_umask,
    [STEP_DIRECTORY] = to_root_directory,
    [STEP_SIGNALS] = right_signals,
    [STEP_CONFIG] = right_config,
    [STEP_LOG] = right_log,
    [STEP_PIDFILE] = right_pidfile,
    [STEP_LISTEN] = right_listen,
    [STEP_PRIVILEGES] = drop_privileges,
    [STEP_WORKERS] = right_workers,
    [STEP_NOTIFY] = right_notify,
    [STEP_S6] = right_s6,
    [STEP_READY] = tell_launcher,
    [STEP_SERVE] = right_serve,
    [STEP_RETURN] = await_ready,
    [STEP_WORK] = right_work,
    [STEP_ANSWER] = right_answer,
    [STEP_STOP] = right_stop,
    [STEP_END] = right_end,
    [STEP_RELOAD] = right_reload,
    [STEP_REOPEN] = right_reopen,
    [STEP_REAP] = right_reap,
    [STEP_WATCHDOG] = right_watchdog,
};

void plan_make(struct plan *plan)
{
	*plan = (struct plan){.directory = "/run", .s6 = -1, .ready = {-1, -1}, .pidfile_fd = -1, .listener = -1};
	memcpy(plan->steps, RIGHT_STEPS, sizeof plan->steps);
	plan->log_fd = -1;
	plan->launcher = getpid();
	plan->contained = getenv("DAEMONCK_MARKER") != NULL;
	for (int i = 0; i < CLIENTS_MAX; i++)
		plan->clients[i].fd = -1;
}

void plan_stay_in_foreground(struct plan *plan)
{
	static const enum step left_out[] = {STEP_ENVIRONMENT, STEP_FORK,  STEP_SESSION,  STEP_FORK_AGAIN,
	                                     STEP_STDIO,       STEP_UMASK, STEP_DIRECTORY};

	plan->foreground = true;
	for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
		plan->steps[left_out[i]] = nothing;
}

void plan_right(struct plan *plan, enum step step)
{
	RIGHT_STEPS[step](plan);
}

void plan_run(struct plan *plan)
{
	running = plan;
	for (int step = STEP_ENTER; step <= STEP_SERVE; step++)
		plan->steps[step](plan);
	_exit(70);
}
