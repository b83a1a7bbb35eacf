/* signals.pipe: a client that breaks off ends its own connection, not the daemon. */
#include "probes/tally.h"

/* Returns whether the client got as far as to break off. */
static bool judge_break(struct run_tally *tally, const struct evidence *run, const struct ev_step *step)
{
	static const char after[] = "a client broke off";

	return tally_main_lives(tally, run, step, after) && tally_listens(tally, run, step, after);
}

static void judge_run(struct run_tally *tally, const struct evidence *run)
{
	const struct ev_step *connected = run_step(run, EV_STEP_CONNECT, NULL);
	const struct ev_step *step;

	if (connected && connected->error_number) {
		tally_missed(tally, VERDICT_SKIP, "%s: %s", probe_or_unknown(connected->what),
		             probe_errno_text(connected->error_number));
		return;
	}
	step = tally_step(tally, run, EV_STEP_BREAK, NULL);
	if (step && judge_break(tally, run, step))
		tally_right(tally, "the main process %d lives after a client broke off %s", evidence_main(run)->pid,
		            run_step(run, EV_STEP_SEND, NULL) ? "during its request" : "without a word");
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};

	(void)profile;
	finding_expect(finding, "the same main process, and all that listened, after a client broke off");
	for (const struct evidence *run = tally_next(&tally, EV_SCENARIO_CLIENT_BREAKS, NULL); run;
	     run = tally_next(&tally, EV_SCENARIO_CLIENT_BREAKS, run))
		judge_run(&tally, run);
	tally_end(&tally);
}

const struct probe probe_signals_pipe = {
    .id = "signals.pipe",
    .seen = SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(CLIENT_BREAKS),
    .title = "a client that breaks off does not end it",
    .sources = "signal(7), SIGPIPE; send(2), MSG_NOSIGNAL",
    .why = "Writing to a connection that the client has reset raises PIPE, which kills by default: anybody who can "
           "connect can stop the service.",
    .mend =
        {
            .c = "signal(SIGPIPE, SIG_IGN);  /* write() then fails with EPIPE: end that connection, go on */\n"
                 "/* or for each call: */ send(fd, data, size, MSG_NOSIGNAL);",
            .python = "try:  # Python ignores PIPE by itself\n"
                      "    connection.sendall(reply)\n"
                      "except ConnectionError:\n"
                      "    connection.close()",
            .ruby = "begin  # Ruby raises Errno::EPIPE in place of the signal\n"
                    "  connection.write(reply)\n"
                    "rescue Errno::EPIPE, Errno::ECONNRESET\n"
                    "  connection.close\n"
                    "end",
            .shell = "trap '' PIPE  # and look at the status of each printf",
        },
    .judge = judge,
};
