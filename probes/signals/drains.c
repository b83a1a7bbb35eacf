/* signals.drains: a request that is in flight when the stop signal comes is answered before the daemon ends. */
#include "probes/tally.h"

#include <stdio.h>

/* Whether all of the reply can be looked at. */
static bool is_whole(const struct ev_step *reply)
{
	return reply->reply_kept >= reply->reply_total;
}

/* Whether the signal alone ends it: otherwise that it lives on is not the request's doing. */
static bool stops_alone(const struct evidence *evidence, int signal)
{
	const struct evidence *run = signal == run_stop_signal(evidence)
	                                 ? evidence_run(evidence, EV_SCENARIO_STOP, 0)
	                                 : evidence_run(evidence, EV_SCENARIO_SIGNAL, signal);
	const struct ev_step *step = run && run->state == EV_RUN_DONE ? run_step(run, EV_STEP_SIGNAL, NULL) : NULL;

	return step && !step->error_number && step->after.taken && !state_next(&step->after, NULL);
}

static void tell_reply(struct run_tally *tally, const struct ev_step *signal, const struct ev_step *reply,
                       const struct ev_step *end, const char *name)
{
	const char *what = reply->reset || reply->error_number ? "the connection was broken"
	                   : reply->reply_total > 0            ? "the reply lacked what is declared"
	                   : reply->done_us                    ? "the connection was closed without a reply"
	                                                       : "no reply came";
	int64_t at_us = reply->done_us ? reply->done_us : end->after.at_us;
	char time[TIME_TEXT_MAX], field[SIGNALS_TEXT_MAX + 8];

	(void)snprintf(field, sizeof(field), "with %s", name);
	finding_culprit_file(tally->finding, "the request in flight", field, "%s %s later, %llu bytes had come", what,
	                     probe_time_text(run_elapsed(signal->at_us, at_us), time),
	                     (unsigned long long)reply->reply_total);
}

/* Whether the client got to send its first part. */
static bool was_in_flight(struct run_tally *tally, const struct evidence *run)
{
	const struct ev_step *connected = run_step(run, EV_STEP_CONNECT, NULL);
	const struct ev_step *sent = run_step(run, EV_STEP_SEND, NULL);
	const struct ev_step *first = connected && connected->error_number ? connected : sent;

	if (!connected || !sent)
		tally_missed(tally, VERDICT_BROKEN, "no request was sent");
	else if (first->error_number)
		tally_missed(tally, VERDICT_SKIP, "%s: %s", probe_or_unknown(first->what),
		             probe_errno_text(first->error_number));
	return connected && sent && !first->error_number;
}

static bool is_left(const struct ev_step *end)
{
	return state_next(&end->after, NULL) != NULL;
}

static void judge_answered(struct run_tally *tally, const struct ev_step *signal, const struct ev_step *reply,
                           const struct ev_step *end, const char *name)
{
	unsigned long long bytes = reply->reply_total;
	char time[TIME_TEXT_MAX];

	if (!is_left(end))
		tally_right(tally, "%s: the reply came, %llu bytes, and all was gone after %s", name, bytes,
		            probe_time_text(run_gone_after(signal, &end->after), time));
	else if (!stops_alone(tally->evidence, signal->signal))
		tally_right(tally, "%s: the reply came, %llu bytes; it had not ended %s after the signal", name, bytes,
		            probe_time_text(run_elapsed(signal->at_us, end->after.at_us), time));
	else
		(void)tally_gone(tally, signal, &end->after, ", with a request in flight");
}

static void judge_run(struct run_tally *tally, const struct evidence *run)
{
	const struct ev_step *signal = run_step(run, EV_STEP_SIGNAL, NULL),
	                     *reply = run_step(run, EV_STEP_FINISH, NULL);
	const struct ev_step *end = run_step(run, EV_STEP_WAIT, NULL);
	char name[SIGNALS_TEXT_MAX], time[TIME_TEXT_MAX];

	if (!was_in_flight(tally, run))
		return;
	if (!signal || signal->error_number || !reply || !end || !end->after.taken) {
		tally_missed(tally, VERDICT_BROKEN, "the request was not followed to its end");
		return;
	}
	(void)probe_signal_text(signal->signal, name);
	if (run_reply_right(tally->evidence, reply) && !reply->reset)
		judge_answered(tally, signal, reply, end, name);
	else if (!reply->reset && !is_whole(reply))
		tally_missed(tally, VERDICT_SKIP, "the reply was longer than what is kept of it");
	else if (!reply->reset && !reply->done_us && is_left(end) && !stops_alone(tally->evidence, signal->signal))
		tally_missed(tally, VERDICT_SKIP, "%s after %s neither a reply nor its end had come",
		             probe_time_text(run_elapsed(signal->at_us, end->after.at_us), time), name);
	else
		tell_reply(tally, signal, reply, end, name);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};

	(void)profile;
	finding_expect(finding, "a request in flight is answered, then all of it is gone");
	for (const struct evidence *run = tally_next(&tally, EV_SCENARIO_DRAIN, NULL); run;
	     run = tally_next(&tally, EV_SCENARIO_DRAIN, run))
		judge_run(&tally, run);
	tally_end(&tally);
}

const struct probe probe_signals_drains = {
    .id = "signals.drains",
    .seen = SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(DRAIN) | SCENARIO_BIT(STOP) | SCENARIO_BIT(SIGNAL),
    .title = "a request in flight is finished before it stops",
    .sources = "the preforking server of the Ruby texts",
    .why = "Every restart breaks the requests of those who happen to be served: errors for clients, and work that was "
           "done by half.",
    .mend =
        {
            .c = "/* the handler sets a flag; the loop looks at it between requests, never within one */\n"
                 "close(listener);              /* no new ones */\n"
                 "while (n_connections > 0)\n"
                 "\tserve_one();\n"
                 "return EXIT_SUCCESS;",
            .python = "server = http.server.ThreadingHTTPServer(address, Handler)\n"
                      "server.daemon_threads = False  # server_close() waits for them\n"
                      "signal.signal(signal.SIGTERM,\n"
                      "              lambda number, frame: threading.Thread(target=server.shutdown).start())\n"
                      "server.serve_forever()\n"
                      "server.server_close()",
            .ruby = "trap('TERM') { $stopping = true }\n"
                    "until $stopping\n"
                    "  serve(server.accept) if server.wait_readable(1)\n"
                    "end",
            .shell = "trap 'stopping=1' TERM  # a trap runs when the command in the foreground has ended\n"
                     "while [ -z \"$stopping\" ]; do serve_one; done",
        },
    .judge = judge,
};
