/* The terminal's session leader. */
#include "terminal/leader.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "sandbox/spawn.h"
#include "terminal/candidate.h"
#include "terminal/life.h"
#include "terminal/null.h"
#include "terminal/prepare.h"
#include "terminal/stranger.h"

enum { CHILDREN_AT_ONCE = 64 };

void life_fail(int report, const struct error *error)
{
	struct message message = {.type = MESSAGE_FAILED, .error = -error->status};

	message.size = (uint32_t)snprintf(message.payload, sizeof(message.payload), "%s", error->text) + 1;
	(void)message_send_surely(report, &message, NULL, 0);
	spawn_end(1);
}

/* No echo: everything that is read from the master was written by the candidate. */
static void set_modes(int terminal)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	struct termios modes;

	if (tcgetattr(terminal, &modes) == 0) {
		modes.c_lflag &= (tcflag_t)~ECHO;
		(void)tcsetattr(terminal, TCSANOW, &modes);
	}
	(void)ioctl(terminal, TIOCSWINSZ, &size);
}

static int open_terminal(int *ret_master, int *ret_slave, struct error *error)
{
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK), unlock = 0, slave;

	if (master < 0 || ioctl(master, TIOCSPTLCK, &unlock) < 0)
		return error_errno(error, -errno, "cannot open a pseudo-terminal");
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return error_errno(error, -errno, "cannot open the terminal");
	set_modes(slave);
	*ret_master = master;
	*ret_slave = slave;
	return 0;
}

/* A pty's slave becomes 0, 1, 2 and the controlling terminal of a new session. Where the candidate is to be a session
 * leader itself it gets another one; the leader keeps the master of its own then, which nobody reads. */
static int take_terminal(struct leader *leader, struct error *error)
{
	int slave = -1, status;

	if (setsid() < 0)
		return error_errno(error, -errno, "cannot make a session");
	status = open_terminal(&leader->master, &slave, error);
	if (status < 0)
		return status;
	if (ioctl(slave, TIOCSCTTY, 0) < 0)
		return error_errno(error, -errno, "cannot take the terminal");
	for (int i = 0; i < 3; i++)
		(void)dup2(slave, i);
	if (slave > 2)
		(void)close(slave);
	leader->slave = STDOUT_FILENO;
	if (leader->plan->variation.session_leader)
		status = open_terminal(&leader->master, &leader->slave, error);
	if (status == 0)
		leader->sentinel = ioctl(leader->master, TIOCGPTPEER, O_WRONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	return status;
}

/* What an interactive shell ignores. The candidate gets the defaults back. The ends of children come through a
 * descriptor. */
static int take_signals(struct leader *leader, struct error *error)
{
	static const int ignored[] = {SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGHUP, SIGPIPE};
	sigset_t children;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)signal(ignored[i], SIG_IGN);
	(void)sigemptyset(&children);
	(void)sigaddset(&children, SIGCHLD);
	(void)sigprocmask(SIG_SETMASK, &children, NULL);
	leader->signals = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
	return leader->signals < 0 ? error_errno(error, -errno, "cannot make a signalfd") : 0;
}

static uint64_t effective_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

	if (syscall(SYS_capget, &header, data) < 0)
		return 0;
	return (uint64_t)data[1].effective << 32 | data[0].effective;
}

static void describe_start(const struct leader *leader, struct leader_started *started)
{
	struct rlimit limit = {0};

	started->leader = getpid();
	started->stranger = leader->stranger;
	started->counting = leader->plan->variation.count_closes && leader->trace.on;
	memcpy(started->pipes, leader->passed.pipe_files, sizeof(started->pipes));
	started->socket = leader->passed.listener_inode;
	memcpy(started->socket_address, leader->passed.listener_address, sizeof(started->socket_address));
	started->uid = geteuid();
	started->gid = getegid();
	(void)getrlimit(RLIMIT_NOFILE, &limit);
	started->nofile = limit.rlim_cur;
	started->cap_effective = started->uid == 0 ? effective_capabilities() : 0;
	(void)look_stat(leader->slave, "", false, &started->terminal);
	(void)look_stat(AT_FDCWD, ".", false, &started->directory);
	if (leader->own_directory[0] || !getcwd(started->path, sizeof(started->path)))
		(void)snprintf(started->path, sizeof(started->path), "%s", leader->directory);
}

