/* One launch, from the first message to the settled state. */
#include "observe/observe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "observe/process.h"
#include "observe/watch.h"
#include "proc/status.h"

/* A daemon may have hundreds of processes; one with thousands forks without end. */
enum { PROCESSES_BOUND = 2048 };

/* The candidate starts with the leader's ids, and with its capabilities where it is root: execve takes them from
 * anybody else. */
static int read_leader(struct watch *watch)
{
	struct ev_start *start = &watch->evidence->start;
	CLEANUP_CLOSE int fd = -1;
	struct proc_status status;
	char name[16], text[8192];
	ssize_t length;

	(void)snprintf(name, sizeof(name), "%d", start->leader);
	fd = openat(watch->scope.proc_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	length = fd < 0 ? -1 : io_read_at(fd, "status", text, sizeof(text), NULL);
	if (length <= 0 || proc_parse_status(text, (size_t)length, NULL, 0, &status) < 0)
		return 0; /* killed by the candidate already */
	start->uid = status.uid.effective;
	start->gid = status.gid.effective;
	start->cap_effective = start->uid == 0 ? status.cap_effective : 0;
	start->cgroup = process_read_cgroup(fd);
	return 0;
}

static int wait_started(struct watch *watch)
{
	while (!watch->started && !watch->not_executed && watch->failure == 0) {
		if (clock_now_us() >= watch->plan->deadline_us)
			return error_set(watch->error, -ETIMEDOUT,
			                 "the session leader did not start the command in time");
		events_take(watch, watch->plan->deadline_us);
	}
	if (watch->failure)
		return watch->failure;
	return watch->started ? read_leader(watch) : 0;
}

int observe_launch(const struct observe_plan *plan, struct evidence *evidence, struct observe_times *ret_times,
                   struct error *error)
{
	struct watch watch = {
	    .plan = plan,
	    .evidence = evidence,
	    .times = ret_times,
	    .error = error,
	    .output = {.master = -1, .sentinel = plan->sentinel},
	    .scope = {.proc_fd = plan->sandbox->proc_fd,
	              .reaper = plan->sandbox->reaper,
	              .descendants = plan->sandbox->level == SANDBOX_REAPER,
	              .maximum = PROCESSES_BOUND},
	};
	int slack_ns = prctl(PR_GET_TIMERSLACK), status;

	/* Looks are tens of microseconds apart; the default slack of a timer is fifty. */
	(void)prctl(PR_SET_TIMERSLACK, 1000);
	*ret_times = (struct observe_times){.started_us = clock_now_us()};
	evidence->start.reaper = plan->sandbox->reaper;
	status = wait_started(&watch);
	if (status == 0)
		status = settle_watch(&watch);
	/* The evidence has taken the output over, and without it nothing was seen. */
	if (status == 0)
		watch.output.before.bytes = watch.output.after.bytes = NULL;
	else
		evidence->launch.output = evidence->launch.late_output = NULL;
	output_free(&watch.output);
	collect_free(&watch.look);
	/* The next candidate would inherit it. */
	(void)prctl(PR_SET_TIMERSLACK, (unsigned long)slack_ns);
	return status;
}
