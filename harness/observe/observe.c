/* One launch, from the first message to the settled state. */
#include "observe/observe.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "observe/process.h"
#include "observe/watch.h"

/* A daemon may have hundreds of processes; one with thousands forks without end. */
enum { PROCESSES_BOUND = 2048 };

/* Everything inside is born in ours. */
static char *own_cgroup(void)
{
	CLEANUP_CLOSE int fd = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? NULL : process_read_cgroup(fd);
}

static int wait_started(struct watch *watch)
{
	while (!watch->started && !watch->not_executed && watch->failure == 0) {
		if (clock_now_us() >= watch->plan->deadline_us)
			return error_set(watch->error, -ETIMEDOUT,
			                 "the session leader did not start the command in time");
		events_take(watch, watch->plan->deadline_us);
	}
	return watch->failure;
}

/* What was counted until now; not known where everything had to be ended. */
static void ask_count(struct watch *watch)
{
	const struct leader_command command = {.kind = LEADER_COUNT};
	struct ev_launch *launch = &watch->evidence->launch;
	struct command_answer answer;

	if (!watch->counting || launch->outcome == EV_TOO_MANY || launch->outcome == EV_TOO_MUCH ||
	    command_ask(watch, &command, -1, &answer) < 0)
		return;
	launch->closes_known = answer.counts;
	launch->closes = answer.counts ? answer.counted.closes : 0;
	command_drop_answer(&answer);
}

/* Whether there is a settled state to start the script from. */
static bool settled_well(const struct watch *watch)
{
	enum ev_outcome outcome = watch->evidence->launch.outcome;

	return watch->plan->script.n_steps > 0 && watch->evidence->settle.settled &&
	       (outcome == EV_RETURNED || outcome == EV_STAYED);
}

static void let_go(struct watch *watch)
{
	command_drop_answer(&watch->commands.answer);
	client_close(&watch->client);
	pipes_close(&watch->pipes);
	notices_close(&watch->notices);
	pidfile_watch_end(&watch->pidfile);
	output_free(&watch->output);
	collect_free(&watch->look);
	stopped_free(&watch->scope.stopped);
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
	    .client = {.fd = -1},
	    .pipes = {.fds = {-1, -1}},
	    .notices = {.socket = -1, .s6 = -1},
	    .pidfile = {.fd = -1},
	    .scope = {.proc_fd = plan->sandbox->proc_fd,
	              .reaper = plan->sandbox->reaper,
	              .descendants = plan->sandbox->level == SANDBOX_REAPER,
	              .maximum = PROCESSES_BOUND,
	              .holding = plan->hold.bound_us > 0},
	};
	int slack_ns = prctl(PR_GET_TIMERSLACK), status;

	/* Looks are tens of microseconds apart; the default slack of a timer is fifty. */
	(void)prctl(PR_SET_TIMERSLACK, 1000);
	*ret_times = (struct observe_times){.started_us = clock_now_us()};
	evidence->start.reaper = plan->sandbox->reaper;
	if (plan->pidfile_watch)
		pidfile_watch_take_over(plan->pidfile_watch, &watch.pidfile);
	evidence->start.cgroup = own_cgroup();
	status = wait_started(&watch);
	if (status == 0) {
		process_read_standing(watch.scope.proc_fd, watch.scope.leader, &evidence->start);
		status = settle_watch(&watch);
	}
	if (status == 0) {
		hold_conclude(&watch);
		ask_count(&watch);
	}
	if (status == 0 && settled_well(&watch))
		status = script_run(&watch);
	/* The evidence has taken the output over, and without it nothing was seen. */
	if (status == 0)
		watch.output.before.bytes = watch.output.after.bytes = NULL;
	else
		evidence->launch.output = evidence->launch.late_output = NULL;
	let_go(&watch);
	/* The next candidate would inherit it. */
	(void)prctl(PR_SET_TIMERSLACK, (unsigned long)slack_ns);
	return status;
}
