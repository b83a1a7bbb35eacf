/* Faults of directories, umask, files and the pid file. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults.h"
#include "wrong.h"

const char *wrong_path(const struct plan *plan, const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/candidate.%s", plan->directory, name);
	return path;
}

int wrong_bind(const char *path, mode_t mode)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof address.sun_path)
		_exit(70);
	strcpy(address.sun_path, path);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || chmod(path, mode) < 0 ||
	    listen(listener, 8) < 0)
		_exit(70);
	return listener;
}

static void make_file(const char *path, mode_t mode)
{
	int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (file < 0 || fchmod(file, mode) < 0)
		_exit(70);
	close(file);
}

static void make_directory(const char *path, mode_t mode)
{
	if (mkdir(path, 0700) < 0 || chmod(path, mode) < 0)
		_exit(70);
}

void wrong_cwd_callers(struct plan *plan)
{
	(void)plan;
}

void wrong_cwd_other(struct plan *plan)
{
	(void)plan;
	if (chdir("/usr/share") < 0)
		plan_die("/usr/share");
}

void wrong_cwd_deleted(struct plan *plan)
{
	const char *path = wrong_path(plan, "gone");

	make_directory(path, 0700);
	if (chdir(path) < 0 || rmdir(path) < 0)
		plan_die(path);
}

void wrong_keeps_directory(struct plan *plan)
{
	open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	plan_right(plan, STEP_DIRECTORY);
}

void wrong_umask_inherited(struct plan *plan)
{
	(void)plan;
}

void wrong_umask_077(struct plan *plan)
{
	(void)plan;
	umask(077);
}

void wrong_world_writable_file(struct plan *plan)
{
	make_file(wrong_path(plan, "file"), 0666);
	plan_right(plan, STEP_READY);
}

void wrong_world_writable_socket(struct plan *plan)
{
	wrong_bind(wrong_path(plan, "socket"), 0777);
	plan_right(plan, STEP_READY);
}

void wrong_world_writable_directory(struct plan *plan)
{
	make_directory(wrong_path(plan, "directory"), 0777);
	plan_right(plan, STEP_READY);
}

void wrong_var_run_socket(struct plan *plan)
{
	wrong_bind("/var/run/candidate.socket", 0600);
	plan_right(plan, STEP_READY);
}

void wrong_makes_files(struct plan *plan)
{
	make_file(wrong_path(plan, "file"), 0664);
	make_directory(wrong_path(plan, "directory"), 0755);
	make_directory(wrong_path(plan, "sticky"), 01777);
	wrong_bind(wrong_path(plan, "socket"), 0660);
	plan_right(plan, STEP_READY);
}

void wrong_pidfile_missing(struct plan *plan)
{
	(void)plan;
}

/* Late by more than any look at it that is taken at the return. */
static void pidfile_at_last(struct plan *plan)
{
	wrong_await_launcher_gone(plan);
	wrong_sleep(300);
	plan_right(plan, STEP_PIDFILE);
	plan_right(plan, STEP_SERVE);
}

void wrong_pidfile_late(struct plan *plan)
{
	plan->steps[STEP_SERVE] = pidfile_at_last;
}

void wrong_pidfile_launcher(struct plan *plan)
{
	plan->pidfile_fd = plan_write_pidfile(plan->pidfile, plan_pid_line(plan->launcher), 0644);
}

void wrong_pidfile_init(struct plan *plan)
{
	plan->pidfile_fd = plan_write_pidfile(plan->pidfile, "1\n", 0644);
}

void wrong_pidfile_zombie(struct plan *plan)
{
	pid_t pid = plan_fork();
	siginfo_t info;

	if (pid == 0)
		_exit(0);
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	plan->steps[STEP_REAP] = wrong_nothing;
	plan->pidfile_fd = plan_write_pidfile(plan->pidfile, plan_pid_line(pid), 0644);
}

void wrong_pidfile_garbage(struct plan *plan)
{
	plan->pidfile_fd = plan_write_pidfile(plan->pidfile, "candidate\n", 0644);
}

void wrong_pidfile_empty(struct plan *plan)
{
	plan->pidfile_fd = plan_write_pidfile(plan->pidfile, "", 0644);
}

void wrong_pidfile_no_newline(struct plan *plan)
{
	char line[32];

	snprintf(line, sizeof line, "%d", (int)getpid());
	plan->pidfile_fd = plan_write_pidfile(plan->pidfile, line, 0644);
}

void wrong_pidfile_group_writable(struct plan *plan)
{
	plan->pidfile_fd = plan_write_pidfile(plan->pidfile, plan_pid_line(getpid()), 0664);
}

void wrong_pidfile_world_writable(struct plan *plan)
{
	plan->pidfile_fd = plan_write_pidfile(plan->pidfile, plan_pid_line(getpid()), 0666);
}

void wrong_pidfile_symlink(struct plan *plan)
{
	const char *path = wrong_path(plan, "real-pid");

	plan->pidfile_fd = plan_write_pidfile(path, plan_pid_line(getpid()), 0644);
	if (symlink(path, plan->pidfile) < 0)
		plan_die(plan->pidfile);
}

void wrong_pidfile_unlocked(struct plan *plan)
{
	plan_right(plan, STEP_PIDFILE);
	close(plan->pidfile_fd);
	plan->pidfile_fd = -1;
}
