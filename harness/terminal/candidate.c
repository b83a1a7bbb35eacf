/* From a forked child of the session leader to the candidate. */
#include "terminal/candidate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "sandbox/spawn.h"

enum {
	ARGUMENTS_MAX = 4096,
	SOFT_DESCRIPTORS = 1024, /* what a login gives, whatever the limit of our own caller is */
};

static void reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* One planted descriptor may lie above the soft limit: what was opened under a higher limit stays open. */
static int plant(const struct leader_plan *plan)
{
	struct rlimit old, raised;

	if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0 && errno != ENOSYS)
		return -errno;
	if (getrlimit(RLIMIT_NOFILE, &old) < 0)
		return -errno;
	raised = (struct rlimit){.rlim_cur = old.rlim_max, .rlim_max = old.rlim_max};
	(void)setrlimit(RLIMIT_NOFILE, &raised);
	for (size_t i = 0; i < plan->n_plants; i++) {
		if (dup2(plan->plants[i].fd, plan->plants[i].number) < 0)
			return -errno;
	}
	if (old.rlim_cur > SOFT_DESCRIPTORS)
		old.rlim_cur = SOFT_DESCRIPTORS;
	return setrlimit(RLIMIT_NOFILE, &old) < 0 ? -errno : 0;
}

static const char *path_variable(char *const *environment)
{
	for (; *environment; environment++) {
		if (strncmp(*environment, "PATH=", 5) == 0)
			return *environment + 5;
	}
	return "/usr/sbin:/usr/bin:/sbin:/bin";
}

/* A text file without #! is run by sh, as a shell does. */
static int execute_script(const char *path, const struct leader_plan *plan)
{
	char sh[] = "sh";
	char *arguments[ARGUMENTS_MAX + 2] = {sh, (char *)path};
	size_t i;

	for (i = 1; plan->argv[i] && i < ARGUMENTS_MAX; i++)
		arguments[i + 1] = plan->argv[i];
	arguments[i + 1] = NULL;
	(void)execve("/bin/sh", arguments, plan->environment);
	return -errno;
}

/* A program for another machine is no script: shells tell by a NUL at its beginning. */
static bool is_binary(const char *path)
{
	char beginning[80];
	ssize_t length = io_read_at(AT_FDCWD, path, beginning, sizeof(beginning), NULL);

	return length > 0 && memchr(beginning, '\0', (size_t)length);
}

static int execute_path(const char *path, const struct leader_plan *plan)
{
	(void)execve(path, plan->argv, plan->environment);
	if (errno != ENOEXEC)
		return -errno;
	return is_binary(path) ? -ENOEXEC : execute_script(path, plan);
}

/* As execvp(3), with the candidate's own PATH. Returns only when it failed. */
static int execute(const struct leader_plan *plan)
{
	const char *name = plan->argv[0], *rest;
	bool denied = false;

	if (*name == '\0')
		return -ENOENT;
	if (strchr(name, '/'))
		return execute_path(name, plan);
	for (rest = path_variable(plan->environment); rest; rest = strchr(rest, ':') ? strchr(rest, ':') + 1 : NULL) {
		char path[PATH_MAX];
		int length = (int)strcspn(rest, ":"), status;

		if (snprintf(path, sizeof(path), "%.*s/%s", length ? length : 1, length ? rest : ".", name) >= PATH_MAX)
			continue;
		status = execute_path(path, plan);
		if (status == -EACCES)
			denied = true;
		else if (status != -ENOENT && status != -ENOTDIR)
			return status;
	}
	return denied ? -EACCES : -ENOENT;
}

void candidate_execute(const struct leader_plan *plan, int report)
{
	struct message message = {.type = MESSAGE_NOT_EXECUTED, .pid = getpid()};
	int status;

	/* Both sides of the fork do this, as in a shell: whoever comes first. SIGTTOU is still ignored here. */
	(void)setpgid(0, 0);
	(void)tcsetpgrp(STDIN_FILENO, getpid());
	status = plant(plan);
	(void)umask(plan->umask);
	reset_signals();
	if (status == 0)
		status = execute(plan);
	message.error = -status;
	message.at_us = clock_now_us();
	(void)message_send_surely(report, &message, NULL, 0);
	spawn_end(127);
}
