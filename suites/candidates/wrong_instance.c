/* Faults of the pid file in its daemon's life, and of one instance alone. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faults.h"
#include "wrong.h"

enum { HALF_DONE_MS = 50 };

/* The number in a pid file; 0: none. */
static pid_t old_pid(const char *path)
{
	FILE *file = path ? fopen(path, "re") : NULL;
	int pid = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%d", &pid) != 1)
		pid = 0;
	fclose(file);
	return pid;
}

static void refuse(void) __attribute__((noreturn));
static void refuse(void)
{
	errno = 0;
	plan_die("another one runs");
}

static void write_line(int file, const char *path)
{
	const char *line = plan_pid_line(getpid());

	if (write(file, line, strlen(line)) != (ssize_t)strlen(line))
		plan_die(path);
}

/* Locked and right in the end, but there before it says anything. */
void wrong_pidfile_filled_late(struct plan *plan)
{
	int file = open(plan->pidfile, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (file < 0)
		plan_die(plan->pidfile);
	if (flock(file, LOCK_EX | LOCK_NB) < 0)
		refuse();
	if (ftruncate(file, 0) < 0 || fchmod(file, 0644) < 0)
		plan_die(plan->pidfile);
	wrong_sleep(HALF_DONE_MS);
	write_line(file, plan->pidfile);
	plan->pidfile_fd = file;
}

static bool is_held(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	bool held = file >= 0 && flock(file, LOCK_EX | LOCK_NB) < 0;

	if (file >= 0)
		close(file);
	return held;
}

void wrong_refused_removes_pidfile(struct plan *plan)
{
	if (is_held(plan->pidfile)) {
		unlink(plan->pidfile);
		refuse();
	}
	plan_right(plan, STEP_PIDFILE);
}

/* Renamed into place and locked, but whatever was there goes. */
void wrong_pidfile_unchecked(struct plan *plan)
{
	const char *temporary = wrong_path(plan, "new-pid");
	int file = open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (file < 0 || flock(file, LOCK_EX | LOCK_NB) < 0)
		plan_die(temporary);
	write_line(file, temporary);
	if (rename(temporary, plan->pidfile) < 0) {
		int error = errno;

		unlink(temporary);
		errno = error;
		plan_die(plan->pidfile);
	}
	plan->pidfile_fd = file;
}

void wrong_refuses_any_pidfile(struct plan *plan)
{
	if (access(plan->pidfile, F_OK) == 0)
		refuse();
	plan_right(plan, STEP_PIDFILE);
}

void wrong_trusts_stale_pid(struct plan *plan)
{
	pid_t pid = old_pid(plan->pidfile);

	if (pid > 0 && kill(pid, 0) == 0)
		refuse();
	plan_right(plan, STEP_PIDFILE);
}

/* Makes sure that the one before is really gone. */
void wrong_signals_stale_pid(struct plan *plan)
{
	pid_t pid = old_pid(plan->pidfile);

	plan_right(plan, STEP_PIDFILE);
	if (plan->contained && pid > 1 && pid != getpid())
		kill(pid, SIGTERM);
}

static void remove_marker(struct plan *plan)
{
	unlink(wrong_path(plan, "running"));
	plan_right(plan, STEP_END);
}

void wrong_needs_clean_stop(struct plan *plan)
{
	const char *marker = wrong_path(plan, "running");
	int file = open(marker, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (file < 0)
		plan_die(marker);
	close(file);
	plan->steps[STEP_END] = remove_marker;
	plan_right(plan, STEP_READY);
}

/* With the path of a socket to listen on. */
void wrong_socket_not_replaced(struct plan *plan)
{
	plan->listener = wrong_bind(plan->listen, 0660);
	plan->bound = true;
}
