/* launch.returns: the started process ends by itself, so that the caller can go on. */
#include "probes/common.h"

static void judge_stayed(const struct evidence *evidence, bool wanted, struct finding *finding)
{
	char time[TIME_TEXT_MAX];

	finding_set(finding, wanted ? VERDICT_PASS : VERDICT_FAIL, "still in the foreground after %s%s",
	            probe_time_text(evidence->settle.at_us, time),
	            evidence->launch.stopped ? ", stopped by a signal" : "");
	finding->may_change = !wanted;
}

static void judge_returned(const struct evidence *evidence, bool wanted, struct finding *finding)
{
	char time[TIME_TEXT_MAX], end[END_TEXT_MAX];

	finding_set(finding, wanted ? VERDICT_PASS : VERDICT_FAIL, "after %s it %s",
	            probe_time_text(evidence->launch.returned_us, time), probe_end_text(evidence->launch.status, end));
}

/* A launcher that succeeds has left a daemon behind. That a failed one has not is for launch.exit-zero to say. */
static void judge_deserted(const struct evidence *evidence, struct finding *finding)
{
	char end[END_TEXT_MAX];
	const struct ev_exit *last = probe_last_exit(evidence);

	if (evidence->launch.status != 0)
		judge_returned(evidence, true, finding);
	else if (last)
		finding_set(finding, VERDICT_FAIL, "it returned, but no daemon is left: process %d %s", last->pid,
		            probe_end_text(last->status, end));
	else
		finding_set(finding, VERDICT_FAIL, "it returned, but left no daemon behind");
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	bool forks = profile->style == PROFILE_FORKS;
	char text[OUTCOME_TEXT_MAX];

	finding_expect(finding, forks ? "the started process ends by itself, and a daemon lives on"
	                              : "the started process stays");
	switch (evidence->launch.outcome) {
	case EV_RETURNED:
		if (forks && !probe_any_alive(evidence))
			judge_deserted(evidence, finding);
		else
			judge_returned(evidence, forks, finding);
		return;
	case EV_RESTLESS:
		judge_returned(evidence, forks, finding);
		return;
	case EV_STAYED:
		judge_stayed(evidence, !forks, finding);
		return;
	case EV_NO_COMMAND:
		finding_set(finding, VERDICT_BROKEN, "%s", probe_outcome_text(evidence, text));
		return;
	case EV_NEVER:
	case EV_TOO_MANY:
	case EV_TOO_MUCH:
		finding_set(finding, VERDICT_FAIL, "%s", probe_outcome_text(evidence, text));
		return;
	}
	finding_set(finding, VERDICT_BROKEN, "the evidence has an unknown outcome");
}

const struct probe probe_launch_returns = {
    .id = "launch.returns",
    .seen = SEEN_LAUNCH | SEEN_TRACE,
    .title = "the started process returns by itself and leaves a daemon",
    .sources = "daemon(7) step 15; systemd.service(5), Type=forking; LSB init scripts",
    .why = "The caller waits for it: a boot, an init script or a person's shell hangs for as long as the started "
           "process stays in the foreground.",
    .mend =
        {
            .c = "switch (fork()) {\n"
                 "case -1: return EXIT_FAILURE;\n"
                 "case 0:  break;              /* the daemon goes on */\n"
                 "default: _exit(EXIT_SUCCESS); /* better: once the child has told that it is ready */\n"
                 "}",
            .python = "if os.fork() > 0:\n"
                      "    os._exit(0)\n"
                      "os.setsid()",
            .ruby = "Process.daemon",
            .shell = "setsid --fork my-daemon </dev/null >/dev/null 2>&1\n"
                     "# many daemons have an option for it: -d, -D, --daemon, \"daemonize yes\"",
        },
    .judge = judge,
};
