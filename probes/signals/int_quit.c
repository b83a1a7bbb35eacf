/* signals.int-quit: INT and QUIT do what is declared. Where nothing is, they stop all of it or nothing of it: a daemon
 * of which only half is left is neither. */
#include "probes/tally.h"

#include <signal.h>
#include <stdio.h>

/* "INT stops it, QUIT lets the same main process live" */
static const char *effect_text(enum ev_effect effect)
{
	switch (effect) {
	case EV_EFFECT_STOPS:
		return "stops all of it, as declared";
	case EV_EFFECT_LIVES:
		return "leaves the main process alive, as declared";
	case EV_EFFECT_UNKNOWN:
		return "stops all of it, or leaves the main process alive";
	}
	return "does something unknown";
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	static const int signals[] = {SIGINT, SIGQUIT};
	struct run_tally tally = {.evidence = evidence, .finding = finding};

	(void)profile;
	finding_expect(finding, "INT %s; QUIT %s", effect_text(run_effect(evidence, SIGINT)),
	               effect_text(run_effect(evidence, SIGQUIT)));
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		const struct evidence *run = tally_run(&tally, EV_SCENARIO_SIGNAL, signals[i]);

		if (run)
			tally_effect(&tally, run, run_effect(evidence, signals[i]));
	}
	tally_end(&tally);
}

const struct probe probe_signals_int_quit = {
    .id = "signals.int-quit",
    .seen = SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(SIGNAL),
    .title = "INT and QUIT stop all of it or nothing, as declared",
    .sources = "signal(7); the preforking server of the Ruby texts",
    .why = "Many people and scripts stop daemons with INT or QUIT: where only the main process dies of it, its workers "
           "go on without anybody who watches them, and hold the port against the next start.",
    .mend =
        {
            .c = "static volatile sig_atomic_t stopping;\n"
                 "static void stop(int signal) { stopping = signal; }\n"
                 "struct sigaction action = {.sa_handler = stop};\n"
                 "sigaction(SIGINT, &action, NULL);\n"
                 "sigaction(SIGQUIT, &action, NULL);\n"
                 "/* in each worker, so that it cannot outlive its parent: */ prctl(PR_SET_PDEATHSIG, SIGTERM);",
            .python = "for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):\n"
                      "    signal.signal(number, stop)  # which ends the workers and waits for them",
            .ruby = "%w[INT QUIT TERM].each { |name| trap(name) { exit } }\n"
                    "at_exit { workers.each { |pid| Process.kill('TERM', pid) }; Process.waitall }",
            .shell = "trap 'kill $children; wait; exit 0' INT QUIT TERM",
        },
    .judge = judge,
};
