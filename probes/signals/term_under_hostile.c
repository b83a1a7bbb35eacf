/* signals.term-under-hostile: the stop signal works also when the caller ignored or blocked it. */
#include "probes/tally.h"

#include <stdio.h>

static void judge_one(struct run_tally *tally, int variant)
{
	const struct evidence *run = tally_run(tally, EV_SCENARIO_SIGNALS, variant);
	const struct ev_step *step = run ? tally_step(tally, run, EV_STEP_SIGNAL, NULL) : NULL;
	char text[RUN_TEXT_MAX], where[RUN_TEXT_MAX + 16], time[TIME_TEXT_MAX], name[SIGNALS_TEXT_MAX];

	if (!step)
		return;
	(void)snprintf(where, sizeof(where), ", under %s", run_text(tally->evidence, run, text));
	if (tally_gone(tally, step, &step->after, where))
		tally_right(tally, "all gone %s after %s%s", probe_time_text(run_gone_after(step, &step->after), time),
		            probe_signal_text(step->signal, name), where);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding, .strict = true};
	char name[SIGNALS_TEXT_MAX], time[TIME_TEXT_MAX];

	(void)profile;
	finding_expect(finding, "all of it gone within %s of %s, whatever the caller ignored or blocked",
	               probe_time_text(run_stop_within(evidence), time),
	               probe_signal_text(run_stop_signal(evidence), name));
	judge_one(&tally, EV_SIGNALS_IGNORED);
	judge_one(&tally, EV_SIGNALS_BLOCKED);
	tally_end(&tally);
}

const struct probe probe_signals_term_under_hostile = {
    .id = "signals.term-under-hostile",
    .seen = SEEN_DIFFERENTIAL | SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(SIGNALS),
    .title = "the stop signal works also when the caller ignored or blocked it",
    .sources = "daemon(7) steps 2 and 3",
    .why = "Whether it can be stopped then depends on who started it: from a supervisor that blocks TERM, or a script "
           "that ignores it, only KILL is left.",
    .mend =
        {
            .c = "sigset_t stop;\n"
                 "sigemptyset(&stop);\n"
                 "sigaddset(&stop, SIGTERM);\n"
                 "sigaction(SIGTERM, &(struct sigaction){.sa_handler = on_term}, NULL); /* or SIG_DFL */\n"
                 "sigprocmask(SIG_UNBLOCK, &stop, NULL);",
            .python = "signal.signal(signal.SIGTERM, stop)  # sets it even where it was ignored\n"
                      "signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})",
            .ruby = "trap('TERM') { exit }  # sets it even where it was ignored\n"
                    "# Ruby cannot unblock: reset the mask in what starts it, as for the shell",
            .shell = "# a shell can neither trap what it finds ignored nor unblock; python3 can for what it starts:\n"
                     "python3 -c 'import os, signal, sys\n"
                     "signal.signal(signal.SIGTERM, signal.SIG_DFL)\n"
                     "signal.pthread_sigmask(signal.SIG_SETMASK, [])\n"
                     "os.execvp(sys.argv[1], sys.argv[1:])' my-daemon",
        },
    .judge = judge,
};
