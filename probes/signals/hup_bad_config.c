/* signals.hup-bad-config: a reload that finds a broken configuration leaves the running daemon as it is. */
#include "probes/tally.h"

#include <stdio.h>

static void judge_run(struct run_tally *tally, const struct evidence *run)
{
	const struct ev_step *broken = run_step(run, EV_STEP_WRITE, NULL);
	const struct ev_step *step = tally_step(tally, run, EV_STEP_SIGNAL, NULL);
	char name[SIGNALS_TEXT_MAX], after[SIGNALS_TEXT_MAX + 32], time[TIME_TEXT_MAX];

	if (!broken || broken->error_number) {
		tally_missed(tally, VERDICT_BROKEN, "the broken configuration could not be written: %s",
		             broken ? probe_errno_text(broken->error_number) : "it was not tried");
		return;
	}
	if (!step)
		return;
	(void)probe_signal_text(step->signal, name);
	(void)snprintf(after, sizeof(after), "%s with a broken configuration", name);
	if (tally_main_lives(tally, run, step, after))
		tally_right(tally, "the main process %d lives, %s after %s", evidence_main(run)->pid,
		            probe_time_text(run_elapsed(step->at_us, step->after.at_us), time), after);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};
	const struct evidence *run = tally_run(&tally, EV_SCENARIO_BAD_CONFIG, 0);

	(void)profile;
	finding_expect(finding, "the same main process lives after a reload with a broken configuration");
	if (run)
		judge_run(&tally, run);
	tally_end(&tally);
}

const struct probe probe_signals_hup_bad_config = {
    .id = "signals.hup-bad-config",
    .seen = SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(BAD_CONFIG),
    .title = "a reload with a broken configuration does not end it",
    .sources = "OpenRC service script guide, reload",
    .why = "A typing error in a file and a reload take the service down, though the configuration in memory was good.",
    .mend =
        {
            .c = "struct config *fresh = config_read(path); /* all of it, before anything changes */\n"
                 "if (fresh) {\n"
                 "\tconfig_free(current);\n"
                 "\tcurrent = fresh;\n"
                 "} else {\n"
                 "\tsyslog(LOG_ERR, \"%s is broken, the old configuration stays\", path);\n"
                 "}",
            .python = "try:\n"
                      "    config = read_config(path)\n"
                      "except (OSError, ValueError) as error:\n"
                      "    logging.error('%s: %s; the old configuration stays', path, error)",
            .ruby = "begin\n"
                    "  config = read_config(path)\n"
                    "rescue StandardError => error\n"
                    "  logger.error(\"#{path}: #{error.message}; the old configuration stays\")\n"
                    "end",
            .shell = "my-daemon --check-config && kill -HUP \"$(cat /run/my-daemon.pid)\"  # in the reload action",
        },
    .judge = judge,
};
