/* signals.hup: HUP, and the declared reload signal, reload the daemon under its pid or end all of it, as declared.
 * Where nothing is declared, one that executes itself anew under another pid passes only when the pid file follows it:
 * whoever watches it has nothing else to find it by. */
#include "probes/tally.h"

#include <signal.h>

static void judge_signal(struct run_tally *tally, int signal)
{
	const struct evidence *run = tally_run(tally, EV_SCENARIO_SIGNAL, signal);

	if (run)
		tally_effect(tally, run, run_effect(tally->evidence, signal));
}

static void expect(const struct evidence *evidence, struct finding *finding)
{
	int reload = evidence->declared.reload_signal;
	char name[SIGNALS_TEXT_MAX];

	switch (run_effect(evidence, SIGHUP)) {
	case EV_EFFECT_STOPS:
		finding_expect(finding, "HUP stops all of it, as declared");
		break;
	case EV_EFFECT_LIVES:
		finding_expect(finding, "after HUP the same main process lives, as declared");
		break;
	case EV_EFFECT_UNKNOWN:
		finding_expect(finding, "after HUP the same main process lives, or all of it is gone");
		break;
	}
	if (reload <= 0 || reload == SIGHUP)
		return;
	finding_expect_more(finding, "; after the reload signal, ");
	finding_expect_more(finding, probe_signal_text(reload, name));
	finding_expect_more(finding, ", the same main process lives");
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};
	int reload = evidence->declared.reload_signal;

	(void)profile;
	expect(evidence, finding);
	judge_signal(&tally, SIGHUP);
	if (reload > 0 && reload != SIGHUP)
		judge_signal(&tally, reload);
	tally_end(&tally);
}

const struct probe probe_signals_hup = {
    .id = "signals.hup",
    .seen = SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(SIGNAL),
    .title = "HUP reloads it under the same pid, or ends all of it, as declared",
    .sources = "daemon(7), new-style daemons; systemd.service(5), ExecReload=; the daemon-kit texts",
    .why = "logrotate and service managers send HUP to reload: a daemon that dies of it is down after every night's "
           "rotation, and one that comes back under another pid is lost to whoever watches it.",
    .mend =
        {
            .c = "static volatile sig_atomic_t reload;\n"
                 "static void on_hup(int signal) { reload = signal; }\n"
                 "sigaction(SIGHUP, &(struct sigaction){.sa_handler = on_hup}, NULL);\n"
                 "/* in the main loop: */\n"
                 "if (reload) {\n"
                 "\treload = 0;\n"
                 "\tread_configuration();\n"
                 "}",
            .python = "def on_hup(number, frame):\n"
                      "    global reload\n"
                      "    reload = True  # the main loop reads its configuration again\n"
                      "signal.signal(signal.SIGHUP, on_hup)",
            .ruby = "trap('HUP') { $reload = true }  # the main loop reads its configuration again",
            .shell = "trap 'reload=1' HUP  # and in the loop: [ \"$reload\" = 1 ] && reload=0 && read_configuration",
        },
    .judge = judge,
};
