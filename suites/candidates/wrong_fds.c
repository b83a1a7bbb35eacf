/* Faults of descriptors. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "faults.h"
#include "wrong.h"

/* Puts PATH, opened with FLAGS, on the numbers FIRST to LAST. */
static void put(const char *path, int flags, int first, int last)
{
	int low = open(path, flags, 0600);
	int file = low < 0 ? -1 : fcntl(low, F_DUPFD, STDERR_FILENO + 1);

	if (file < 0)
		plan_die(path);
	if (low > STDERR_FILENO)
		close(low);
	for (int number = first; number <= last; number++)
		dup2(file, number);
	close(file);
}

void wrong_stdio_closed(struct plan *plan)
{
	(void)plan;
	for (int number = STDIN_FILENO; number <= STDERR_FILENO; number++)
		close(number);
}

void wrong_stdin_closed(struct plan *plan)
{
	plan_right(plan, STEP_STDIO);
	close(STDIN_FILENO);
}

void wrong_stderr_closed(struct plan *plan)
{
	plan_right(plan, STEP_STDIO);
	close(STDERR_FILENO);
}

void wrong_stdio_tty(struct plan *plan)
{
	(void)plan;
}

void wrong_stderr_tty(struct plan *plan)
{
	(void)plan;
	put("/dev/null", O_RDWR, STDIN_FILENO, STDOUT_FILENO);
}

/* In a mount namespace of its own; whoever is not root needs a user namespace for that. */
void wrong_stdio_null_file(struct plan *plan)
{
	const char *path = wrong_path(plan, "null");
	int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (file < 0)
		plan_die(path);
	if (unshare(CLONE_NEWNS) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		plan_die("unshare");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount(path, "/dev/null", NULL, MS_BIND, NULL) < 0)
		plan_die("/dev/null");
	close(file);
	put("/dev/null", O_RDWR, STDIN_FILENO, STDERR_FILENO);
}

void wrong_stdio_zero(struct plan *plan)
{
	(void)plan;
	put("/dev/zero", O_RDWR, STDIN_FILENO, STDERR_FILENO);
}

void wrong_stdio_log(struct plan *plan)
{
	plan_right(plan, STEP_STDIO);
	put(wrong_path(plan, "log"), O_WRONLY | O_CREAT | O_APPEND, STDOUT_FILENO, STDERR_FILENO);
}

void wrong_stdin_write_only(struct plan *plan)
{
	plan_right(plan, STEP_STDIO);
	put("/dev/null", O_WRONLY, STDIN_FILENO, STDIN_FILENO);
}

void wrong_stdout_read_only(struct plan *plan)
{
	plan_right(plan, STEP_STDIO);
	put("/dev/null", O_RDONLY, STDOUT_FILENO, STDERR_FILENO);
}

void wrong_stdio_path(struct plan *plan)
{
	(void)plan;
	put("/dev/null", O_PATH, STDIN_FILENO, STDERR_FILENO);
}

static void close_all_but(int number)
{
	if (number > STDERR_FILENO + 1)
		close_range(STDERR_FILENO + 1, (unsigned int)number - 1, 0);
	close_range((unsigned int)number + 1, ~0U, 0);
}

void wrong_keeps_3(struct plan *plan)
{
	(void)plan;
	close_all_but(3);
}

void wrong_keeps_57(struct plan *plan)
{
	(void)plan;
	close_all_but(57);
}

void wrong_keeps_1023(struct plan *plan)
{
	(void)plan;
	close_all_but(1023);
}

void wrong_keeps_high(struct plan *plan)
{
	struct rlimit limit;

	(void)plan;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		plan_die("getrlimit");
	for (int number = STDERR_FILENO + 1; number < (int)limit.rlim_cur; number++)
		close(number);
}

void wrong_keeps_all(struct plan *plan)
{
	(void)plan;
}

void wrong_renumbers(struct plan *plan)
{
	(void)plan;
	dup2(3, 20);
	close_all_but(20);
}

/* A child that runs another program, one that does nothing, and has begun to run it when this returns. */
static void run_idle_program(void)
{
	int ends[2];
	char byte;

	if (pipe2(ends, O_CLOEXEC) < 0)
		_exit(70);
	if (plan_fork() == 0) {
		execl("/bin/sleep", "sleep", "infinity", (char *)NULL);
		_exit(70);
	}
	close(ends[1]);
	/* The end of the pipe tells that the new program runs. */
	if (read(ends[0], &byte, 1) != 0)
		_exit(70);
	close(ends[0]);
}

static void listen_on_loopback(int flags)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int listener = socket(AF_INET, SOCK_STREAM | flags, 0);

	if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 8) < 0)
		_exit(70);
}

void wrong_leaks_listener(struct plan *plan)
{
	listen_on_loopback(0);
	run_idle_program();
	plan_right(plan, STEP_READY);
}

void wrong_leaks_pidfile(struct plan *plan)
{
	fcntl(plan->pidfile_fd, F_SETFD, 0);
	run_idle_program();
	plan_right(plan, STEP_READY);
}

void wrong_runs_child(struct plan *plan)
{
	listen_on_loopback(SOCK_CLOEXEC);
	run_idle_program();
	plan_right(plan, STEP_READY);
}

/* The numbers from LAST on are closed at once: only the way there is long. */
void wrong_closes_one_by_one(struct plan *plan)
{
	struct rlimit limit;

	(void)plan;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		plan_die("getrlimit");
	for (unsigned int number = STDERR_FILENO + 1; number < limit.rlim_cur; number++)
		close((int)number);
	close_range((unsigned int)limit.rlim_cur, ~0U, 0);
}

void wrong_keeps_stderr(struct plan *plan)
{
	if (fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 9) < 0)
		plan_die("standard error");
	plan_right(plan, STEP_STDIO);
}

static int early_log; /* where it landed: above 2, where it is closed again, unless the caller left a gap */

static void null_but_log(struct plan *plan)
{
	int null = plan_open_null();

	(void)plan;
	for (int number = STDIN_FILENO; number <= STDERR_FILENO; number++)
		if (number != early_log)
			dup2(null, number);
	close(null);
}

void wrong_log_lands_low(struct plan *plan)
{
	const char *path = wrong_path(plan, "early-log");

	early_log = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (early_log < 0)
		plan_die(path);
	plan_right(plan, STEP_FILL);
	plan->steps[STEP_STDIO] = null_but_log;
}

static void null_unchecked(struct plan *plan)
{
	int null = open("/dev/null", O_RDWR);

	(void)plan;
	for (int number = STDIN_FILENO; number <= STDERR_FILENO; number++)
		dup2(null, number);
	if (null > STDERR_FILENO)
		close(null);
}

void wrong_null_unchecked(struct plan *plan)
{
	for (int number = STDIN_FILENO; number <= STDERR_FILENO; number++)
		if (fcntl(number, F_GETFD) < 0)
			open("/dev/null", O_RDWR);
	plan->steps[STEP_STDIO] = null_unchecked;
}
