/* signals.term-early: a stop signal that comes too early, or twice, leaves nothing behind. How what was stopped while
 * it started ends is its own affair. */
#include "probes/tally.h"

/* Whether a process is still stopped by the harness, which holds births back by tracing. */
static bool is_held(const struct evidence *run)
{
	for (const struct ev_process *process = probe_next(run, NULL); process; process = probe_next(run, process))
		if (process->state == 't')
			return true;
	return false;
}

/* A launch in which the process that becomes the daemon got the signal before its first instruction. */
static void judge_at_birth(struct run_tally *tally, const char *name)
{
	const struct evidence *run = tally_done(tally, EV_SCENARIO_STOP_EARLY, 0);
	char time[TIME_TEXT_MAX], text[OUTCOME_TEXT_MAX];
	size_t before = tally->finding->n_culprits;

	if (!run)
		return;
	if (run->launch.outcome == EV_NO_COMMAND) {
		tally_missed(tally, VERDICT_BROKEN, "%s", probe_outcome_text(run, text));
		return;
	}
	if (run->launch.n_births == 0 || is_held(run)) {
		tally_missed(tally, VERDICT_BROKEN, "the daemon's process was not let go with %s", name);
		return;
	}
	(void)probe_time_text(run->settle.at_us, time);
	for (const struct ev_process *process = probe_next(run, NULL); process; process = probe_next(run, process))
		finding_culprit(tally->finding, process, "alive", "%s after the start, with %s at the daemon's birth%s",
		                time, name, probe_deaf_text(process, run_stop_signal(tally->evidence)));
	if (tally->finding->n_culprits > before)
		return;
	if (run->launch.outcome != EV_RETURNED)
		finding_culprit_file(tally->finding, "the start", "with", "%s at the daemon's birth: %s", name,
		                     probe_outcome_text(run, text));
	else
		tally_right(tally, "nothing is left after %s at the daemon's birth", name);
}

static void judge_twice(struct run_tally *tally, const char *name)
{
	const struct evidence *run = tally_run(tally, EV_SCENARIO_STOP_TWICE, 0);
	const struct ev_step *first = run ? run_step(run, EV_STEP_SIGNAL, NULL) : NULL;
	const struct ev_step *second = first ? run_step(run, EV_STEP_SIGNAL, first) : NULL;
	char time[TIME_TEXT_MAX];

	if (!run)
		return;
	/* The second may find nobody: the first was that quick. */
	if (!second || first->error_number || !second->after.taken)
		tally_missed(tally, VERDICT_BROKEN, "%s was not sent twice", name);
	else if (tally_gone(tally, second, &second->after, ", sent twice"))
		tally_right(tally, "all gone %s after %s sent twice",
		            probe_time_text(run_gone_after(first, &second->after), time), name);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};
	char name[SIGNALS_TEXT_MAX], time[TIME_TEXT_MAX];

	(void)profile;
	(void)probe_signal_text(run_stop_signal(evidence), name);
	finding_expect(finding, "nothing left after %s while it starts; all gone within %s of %s sent twice", name,
	               probe_time_text(run_stop_within(evidence), time), name);
	judge_twice(&tally, name);
	judge_at_birth(&tally, name);
	tally_end(&tally);
}

const struct probe probe_signals_term_early = {
    .id = "signals.term-early",
    .seen = SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(HELD) | SCENARIO_BIT(STOP_EARLY) | SCENARIO_BIT(STOP_TWICE),
    .title = "the stop signal while it starts, or sent twice, leaves nothing behind",
    .sources = "systemd.service(5), TimeoutStopSec=; systemd.kill(5)",
    .why = "A stop during the start is lost, or kills one process of several: the service manager believes the service "
           "is down while a half-started one holds its port and files.",
    .mend =
        {
            .c = "sigset_t stop, before;          /* hold TERM back until its handler is there */\n"
                 "sigemptyset(&stop);\n"
                 "sigaddset(&stop, SIGTERM);\n"
                 "sigprocmask(SIG_BLOCK, &stop, &before);\n"
                 "pid = fork();                   /* and in the child: */\n"
                 "sigaction(SIGTERM, &(struct sigaction){.sa_handler = on_term}, NULL);\n"
                 "sigprocmask(SIG_SETMASK, &before, NULL);\n"
                 "/* in the parent: read(ready[0], &byte, 1) == 0 means that it died: _exit(EXIT_FAILURE) */",
            .python = "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})\n"
                      "pid = os.fork()\n"
                      "# in the child, once it can stop in order:\n"
                      "signal.signal(signal.SIGTERM, stop)\n"
                      "signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})",
            .ruby = "trap('TERM') { exit }  # before the first fork: a child inherits the trap\n"
                    "# in the parent, waiting for the child: exit!(1) unless ready_r.read(1)",
            .shell = "trap 'kill $children 2>/dev/null; exit 0' TERM  # before the first child is started",
        },
    .judge = judge,
};
