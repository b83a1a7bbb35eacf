/* launch.ready-on-return: what a client may use once the started process has returned is there by then. Where new
 * processes are held back this shows without luck; the plain starts give the rate that a caller lives with. */
#include "probes/ready.h"

#include "base/text.h"

/* "tcp 0.0.0.0:80 was not there when process 3 ended after 1.5 ms" */
static void tell_instant(const struct evidence *evidence, const struct evidence *launch, bool missing,
                         struct finding *finding)
{
	char what[READY_TEXT_MAX], time[TIME_TEXT_MAX];

	finding_set(finding, missing ? VERDICT_FAIL : VERDICT_PASS, "%s%s: %s when process %d ended after %s",
	            launch->scenario == EV_SCENARIO_HELD ? "new processes held back, " : "",
	            missing ? "missing" : "there", ready_text(evidence, launch, missing, what), launch->launch.pid,
	            probe_time_text(launch->launch.returned_us, time));
}

/* What the launch in which new processes are held back adds. */
static void tell_held(const struct evidence *evidence, const struct evidence *held, struct finding *finding)
{
	char why[OUTCOME_TEXT_MAX];

	if (!held)
		text_append(finding->seen, sizeof(finding->seen), "; not tried with new processes held back");
	else if (!run_started(evidence, held, why, sizeof(why)))
		text_append(finding->seen, sizeof(finding->seen), "; with new processes held back it did not start: %s",
		            why);
	else if (held->launch.ended_unheard)
		text_append(finding->seen, sizeof(finding->seen),
		            "; the launcher does not wait for its daemon: held back, that had not run yet");
	else if (ready_in(evidence, held) == READY_YES)
		text_append(finding->seen, sizeof(finding->seen), "; there with new processes held back, too");
}

/* The launch to tell of: one in which it was not ready, if there is any; NULL: nothing was seen. */
static const struct evidence *telling(const struct evidence *evidence, const struct ready_rate *rate,
                                      const struct evidence *held)
{
	enum ready held_ready = held ? ready_in(evidence, held) : READY_UNSEEN;

	if (rate->unready)
		return rate->unready;
	if (held_ready == READY_NO || (held_ready == READY_YES && rate->seen == 0))
		return held;
	return rate->seen > 0 ? evidence : NULL;
}

static void judge_starts(const struct evidence *evidence, struct finding *finding)
{
	struct finding reason = {0};
	const struct evidence *held = held_needed(evidence, EV_SCENARIO_HELD, &reason), *launch;
	struct ready_rate rate = ready_rate(evidence);

	/* Ready in the plain starts may be luck: a harness that failed must not hide that. */
	if (!rate.unready && reason.verdict == VERDICT_BROKEN) {
		finding_set(finding, VERDICT_BROKEN, "%s", reason.seen);
		return;
	}
	launch = telling(evidence, &rate, held);
	if (!launch) {
		finding_set(finding, VERDICT_SKIP,
		            "what was there at the instant when the started process ended could not be seen");
		return;
	}
	tell_instant(evidence, launch, ready_in(evidence, launch) == READY_NO, finding);
	if (rate.seen > 0)
		text_append(finding->seen, sizeof(finding->seen), "; ready in %u of %u plain starts", rate.ready,
		            rate.seen);
	tell_held(evidence, held, finding);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	finding_expect(finding, "what is declared or listens later, and the pid file, there when the launcher ends");
	if (!ready_needs_launcher(evidence, profile, finding))
		return;
	if (ready_known(evidence))
		judge_starts(evidence, finding);
	else
		finding_set(finding, VERDICT_SKIP, "nothing is declared and nothing listens that could be ready");
}

const struct probe probe_launch_ready_on_return = {
    .id = "launch.ready-on-return",
    .seen = SEEN_LAUNCH | SEEN_DIFFERENTIAL,
    .scenarios = SCENARIO_BIT(AGAIN) | SCENARIO_BIT(HELD),
    .title = "the daemon is ready when the started process returns",
    .sources = "daemon(7) steps 14 and 15; USBGuard #291, smcroute #111",
    .why = "Whatever was ordered after the daemon starts as soon as the started process returns: it finds no port and "
           "no pid file, fails now and then, and someone adds a sleep to a script.",
    .mend =
        {
            .c = "int ready[2];\n"
                 "char byte;\n"
                 "pipe2(ready, O_CLOEXEC);\n"
                 "if (fork() > 0) {\n"
                 "        close(ready[1]); /* so that the daemon's death is an end of file */\n"
                 "        _exit(read(ready[0], &byte, 1) == 1 ? EXIT_SUCCESS : EXIT_FAILURE);\n"
                 "}\n"
                 "/* in the daemon, when it listens and its pid file is written: */\n"
                 "write(ready[1], \"\", 1);\n"
                 "close(ready[1]);",
            .python = "ready_r, ready_w = os.pipe()\n"
                      "if os.fork() > 0:\n"
                      "    os.close(ready_w)\n"
                      "    os._exit(0 if os.read(ready_r, 1) else 1)\n"
                      "# in the daemon, when it listens and its pid file is written:\n"
                      "os.write(ready_w, b'1')\n"
                      "os.close(ready_w)",
            .ruby = "ready_r, ready_w = IO.pipe\n"
                    "if fork\n"
                    "  ready_w.close\n"
                    "  exit!(ready_r.read(1) ? 0 : 1)\n"
                    "end\n"
                    "# in the daemon, when it listens and its pid file is written:\n"
                    "ready_w.write('1')\n"
                    "ready_w.close",
            .shell = "fifo=$(mktemp -u)\n"
                     "mkfifo -m 600 \"$fifo\" || exit 1\n"
                     "my-daemon --ready-fd 9 9>\"$fifo\" &  # it writes a line there when it is ready\n"
                     "read -r line <\"$fifo\"; status=$?    # end of file, when it died, is a failure\n"
                     "rm -f \"$fifo\"\n"
                     "exit \"$status\"",
        },
    .judge = judge,
};
