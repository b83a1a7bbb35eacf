/* From a forked child of the session leader to the candidate. */
#include "terminal/candidate.h"

#include <errno.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "sandbox/spawn.h"
#include "terminal/count.h"
#include "terminal/execute.h"
#include "terminal/prepare.h"
#include "terminal/variables.h"

/* What a shell's command ends with that could not be executed. */
enum { STATUS_NO_COMMAND = 127, STATUS_NOT_EXECUTABLE = 126 };

static void set_signals(uint64_t ignored, uint64_t blocked)
{
	sigset_t mask;

	(void)sigemptyset(&mask);
	for (int number = 1; number < NSIG; number++) {
		(void)signal(number, ignored >> (number - 1) & 1 ? SIG_IGN : SIG_DFL);
		if (blocked >> (number - 1) & 1)
			(void)sigaddset(&mask, number);
	}
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
}

/* Both sides of the fork do this, as in a shell: whoever comes first. SIGTTOU is still ignored here. */
static void take_job(void)
{
	(void)setpgid(0, 0);
	(void)tcsetpgrp(STDIN_FILENO, getpid());
}

static int take_stdio(int fd)
{
	for (int i = 0; i < 3; i++) {
		if (dup2(fd, i) < 0)
			return -errno;
	}
	return 0;
}

static int take_session(int terminal)
{
	if (setsid() < 0 || ioctl(terminal, TIOCSCTTY, 0) < 0)
		return -errno;
	return take_stdio(terminal);
}

static int take_place(const struct leader *leader, const struct candidate *candidate)
{
	if (candidate->no_terminal)
		return setsid() < 0 ? -errno : take_stdio(leader->null);
	if (candidate->launch && leader->plan->variation.session_leader)
		return take_session(leader->slave);
	take_job();
	return 0;
}

/* One planted descriptor may lie above the soft limit: what was opened under a higher limit stays open. */
static int plant(const struct leader *leader)
{
	const struct leader_plan *plan = leader->plan;
	struct rlimit old, raised;
	int status;

	if (getrlimit(RLIMIT_NOFILE, &old) < 0)
		return -errno;
	raised = (struct rlimit){.rlim_cur = old.rlim_max, .rlim_max = old.rlim_max};
	(void)setrlimit(RLIMIT_NOFILE, &raised);
	for (size_t i = 0; i < plan->n_plants; i++) {
		if (!passed_has(&plan->variation, plan->plants[i].number) &&
		    dup2(plan->plants[i].fd, plan->plants[i].number) < 0)
			return -errno;
	}
	status = passed_place(&plan->variation, &leader->passed);
	if (status < 0)
		return status;
	for (int i = 0; i < 3; i++) {
		if (plan->variation.closed >> i & 1)
			(void)close(i);
	}
	return setrlimit(RLIMIT_NOFILE, &old) < 0 ? -errno : 0;
}

/* Until the leader traces this process, which it may only where that is not protected from all inside. */
static char await(int gate)
{
	char letter;

	(void)prctl(PR_SET_DUMPABLE, 1);
	if (write(gate, "", 1) != 1 || read(gate, &letter, 1) != 1)
		spawn_end(1);
	return letter;
}

/* Returns whether the calls are to be counted. */
static bool prepare(const struct leader *leader, const struct candidate *candidate)
{
	struct error error = {0};
	int status = take_place(leader, candidate);
	bool counted = candidate->gate >= 0 && await(candidate->gate) == CANDIDATE_COUNTED;

	if (status == 0 && close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0 && errno != ENOSYS)
		status = -errno;
	if (status == 0 && candidate->launch)
		status = plant(leader);
	if (status < 0) {
		(void)error_errno(&error, status, "cannot give the command its terminal and descriptors");
		life_fail(leader->report, &error);
	}
	return counted;
}

static void fail(const struct leader *leader, const struct candidate *candidate, int status) __attribute__((noreturn));

static void fail(const struct leader *leader, const struct candidate *candidate, int status)
{
	const struct message message = {
	    .type = MESSAGE_NOT_EXECUTED, .pid = getpid(), .error = -status, .at_us = clock_now_us()};

	if (candidate->launch)
		(void)message_send_surely(leader->report, &message, NULL, 0);
	spawn_end(status == -ENOENT || candidate->launch ? STATUS_NO_COMMAND : STATUS_NOT_EXECUTABLE);
}

void candidate_execute(const struct leader *leader, const struct candidate *candidate)
{
	const struct variation *variation = &leader->plan->variation;
	char *const *environment = candidate->environment;
	bool counted = prepare(leader, candidate);

	if (candidate->launch)
		environment = variables_build(leader);
	if (!environment)
		fail(leader, candidate, -ENOMEM);
	(void)umask(candidate->umask);
	if (candidate->launch)
		set_signals(variation->ignored, variation->blocked);
	else
		set_signals(0, 0);
	if (counted)
		count_install();
	fail(leader, candidate, execute(candidate->argv, environment));
}
