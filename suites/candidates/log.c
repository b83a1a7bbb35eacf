/* The daemon's configuration and its log. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "life.h"

bool life_config_good(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	char text[4096];
	ssize_t got = file < 0 ? -1 : read(file, text, sizeof text - 1);

	if (file >= 0)
		close(file);
	text[got > 0 ? got : 0] = '\0';
	return strstr(text, "good") != NULL;
}

void right_config(struct plan *plan)
{
	errno = 0;
	if (plan->config && !life_config_good(plan->config))
		plan_die(plan->config);
}

static int open_log(const char *path)
{
	return plan_above_stdio(open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640));
}

void right_log(struct plan *plan)
{
	plan->log_fd = plan->log ? open_log(plan->log) : plan->foreground ? STDERR_FILENO : -1;
	if (plan->log && plan->log_fd < 0)
		plan_die(plan->log);
}

/* The old one is kept where a new one cannot be had. */
void right_reopen(struct plan *plan)
{
	int file = plan->log ? open_log(plan->log) : -1;

	if (file >= 0) {
		close(plan->log_fd);
		plan->log_fd = file;
	}
	life_log(plan, file >= 0 || !plan->log ? "reopened" : "the log cannot be opened again");
}

void life_log(const struct plan *plan, const char *text)
{
	if (plan->log_fd >= 0)
		dprintf(plan->log_fd, "candidate[%d]: %s\n", (int)getpid(), text);
}
