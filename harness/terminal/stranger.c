/* The process that notes its signals. */
#include "terminal/stranger.h"

#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "sandbox/message.h"
#include "sandbox/spawn.h"

void stranger_tell(int report, pid_t stranger, int signal)
{
	const struct message message = {
	    .type = MESSAGE_SIGNALLED, .pid = stranger, .status = signal, .at_us = clock_now_us()};

	(void)message_send_surely(report, &message, NULL, 0);
}

/* All signals are blocked since before the fork: what comes is kept, whatever its disposition is. */
static void note_signals(int report, int null_fd) __attribute__((noreturn));

static void note_signals(int report, int null_fd)
{
	struct signalfd_siginfo info;
	sigset_t all;
	int signals;

	(void)prctl(PR_SET_NAME, "daemonck-other");
	(void)setsid();
	for (int i = 0; i < 3; i++)
		(void)dup2(null_fd, i);
	report = dup2(report, 3);
	(void)close_range(4, ~0U, 0);
	(void)sigfillset(&all);
	signals = signalfd(-1, &all, SFD_CLOEXEC);
	while (read(signals, &info, sizeof(info)) == sizeof(info)) {
		/* The leader lets it go on after a stop. */
		if (info.ssi_signo != SIGCONT || info.ssi_pid != (uint32_t)getppid())
			stranger_tell(report, getpid(), (int)info.ssi_signo);
	}
	spawn_end(1);
}

pid_t stranger_start(int report, int null_fd)
{
	sigset_t all, old;
	pid_t pid;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &old);
	pid = spawn(0, NULL);
	if (pid == 0)
		note_signals(report, null_fd);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	return pid;
}
