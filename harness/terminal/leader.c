/* The terminal's session leader. */
#include "terminal/leader.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "sandbox/spawn.h"
#include "terminal/candidate.h"

static void fail(int report, int status, const char *what) __attribute__((noreturn));

static void fail(int report, int status, const char *what)
{
	struct message message = {.type = MESSAGE_FAILED, .error = -status};

	message.size =
	    (uint32_t)snprintf(message.payload, sizeof(message.payload), "%s: %s", what, strerror(-status)) + 1;
	(void)message_send_surely(report, &message, NULL, 0);
	spawn_end(1);
}

/* Opens a pty; the slave becomes 0, 1, 2 and the controlling terminal of a new session. Returns the master. */
static int take_terminal(int report)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	struct termios modes;
	int unlock = 0, master, slave;

	if (setsid() < 0)
		fail(report, -errno, "cannot make a session");
	master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (master < 0 || ioctl(master, TIOCSPTLCK, &unlock) < 0)
		fail(report, -errno, "cannot open a pseudo-terminal");
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		fail(report, -errno, "cannot open the terminal");
	if (ioctl(slave, TIOCSCTTY, 0) < 0)
		fail(report, -errno, "cannot take the terminal");
	/* No echo: everything that is read from the master was written by the candidate. */
	if (tcgetattr(slave, &modes) == 0) {
		modes.c_lflag &= (tcflag_t)~ECHO;
		(void)tcsetattr(slave, TCSANOW, &modes);
	}
	(void)ioctl(slave, TIOCSWINSZ, &size);
	for (int i = 0; i < 3; i++)
		(void)dup2(slave, i);
	if (slave > 2)
		(void)close(slave);
	return master;
}

/* What an interactive shell ignores. The candidate gets the defaults back. */
static void take_signals(void)
{
	static const int ignored[] = {SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGHUP, SIGPIPE};
	sigset_t none;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)signal(ignored[i], SIG_IGN);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static uint64_t effective_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

	if (syscall(SYS_capget, &header, data) < 0)
		return 0;
	return (uint64_t)data[1].effective << 32 | data[0].effective;
}

static void report_started(const struct leader_plan *plan, int report, int master, pid_t pid)
{
	struct message message = {.type = MESSAGE_STARTED, .pid = pid, .at_us = clock_now_us()};
	struct leader_started *started = (struct leader_started *)(void *)message.payload;

	_Static_assert(sizeof(*started) <= sizeof(message.payload), "a message must hold it");
	started->leader = getpid();
	started->uid = geteuid();
	started->gid = getegid();
	started->cap_effective = started->uid == 0 ? effective_capabilities() : 0;
	(void)look_stat(STDIN_FILENO, "", false, &started->terminal);
	(void)look_stat(AT_FDCWD, ".", false, &started->directory);
	if (!getcwd(started->path, sizeof(started->path)))
		(void)snprintf(started->path, sizeof(started->path), "%s", plan->directory);
	message.size = sizeof(*started);
	if (message_send_surely(report, &message, &master, 1) < 0)
		spawn_end(1);
}

/* Tells what came before the return from what comes later. Without waiting where the terminal takes no more: the look
 * at the pid file must not be late for that. Returns what could not be written. */
static const char *mark_return(const struct leader_plan *plan, int terminal)
{
	ssize_t written = write(terminal, plan->sentinel, strlen(plan->sentinel));

	return plan->sentinel + (written > 0 ? written : 0);
}

static void report_returned(const struct leader_plan *plan, int report, int terminal, pid_t pid)
{
	struct message message = {.type = MESSAGE_RETURNED, .pid = pid};
	struct leader_returned *returned = (struct leader_returned *)(void *)message.payload;
	const char *rest;

	_Static_assert(sizeof(*returned) <= sizeof(message.payload), "a message must hold it");
	message.at_us = clock_now_us();
	rest = mark_return(plan, terminal);
	if (plan->pidfile)
		look_at(AT_FDCWD, plan->pidfile, false, &returned->look);
	/* Reaped only now: who waits for the started process to vanish comes after the mark. */
	(void)waitpid(pid, &message.status, 0);
	/* As a shell does when a job has ended. */
	(void)tcsetpgrp(STDIN_FILENO, getpgrp());
	message.size = (uint32_t)(offsetof(struct leader_returned, look.content) + returned->look.size);
	(void)message_send_surely(report, &message, NULL, 0);
	(void)io_write_all(STDOUT_FILENO, rest, strlen(rest));
}

static void follow(const struct leader_plan *plan, int report, int terminal, pid_t pid)
{
	for (;;) {
		siginfo_t info = {0};
		struct message message = {.type = MESSAGE_STOPPED, .pid = pid};

		if (waitid(P_PID, (id_t)pid, &info, WEXITED | WSTOPPED | WNOWAIT) < 0) {
			if (errno == EINTR)
				continue;
			return;
		}
		if (info.si_code != CLD_STOPPED) {
			report_returned(plan, report, terminal, pid);
			return;
		}
		(void)waitpid(pid, &message.status, WUNTRACED);
		message.at_us = clock_now_us();
		(void)message_send(report, &message, NULL, 0);
	}
}

void leader_run(const struct sandbox_inside *inside, void *data)
{
	const struct leader_plan *plan = data;
	const char *directory = inside->start_directory ? ROOT_START_DIRECTORY : plan->directory;
	int master, terminal;
	pid_t pid;

	(void)prctl(PR_SET_NAME, "daemonck-tty");
	master = take_terminal(inside->report);
	terminal = ioctl(master, TIOCGPTPEER, O_WRONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	take_signals();
	if (chdir(directory) < 0)
		fail(inside->report, -errno, "cannot enter the start directory");
	pid = spawn(0, NULL);
	if (pid < 0)
		fail(inside->report, pid, "cannot fork");
	if (pid == 0)
		candidate_execute(plan, inside->report);
	(void)setpgid(pid, pid);
	(void)tcsetpgrp(STDIN_FILENO, pid);
	report_started(plan, inside->report, master, pid);
	(void)close(master);
	follow(plan, inside->report, terminal, pid);
	for (;;)
		(void)pause();
}
