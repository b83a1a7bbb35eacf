/* pid1.term: as PID 1 of a pid namespace, a container's entry point, the stop signal ends it. The kernel gives PID 1
 * only the signals that it catches: the default action of the others does not happen. */
#include "probes/tally.h"

static const char *uncaught(const struct ev_process *main, int signal)
{
	bool caught = signal > 0 && signal <= 64 && main && (main->caught >> (signal - 1) & 1);

	return caught || (main && probe_awaits_signals(main)) ? "" : "; PID 1 gets only what it catches";
}

static void judge_run(struct run_tally *tally, const struct evidence *run)
{
	const struct ev_step *step = tally_step(tally, run, EV_STEP_SIGNAL, NULL);
	char time[TIME_TEXT_MAX], name[SIGNALS_TEXT_MAX];

	if (step && tally_gone(tally, step, &step->after, uncaught(evidence_main(run), step->signal)))
		tally_right(tally, "all gone %s after %s to PID 1",
		            probe_time_text(run_gone_after(step, &step->after), time),
		            probe_signal_text(step->signal, name));
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};
	const struct evidence *run = tally_run(&tally, EV_SCENARIO_PID1, 0);
	char name[SIGNALS_TEXT_MAX], time[TIME_TEXT_MAX];

	(void)profile;
	finding_expect(finding, "as PID 1 it is gone within %s of %s", probe_time_text(run_stop_within(evidence), time),
	               probe_signal_text(run_stop_signal(evidence), name));
	if (run)
		judge_run(&tally, run);
	tally_end(&tally);
}

const struct probe probe_pid1_term = {
    .id = "pid1.term",
    .seen = SEEN_DIFFERENTIAL | SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(PID1),
    .title = "as PID 1 the stop signal ends it in time",
    .sources = "pid_namespaces(7); tini, dumb-init; rspamd #4941, tigerbeetle #1813",
    .why = "To PID 1 a signal without a handler does nothing: the container hangs until the runtime loses patience and "
           "kills it, ten seconds or more at every stop.",
    .mend =
        {
            .c = "static void stop(int signal) { _exit(EXIT_SUCCESS); } /* better: set a flag, end in order */\n"
                 "sigaction(SIGTERM, &(struct sigaction){.sa_handler = stop}, NULL);",
            .python = "signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))",
            .ruby = "trap('TERM') { exit }",
            .shell = "exec my-daemon  # in the entry point: no shell in between, which passes nothing on\n"
                     "# or leave PID 1 to an init: docker run --init; ENTRYPOINT [\"tini\", \"--\", \"my-daemon\"]",
        },
    .judge = judge,
};
