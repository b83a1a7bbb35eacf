/* instance.after-kill: nobody tidied up: the pid file, the lock, the socket's name are still there. */
#include "probes/ready.h"
#include "probes/tally.h"

/* Whether all of it was gone before it was started again. */
static bool was_killed(struct run_tally *tally, const struct evidence *run)
{
	const struct ev_step *step = NULL, *last = NULL;
	const struct ev_process *left;

	while ((step = run_step(run, EV_STEP_SIGNAL, step)))
		if (step->after.taken)
			last = step;
	left = last ? state_next(&last->after, NULL) : NULL;
	if (left)
		tally_missed(tally, VERDICT_SKIP, "%s (%d) was still there after SIGKILL", probe_or_unknown(left->name),
		             left->pid);
	return !left;
}

static void judge_left(struct run_tally *tally, const struct ev_step *step)
{
	const struct ev_process *process = state_next(&step->after, NULL);
	const struct ev_listener *missing = listener_missing(tally->evidence, &step->after);
	char text[LISTENER_TEXT_MAX];

	if (!process)
		finding_culprit_file(tally->finding, "the start", "after SIGKILL", "left nothing running");
	else if (!step->after.settled)
		tally_missed(tally, VERDICT_SKIP, "the start after SIGKILL had not come to rest at the bound");
	else if (missing)
		finding_culprit_file(tally->finding, listener_text(missing, text), "missing",
		                     "after SIGKILL and another start, though %s (%d) runs",
		                     probe_or_unknown(process->name), process->pid);
	else
		tally_right(tally, "after SIGKILL it started again as %s (%d)", probe_or_unknown(process->name),
		            process->pid);
}

static void judge_start(struct run_tally *tally, const struct ev_step *step)
{
	bool stays = tally->evidence->launch.outcome == EV_STAYED;
	char time[TIME_TEXT_MAX], end[END_TEXT_MAX];

	if (step->done_us == 0 && !stays)
		finding_culprit_file(tally->finding, "the start", "after SIGKILL", "had not ended after %s",
		                     probe_time_text(run_elapsed(step->at_us, step->after.at_us), time));
	else if (step->done_us != 0 && (stays || step->status != tally->evidence->launch.status))
		finding_culprit_file(tally->finding, "the start", "after SIGKILL", "%s%s",
		                     probe_end_text(step->status, end),
		                     state_next(&step->after, NULL) ? "" : " and left nothing running");
	else
		judge_left(tally, step);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};
	const struct evidence *run = tally_run(&tally, EV_SCENARIO_AFTER_KILL, 0);
	const struct ev_step *step = NULL;

	(void)profile;
	finding_expect(finding, "after SIGKILL to all of it, the next start works like the first");
	if (run && was_killed(&tally, run))
		step = tally_step(&tally, run, EV_STEP_RUN, NULL);
	if (step)
		judge_start(&tally, step);
	tally_end(&tally);
}

const struct probe probe_instance_after_kill = {
    .id = "instance.after-kill",
    .seen = SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(AFTER_KILL),
    .title = "it starts again after it was killed by SIGKILL",
    .sources = "daemon(7) step 12; systemd.service(5), Restart=",
    .why =
        "The out-of-memory killer and a power cut tidy nothing up: a daemon that stumbles over its own old pid file, "
        "lock file or socket stays down until somebody removes it by hand.",
    .mend =
        {
            .c = "/* a lock of the kernel's instead of a file that exists: flock(2) ends with its process */\n"
                 "int on = 1;\n"
                 "setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)); /* TCP */\n"
                 "unlink(address.sun_path); /* a Unix socket's old name, under that lock */\n"
                 "bind(fd, (struct sockaddr *)&address, sizeof(address));",
            .python = "# under a lock by fcntl.flock(), which ends with its process:\n"
                      "with contextlib.suppress(FileNotFoundError):\n"
                      "    os.unlink('/run/my-daemon/socket')\n"
                      "server.bind('/run/my-daemon/socket')",
            .ruby = "# under a lock by File#flock, which ends with its process:\n"
                    "FileUtils.rm_f('/run/my-daemon/socket')\n"
                    "server = UNIXServer.new('/run/my-daemon/socket')",
            .shell = "exec 9>>/run/my-daemon/lock\n"
                     "flock --nonblock 9 || exit 1    # instead of: [ -e /run/my-daemon.pid ] && exit 1\n"
                     "rm -f /run/my-daemon/socket",
        },
    .judge = judge,
};
