/* ready.s6: readiness is a newline on the agreed descriptor, which is then closed. */
#include "probes/tally.h"

#include <stdio.h>

static void judge_run(struct run_tally *tally, const struct evidence *run)
{
	const struct ev_step *step = run_step(run, EV_STEP_WAIT, NULL);
	int64_t seen_us = step && step->after.taken ? step->after.at_us : run->settle.at_us;
	char fd[32], time[TIME_TEXT_MAX], newline[TIME_TEXT_MAX];

	if (!probe_any_alive(run) && !tally_comes_up(tally, run, "with a readiness descriptor"))
		return;
	(void)snprintf(fd, sizeof(fd), "descriptor %d", tally->evidence->declared.s6);
	(void)probe_time_text(run->s6_newline_us, newline);
	if (run->s6_newline_us > 0 && run->s6_eof_us > 0)
		tally_right(tally, "a newline after %s, closed after %s", newline,
		            probe_time_text(run->s6_eof_us, time));
	else if (run->s6_newline_us > 0)
		finding_culprit_file(tally->finding, fd, "open", "still %s after the start; the newline came after %s",
		                     probe_time_text(seen_us, time), newline);
	else if (run->s6_eof_us > 0)
		finding_culprit_file(tally->finding, fd, "closed", "without a newline, %s after the start",
		                     probe_time_text(run->s6_eof_us, time));
	else
		finding_culprit_file(tally->finding, fd, "silent", "no newline in %s", probe_time_text(seen_us, time));
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};
	const struct evidence *run;

	(void)profile;
	finding_expect(finding, "a newline on descriptor %d, which is then closed", evidence->declared.s6);
	if (evidence->declared.s6 < 0) {
		finding_set(finding, VERDICT_SKIP, "it is not declared to write a readiness newline");
		return;
	}
	run = tally_done(&tally, EV_SCENARIO_S6, 0);
	if (run)
		judge_run(&tally, run);
	tally_end(&tally);
}

const struct probe probe_ready_s6 = {
    .id = "ready.s6",
    .seen = SEEN_DIFFERENTIAL,
    .scenarios = SCENARIO_BIT(S6),
    .title = "it writes a newline to the readiness descriptor and closes it",
    .sources = "s6, Service startup notifications",
    .why = "The supervisor takes the newline for readiness: without it nothing that depends on the service is started, "
           "and "
           "an open descriptor goes on into every program that the daemon runs.",
    .mend =
        {
            .c = "write(ready_fd, \"\\n\", 1); /* its number comes by an option: --ready-fd 3 */\n"
                 "close(ready_fd);",
            .python = "os.write(ready_fd, b'\\n')\n"
                      "os.close(ready_fd)",
            .ruby = "ready = IO.for_fd(ready_fd, 'w')\n"
                    "ready.write(\"\\n\")\n"
                    "ready.close",
            .shell = "echo >&3  # once it serves\n"
                     "exec 3>&-",
        },
    .judge = judge,
};
