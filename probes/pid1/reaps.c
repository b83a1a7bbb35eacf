/* pid1.reaps: as PID 1 of a pid namespace it gets every orphan, and has to wait for it. */
#include "probes/tally.h"

static void judge_run(struct run_tally *tally, const struct evidence *run)
{
	const struct ev_step *step = tally_step(tally, run, EV_STEP_ORPHAN, NULL);
	size_t before = tally->finding->n_culprits;
	char time[TIME_TEXT_MAX];

	if (!step || !tally_main_lives(tally, run, step, "an orphan's end"))
		return;
	tally_zombies(tally, &step->after, ", which is PID 1");
	if (tally->finding->n_culprits == before)
		tally_right(tally, "no zombie %s after an orphan's end",
		            probe_time_text(run_elapsed(step->at_us, step->after.at_us), time));
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};
	const struct evidence *run = tally_run(&tally, EV_SCENARIO_PID1, 0);

	(void)profile;
	finding_expect(finding, "as PID 1 it waits for an orphan that ended");
	if (run)
		judge_run(&tally, run);
	tally_end(&tally);
}

const struct probe probe_pid1_reaps = {
    .id = "pid1.reaps",
    .seen = SEEN_DIFFERENTIAL | SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(PID1),
    .title = "as PID 1 it reaps orphans",
    .sources = "pid_namespaces(7); tini, dumb-init",
    .why =
        "Whatever loses its parent in the container becomes a child of PID 1: zombies that nobody waits for fill the "
        "limit of processes until nothing can be started any more.",
    .mend =
        {
            .c = "/* after SIGCHLD, in the main loop: any child, also those that it does not know */\n"
                 "while (waitpid(-1, NULL, WNOHANG) > 0)\n"
                 "\t;",
            .python = "def on_child(number, frame):\n"
                      "    try:\n"
                      "        while os.waitpid(-1, os.WNOHANG)[0]:\n"
                      "            pass\n"
                      "    except ChildProcessError:\n"
                      "        pass\n"
                      "signal.signal(signal.SIGCHLD, on_child)  # but subprocess then misses its own children's status",
            .ruby = "trap('CHLD') do\n"
                    "  loop { break unless Process.wait(-1, Process::WNOHANG) }\n"
                    "rescue Errno::ECHILD\n"
                    "  nil\n"
                    "end",
            .shell = "exec tini -- my-daemon  # an init that reaps; docker run --init does the same",
        },
    .judge = judge,
};
