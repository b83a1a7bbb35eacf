/* launch.no-sleep-sync: a launcher that sleeps for its daemon instead of waiting is right until the machine is slow.
 * New processes are held back here for as long as the launcher is on a timer, so that every sleep is too short. */
#include "probes/ready.h"

#include "base/text.h"

/* The same fault is not told twice: what does not wait at all is for launch.ready-on-return to tell. */
static bool is_told_already(const struct evidence *evidence, const struct evidence *held, struct finding *finding)
{
	if (!ready_rate(evidence).unready && ready_in(evidence, held) != READY_NO)
		return false;
	finding_set(finding, VERDICT_SKIP, "it is not ready on return in the first place: see launch.ready-on-return");
	return true;
}

static void tell_bound(const struct evidence *run, struct finding *finding)
{
	if (run->launch.hold_gave_up)
		text_append(finding->seen, sizeof(finding->seen), "; they were held back up to the bound only");
}

static void judge_ready(const struct evidence *evidence, const struct evidence *run, struct finding *finding)
{
	char what[READY_TEXT_MAX], time[TIME_TEXT_MAX];

	(void)probe_time_text(run->launch.returned_us, time);
	switch (ready_in(evidence, run)) {
	case READY_NO:
		finding_set(finding, VERDICT_FAIL,
		            "missing: %s when process %d ended after %s, while new processes were held back: it sleeps "
		            "instead of waiting",
		            ready_text(evidence, run, true, what), run->launch.pid, time);
		break;
	case READY_YES:
		finding_set(finding, VERDICT_PASS,
		            "there: %s when process %d ended after %s, though new processes were held back",
		            ready_text(evidence, run, false, what), run->launch.pid, time);
		break;
	case READY_UNSEEN:
		finding_set(finding, VERDICT_SKIP,
		            "what was there at the instant when the started process ended could not be seen");
		return;
	}
	tell_bound(run, finding);
}

/* Nothing shows when it is ready: then only whether its process had run at all can be told. */
static void judge_unheard(const struct evidence *held, const struct evidence *run, struct finding *finding)
{
	char time[TIME_TEXT_MAX];

	(void)probe_time_text(run->launch.returned_us, time);
	if (held->launch.ended_unheard) {
		finding_set(
		    finding, VERDICT_SKIP,
		    "it does not wait for its daemon at all, not even on a timer; nothing is declared to be ready");
		return;
	}
	if (run->launch.ended_unheard)
		finding_set(
		    finding, VERDICT_FAIL,
		    "process %d ended after %s though a process that it had started was held back and had not run: "
		    "it sleeps instead of waiting",
		    run->launch.pid, time);
	else
		finding_set(finding, VERDICT_PASS,
		            "process %d ended after %s, when all that it had started had run, though held back",
		            run->launch.pid, time);
	tell_bound(run, finding);
}

static void judge_runs(const struct evidence *evidence, struct finding *finding)
{
	const struct evidence *held = held_needed(evidence, EV_SCENARIO_HELD, finding), *run;
	char why[OUTCOME_TEXT_MAX];

	if (!held)
		return;
	if (!run_started(evidence, held, why, sizeof(why))) {
		finding_set(finding, VERDICT_SKIP, "with new processes held back it did not start: %s", why);
		return;
	}
	if (ready_known(evidence) && is_told_already(evidence, held, finding))
		return;
	run = held_needed(evidence, EV_SCENARIO_HELD_LONG, finding);
	if (!run)
		return;
	if (!run_started(evidence, run, why, sizeof(why)))
		finding_set(finding, VERDICT_SKIP, "with new processes held back for long it did not start: %s", why);
	else if (ready_known(evidence))
		judge_ready(evidence, run, finding);
	else
		judge_unheard(held, run, finding);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	finding_expect(finding, "the launcher waits until its daemon is ready, however long that takes");
	if (ready_needs_launcher(evidence, profile, finding))
		judge_runs(evidence, finding);
}

const struct probe probe_launch_no_sleep_sync = {
    .id = "launch.no-sleep-sync",
    .seen = SEEN_DIFFERENTIAL | SEEN_TRACE,
    .scenarios = SCENARIO_BIT(AGAIN) | SCENARIO_BIT(HELD) | SCENARIO_BIT(HELD_LONG),
    .title = "the launcher waits for the daemon to be ready instead of sleeping",
    .sources = "daemon(7) step 14; USBGuard #200",
    .why = "A sleep is too long on every machine but the slowest, and there it is too short: at boot, when all "
           "services start at once, the launcher returns before the daemon is ready.",
    .mend =
        {
            .c = "/* instead of sleep(1) in the parent; ready[] is a pipe that was made before the fork: */\n"
                 "close(ready[1]);\n"
                 "_exit(read(ready[0], &byte, 1) == 1 ? EXIT_SUCCESS : EXIT_FAILURE);\n"
                 "/* in the daemon, when it listens and its pid file is written: */\n"
                 "write(ready[1], \"\", 1);",
            .python = "# instead of time.sleep(1) in the parent; the pipe was made before the fork:\n"
                      "os.close(ready_w)\n"
                      "os._exit(0 if os.read(ready_r, 1) else 1)\n"
                      "# in the daemon, when it listens and its pid file is written:\n"
                      "os.write(ready_w, b'1')",
            .ruby = "# instead of sleep 1 in the parent; the pipe was made before the fork:\n"
                    "ready_w.close\n"
                    "exit!(ready_r.read(1) ? 0 : 1)\n"
                    "# in the daemon, when it listens and its pid file is written:\n"
                    "ready_w.write('1')",
            .shell = "# instead of \"my-daemon & sleep 1\", where the daemon can daemonise by itself:\n"
                     "my-daemon --daemon || exit 1  # it returns when it is ready\n"
                     "# else have it write a line to a fifo, and wait with: read -r line <\"$fifo\"",
        },
    .judge = judge,
};