static void report_started(struct leader *leader)
{
	struct message message = {.type = MESSAGE_STARTED, .pid = leader->candidate, .at_us = clock_now_us()};
	struct leader_started *started = (struct leader_started *)(void *)message.payload;
	const struct passed *passed = &leader->passed;
	const int given[LEADER_DESCRIPTORS] = {
	    [LEADER_MASTER] = leader->master,          [LEADER_PIPE_1] = passed->pipe_readers[0],
	    [LEADER_PIPE_2] = passed->pipe_readers[1], [LEADER_NOTIFY] = passed->notify,
	    [LEADER_S6] = passed->s6_reader,           [LEADER_SOCKET] = passed->listener,
	};
	int fds[LEADER_DESCRIPTORS];
	size_t n_fds = 0;

	_Static_assert(sizeof(*started) <= sizeof(message.payload), "a message must hold it");
	describe_start(leader, started);
	for (size_t i = 0; i < LEADER_DESCRIPTORS; i++) {
		if (given[i] < 0)
			continue;
		started->present |= 1U << i;
		fds[n_fds++] = given[i];
	}
	message.size = sizeof(*started);
	if (message_send_surely(leader->report, &message, fds, n_fds) < 0)
		spawn_end(1);
	/* The harness has the only master, so that it hangs up, and nobody but the candidate writes to its pipes. */
	(void)close(leader->master);
	passed_forget(&leader->passed);
}

/* Out of the way of the numbers under which the candidate is given something. */
static void move_report(struct leader *leader)
{
	int moved = fcntl(leader->report, F_DUPFD_CLOEXEC, PASSED_BASE);

	if (moved < 0)
		return;
	(void)close(leader->report);
	leader->report = moved;
}

/* Everything that has to be there before the candidate's process. */
static int prepare(struct leader *leader, struct error *error)
{
	const struct variation *variation = &leader->plan->variation;
	int status = prepare_check(variation, leader->level, error);

	leader->null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (status == 0)
		status = null_prepare(variation->null, error);
	if (status == 0)
		status = prepare_limit(variation->nofile, error);
	move_report(leader);
	if (status == 0)
		status = take_terminal(leader, error);
	if (status == 0)
		status = take_signals(leader, error);
	if (status == 0)
		status = prepare_directory(leader, error);
	if (status == 0 && variation->stranger) {
		leader->stranger = stranger_start(leader->report, leader->null);
		if (leader->stranger < 0)
			status = error_errno(error, leader->stranger, "cannot fork");
	}
	if (status == 0)
		status = prepare_files(leader, error);
	if (status == 0)
		status = prepare_setup(leader, error);
	if (status == 0)
		status = passed_occupy(variation, &leader->passed, error);
	if (status == 0)
		status = passed_make(variation, &leader->passed, error);
	return status == 0 ? prepare_directory_last(leader, error) : status;
}

/* The candidate's process waits behind the gate until it is traced. Where it may not be, nothing is held back in vain,
 * but a launch that was only to be counted in is still a launch. */
static int trace_candidate(struct leader *leader, int gate, struct error *error)
{
	char letter;

	if (read(gate, &letter, 1) != 1)
		return error_set(error, -EPIPE, "the command's process ended before it was traced");
	if (leader->plan->variation.hold)
		return hold_seize(leader, leader->candidate, error);
	(void)count_seize(leader, leader->candidate, error);
	return 0;
}

static int open_gate(const struct leader *leader, int gate, struct error *error)
{
	bool counted = leader->plan->variation.count_closes && leader->trace.on;
	char letter = counted ? CANDIDATE_COUNTED : CANDIDATE_PLAIN;

	return write(gate, &letter, 1) == 1 ? 0 : error_errno(error, -errno, "cannot let the command start");
}

static int start(struct leader *leader, struct error *error)
{
	const struct leader_plan *plan = leader->plan;
	const struct variation *variation = &plan->variation;
	struct candidate candidate = {
	    .argv = plan->argv, .environment = plan->environment, .umask = plan->umask, .launch = true, .gate = -1};
	bool traced = variation->hold || variation->count_closes;
	int gate[2] = {-1, -1}, status = 0;

	if (traced && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, gate) < 0)
		return error_errno(error, -errno, "cannot make a socket pair");
	candidate.gate = gate[1];
	leader->candidate = spawn(variation->pid1 ? CLONE_NEWPID | CLONE_NEWNS : 0, NULL);
	if (leader->candidate < 0)
		return error_errno(error, leader->candidate, "cannot fork");
	if (leader->candidate == 0) {
		cleanup_close(&gate[0]);
		candidate_execute(leader, &candidate);
	}
	cleanup_close(&gate[1]);
	if (!variation->session_leader) {
		(void)setpgid(leader->candidate, leader->candidate);
		(void)tcsetpgrp(STDIN_FILENO, leader->candidate);
	}
	if (traced)
		status = trace_candidate(leader, gate[0], error);
	if (status == 0)
		report_started(leader);
	if (status == 0 && traced)
		status = open_gate(leader, gate[0], error);
	cleanup_close(&gate[0]);
	return status;
}

