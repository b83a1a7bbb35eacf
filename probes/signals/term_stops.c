/* signals.term-stops: the stop signal to the main process ends all of the daemon in time, and in order. That the pid
 * file goes, too, is for pidfile.removed to say; sockets that stay on disk for teardown.clean. */
#include "probes/tally.h"

#include <stdio.h>

static void judge_status(struct run_tally *tally, const struct evidence *run, const struct ev_step *step,
                         const char *name)
{
	const struct ev_process *main = evidence_main(run);
	const struct ev_exit *exit = main ? run_exit_from(run, main->pid, 0) : NULL;
	char time[TIME_TEXT_MAX], end[END_TEXT_MAX];

	(void)probe_time_text(run_gone_after(step, &step->after), time);
	if (!exit)
		tally_right(tally, "all gone %s after %s; how the main process ended was not seen", time, name);
	else if (!run_stop_status(tally->evidence, exit->status))
		tally_ended(tally, main, exit->status, run_elapsed(step->at_us, exit->at_us), name);
	else
		tally_right(tally, "all gone %s after %s; the main process %d %s", time, name, main->pid,
		            probe_end_text(exit->status, end));
}

static void expect(const struct evidence *evidence, struct finding *finding, const char *name)
{
	char time[TIME_TEXT_MAX], status[48];

	(void)probe_time_text(run_stop_within(evidence), time);
	if (evidence->declared.stop_status >= 0)
		(void)snprintf(status, sizeof(status), "exit status %d", evidence->declared.stop_status);
	else
		(void)snprintf(status, sizeof(status), "exit status 0 or death by %.16s", name);
	finding_expect(finding, "all of it gone within %s of %s, the main process with %s", time, name, status);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};
	const struct evidence *run = tally_run(&tally, EV_SCENARIO_STOP, 0);
	const struct ev_step *step = run ? tally_step(&tally, run, EV_STEP_SIGNAL, NULL) : NULL;
	char name[SIGNALS_TEXT_MAX];

	(void)profile;
	(void)probe_signal_text(run_stop_signal(evidence), name);
	expect(evidence, finding, name);
	if (step && tally_gone(&tally, step, &step->after, ""))
		judge_status(&tally, run, step, name);
	tally_end(&tally);
}

const struct probe probe_signals_term_stops = {
    .id = "signals.term-stops",
    .seen = SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(STOP),
    .title = "the stop signal ends all of it in time, in order",
    .sources = "daemon(7), new-style daemons; systemd.kill(5), systemd.service(5) TimeoutStopSec=, SuccessExitStatus=",
    .why =
        "The service manager waits for it, then kills with KILL what is left: a shutdown that hangs, data that is not "
        "written, workers that hold the port against the next start.",
    .mend =
        {
            .c = "static volatile sig_atomic_t stopping;\n"
                 "static void stop(int signal) { stopping = signal; }\n"
                 "sigaction(SIGTERM, &(struct sigaction){.sa_handler = stop}, NULL); /* no SA_RESTART */\n"
                 "while (!stopping)\n"
                 "\tserve_one();                /* returns when it fails with EINTR */\n"
                 "for (size_t i = 0; i < n_workers; i++)\n"
                 "\tkill(workers[i], SIGTERM);\n"
                 "while (wait(NULL) > 0 || errno == EINTR)\n"
                 "\t;\n"
                 "return EXIT_SUCCESS;",
            .python = "def stop(number, frame):\n"
                      "    raise SystemExit(0)  # runs finally clauses and atexit\n"
                      "signal.signal(signal.SIGTERM, stop)",
            .ruby = "trap('TERM') { exit }  # runs ensure clauses and at_exit",
            .shell = "trap 'kill \"$child\"; wait \"$child\"; exit 0' TERM\n"
                     "worker & child=$!\n"
                     "wait \"$child\"  # a foreground command would hold the trap back until it ends",
        },
    .judge = judge,
};
