/* The perfect daemon: every step of daemon(7), done right. */
#include "plan.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *pidfile_to_remove; /* for the handler of TERM */

void plan_die(const char *what)
{
	dprintf(STDERR_FILENO, "candidate: %s: %s\n", what, strerror(errno));
	_exit(70);
}

pid_t plan_fork(void)
{
	pid_t pid = fork();

	if (pid < 0)
		plan_die("fork");
	return pid;
}

void plan_idle(void)
{
	for (;;)
		pause();
}

const char *plan_pid_line(pid_t pid)
{
	static char line[32];

	snprintf(line, sizeof line, "%d\n", (int)pid);
	return line;
}

static void enter(struct plan *plan)
{
	(void)plan;
}

/* Also what lies above the soft limit, which may have been lowered after it was opened. */
static void close_inherited(struct plan *plan)
{
	(void)plan;
	if (close_range(STDERR_FILENO + 1, ~0U, 0) < 0)
		plan_die("close_range");
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

static void fork_away(struct plan *plan)
{
	if (pipe2(plan->ready, O_CLOEXEC) < 0)
		plan_die("pipe");
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
	int null = open("/dev/null", O_RDWR);

	(void)plan;
	if (null < 0)
		plan_die("/dev/null");
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

/* 0: nobody else holds the file at PATH, and it may be replaced. */
static int pidfile_is_free(const char *path)
{
	int old = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int error = 0;

	if (old < 0)
		return errno == ENOENT ? 0 : -1;
	if (flock(old, LOCK_EX | LOCK_NB) < 0)
		error = -1;
	close(old);
	return error;
}

int plan_write_pidfile(const char *path, const char *content, mode_t mode)
{
	char temporary[PATH_MAX];
	size_t length = strlen(content);
	int low, file;

	snprintf(temporary, sizeof temporary, "%s.%d", path, (int)getpid());
	low = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	file = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (file < 0 || flock(file, LOCK_EX | LOCK_NB) < 0 || fchmod(file, mode) < 0)
		plan_die(temporary);
	close(low);
	if (write(file, content, length) != (ssize_t)length)
		plan_die(temporary);
	if (pidfile_is_free(path) < 0 || rename(temporary, path) < 0) {
		unlink(temporary);
		plan_die(path);
	}
	return file;
}

static void write_pidfile(struct plan *plan)
{
	if (!plan->pidfile)
		return;
	plan->pidfile_fd = plan_write_pidfile(plan->pidfile, plan_pid_line(getpid()), 0644);
	pidfile_to_remove = plan->pidfile;
}

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

static void tell_launcher(struct plan *plan)
{
	if (write(plan->ready[1], "", 1) != 1)
		_exit(70);
	close(plan->ready[1]);
}

static void stop(int number)
{
	(void)number;
	if (pidfile_to_remove)
		unlink(pidfile_to_remove);
	_exit(0);
}

static void serve(struct plan *plan)
{
	struct sigaction action = {.sa_handler = stop};

	(void)plan;
	sigaction(SIGTERM, &action, NULL);
	plan_idle();
}

/* End of file without the byte means that the daemon died before it was ready. */
static void await_ready(struct plan *plan)
{
	char byte;
	ssize_t got;

	close(plan->ready[1]);
	do
		got = read(plan->ready[0], &byte, 1);
	while (got < 0 && errno == EINTR);
	if (got == 1)
		_exit(0);
	dprintf(STDERR_FILENO, "candidate: the daemon did not start\n");
	_exit(1);
}

step_fn *const RIGHT_STEPS[STEPS] = {
    [STEP_ENTER] = enter,
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
    [STEP_PIDFILE] = write_pidfile,
    [STEP_PRIVILEGES] = drop_privileges,
    [STEP_READY] = tell_launcher,
    [STEP_SERVE] = serve,
    [STEP_RETURN] = await_ready,
};

void plan_right(struct plan *plan, enum step step)
{
	RIGHT_STEPS[step](plan);
}

void plan_run(struct plan *plan)
{
	for (int step = STEP_ENTER; step <= STEP_SERVE; step++)
		plan->steps[step](plan);
	_exit(70);
}