/* A child of the leader's own has ended that is not the candidate. */
static void child_ended(const struct leader *leader, pid_t pid)
{
	struct message message = {.type = MESSAGE_RAN, .pid = pid, .at_us = clock_now_us()};

	(void)waitpid(pid, &message.status, __WALL);
	if (pid == leader->stranger) {
		stranger_tell(leader->report, pid, WIFSIGNALED(message.status) ? WTERMSIG(message.status) : 0);
		return;
	}
	if (tcgetpgrp(STDIN_FILENO) == pid)
		(void)tcsetpgrp(STDIN_FILENO, getpgrp());
	(void)message_send_surely(leader->report, &message, NULL, 0);
}

static void child_stopped(const struct leader *leader, pid_t pid, int status)
{
	const struct message message = {.type = MESSAGE_STOPPED, .pid = pid, .status = status, .at_us = clock_now_us()};

	if (pid == leader->candidate && !leader->returned)
		(void)message_send(leader->report, &message, NULL, 0);
	if (pid == leader->stranger) {
		stranger_tell(leader->report, pid, WSTOPSIG(status));
		(void)kill(pid, SIGCONT);
	}
}

/* Whoever asks to be traced by its parent (PTRACE_TRACEME) finds nobody who does: under a shell it would stay stopped,
 * too. Whoever has been killed meanwhile is not stopped any more, but will be found ended. */
static void take_stop(struct leader *leader, pid_t pid)
{
	siginfo_t info = {0};
	int status;

	if (waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOHANG | __WALL) < 0 || info.si_pid == 0)
		return;
	status = W_STOPCODE(info.si_status);
	if (!trace_is_ours(&leader->trace, pid, status))
		child_stopped(leader, pid, status);
	else if (leader->plan->variation.hold)
		hold_stopped(leader, pid, status);
	else
		count_stopped(leader, pid, status);
}

static void take_end(struct leader *leader, pid_t pid)
{
	if (pid == leader->candidate && !leader->returned) {
		life_returned(leader);
	} else if (trace_find(&leader->trace, pid)) {
		(void)waitpid(pid, NULL, __WALL);
		trace_drop(&leader->trace, pid);
		hold_ended(leader);
	} else {
		child_ended(leader, pid);
	}
}

/* Whether there may be more: whoever stops again and again must not keep us from all else. */
static bool take_children(struct leader *leader)
{
	for (int i = 0; i < CHILDREN_AT_ONCE; i++) {
		siginfo_t info = {0};

		if (waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOWAIT | WNOHANG | __WALL) < 0 || info.si_pid == 0)
			return false;
		if (info.si_code == CLD_STOPPED || info.si_code == CLD_TRAPPED)
			take_stop(leader, info.si_pid);
		else
			take_end(leader, info.si_pid);
	}
	return true;
}

static void live(struct leader *leader) __attribute__((noreturn));

static void live(struct leader *leader)
{
	struct pollfd waits[] = {
	    {.fd = leader->signals, .events = POLLIN},
	    {.fd = leader->report, .events = POLLIN},
	    {.fd = leader->passed.notify, .events = POLLIN},
	};
	struct signalfd_siginfo info;
	bool more = false;

	for (;;) {
		(void)poll(waits, sizeof(waits) / sizeof(*waits), more ? 0 : hold_timeout_ms(&leader->hold));
		/* Emptied before the children are asked: one that ends in between is heard of again. */
		while (read(leader->signals, &info, sizeof(info)) == sizeof(info))
			;
		if (waits[2].revents)
			life_notices(leader);
		more = take_children(leader);
		if (waits[1].revents)
			life_obey(leader);
		hold_due(leader);
	}
}

void leader_run(const struct sandbox_inside *inside, void *data)
{
	struct leader leader = {
	    .plan = data,
	    .level = inside->level,
	    .report = inside->report,
	    .directory = inside->start_directory ? ROOT_START_DIRECTORY : ((struct leader_plan *)data)->directory,
	    .passed = PASSED_NONE,
	};
	struct error error = {0};

	(void)prctl(PR_SET_NAME, "daemonck-tty");
	/* What is made here has the modes that are given. */
	(void)umask(0);
	if (prepare(&leader, &error) < 0 || start(&leader, &error) < 0)
		life_fail(leader.report, &error);
	live(&leader);
}
