/* ready.notify: READY=1 comes once, from the main process, when it listens; through a path and an abstract socket. */
#include "probes/tally.h"

static const char *way_text(int variant)
{
	return variant == EV_NOTIFY_ABSTRACT ? "through an abstract socket" : "through a socket with a path";
}

/* When the start was over: the first signal that was sent. */
static int64_t start_until(const struct evidence *run)
{
	const struct ev_step *step = run_step(run, EV_STEP_SIGNAL, NULL);

	return step ? step->at_us : INT64_MAX;
}

/* Whether the sender counts as the main process: it is, or it is the started one and tells the main one's pid. */
static bool is_from_main(const struct evidence *run, const struct ev_notice *notice)
{
	const struct ev_process *main = evidence_main(run);
	uint64_t told;

	if (!main || notice->pid == 0 || notice->pid == main->pid)
		return true;
	return notice->pid == run->launch.pid && probe_notice_number(notice, "MAINPID=", &told) &&
	       told == (uint64_t)main->pid;
}

static void judge_notice(struct run_tally *tally, const struct evidence *run, const struct ev_notice *notice)
{
	bool serves = tally->evidence->declared.n_ready > 0 || tally->evidence->n_listeners > 0;
	const struct ev_process *main = evidence_main(run), *sender = evidence_process(run, notice->pid);
	char time[TIME_TEXT_MAX];

	(void)probe_time_text(notice->at_us, time);
	if (!is_from_main(run, notice))
		finding_culprit_file(tally->finding, "READY=1", "from", "%s (%d), not the main process %d, %s",
		                     sender ? probe_or_unknown(sender->name) : "a process that had ended", notice->pid,
		                     main ? main->pid : 0, way_text(run->variant));
	else if (serves && !notice->listening)
		finding_culprit_file(tally->finding, "READY=1", "came", "before it listened, %s after the start, %s",
		                     time, way_text(run->variant));
	else
		tally_right(tally, "READY=1 %s after the start from %d %s", time, notice->pid, way_text(run->variant));
}

static void judge_run(struct run_tally *tally, const struct evidence *run)
{
	const struct ev_notice *first = NULL;
	size_t count = 0;

	if (!probe_any_alive(run) && !tally_comes_up(tally, run, "with NOTIFY_SOCKET set"))
		return;
	for (size_t i = 0; i < run->n_notices; i++) {
		const struct ev_notice *notice = &run->notices[i];

		if (notice->at_us >= start_until(run) || !probe_notice_has(notice, "READY=1"))
			continue;
		count++;
		if (!first)
			first = notice;
	}
	if (count == 0)
		finding_culprit_file(tally->finding, "READY=1", "missing", "among %zu notices, %s", run->n_notices,
		                     way_text(run->variant));
	else if (count > 1)
		finding_culprit_file(tally->finding, "READY=1", "sent", "%zu times for one start, %s", count,
		                     way_text(run->variant));
	else
		judge_notice(tally, run, first);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};

	(void)profile;
	finding_expect(finding, "READY=1 once for a start, from the main process, when it listens");
	if (!evidence->declared.notify) {
		finding_set(finding, VERDICT_SKIP, "it is not declared to notify");
		return;
	}
	for (int variant = EV_NOTIFY_PATH; variant <= EV_NOTIFY_ABSTRACT; variant++) {
		const struct evidence *run = tally_done(&tally, EV_SCENARIO_NOTIFY, variant);

		if (run)
			judge_run(&tally, run);
	}
	tally_end(&tally);
}

const struct probe probe_ready_notify = {
    .id = "ready.notify",
    .seen = SEEN_DIFFERENTIAL,
    .scenarios = SCENARIO_BIT(NOTIFY),
    .title = "READY=1 comes once, from the main process, when it listens",
    .sources = "sd_notify(3); systemd.service(5), Type=notify, NotifyAccess=; nixpkgs #177084",
    .why = "The manager waits for it: without it the start fails after 90 seconds, from another process it is ignored, "
           "and too early it sends clients to a port that nobody listens on.",
    .mend =
        {
            .c = "if (listen(fd, SOMAXCONN) < 0) /* first all that must be ready */\n"
                 "\treturn EXIT_FAILURE;\n"
                 "sd_notify(0, \"READY=1\");      /* libsystemd; knows both kinds of address */",
            .python = "address = os.environ.get('NOTIFY_SOCKET')\n"
                      "if address:  # once the server listens\n"
                      "    if address[0] == '@':\n"
                      "        address = '\\0' + address[1:]\n"
                      "    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:\n"
                      "        notify.sendto(b'READY=1', address)",
            .ruby = "if (address = ENV['NOTIFY_SOCKET'])  # once the server listens\n"
                    "  address = \"\\0#{address[1..]}\" if address.start_with?('@')\n"
                    "  notify = Socket.new(:UNIX, :DGRAM)\n"
                    "  notify.send('READY=1', 0, Socket.sockaddr_un(address))\n"
                    "  notify.close\n"
                    "end",
            .shell = "systemd-notify --ready --pid=\"$$\"  # needs NotifyAccess=all in the unit\n"
                     "exec my-daemon                    # better: let my-daemon do it when it listens",
        },
    .judge = judge,
};
