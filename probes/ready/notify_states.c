/* ready.notify-states: it tells of its stop, of a reload, and that it lives. */
#include "probes/tally.h"

/* The first notice with that line from FROM_US to UNTIL_US, at or after *INDEX, which is then past it; or NULL. */
static const struct ev_notice *next_notice(const struct evidence *run, const char *line, int64_t from_us,
                                           int64_t until_us, size_t *index)
{
	while (*index < run->n_notices) {
		const struct ev_notice *notice = &run->notices[(*index)++];

		if (notice->at_us >= from_us && notice->at_us <= until_us && probe_notice_has(notice, line))
			return notice;
	}
	return NULL;
}

static void judge_stopping(struct run_tally *tally, const struct evidence *run, const struct ev_step *stop)
{
	size_t index = 0;
	const struct ev_notice *notice = next_notice(run, "STOPPING=1", stop->at_us, INT64_MAX, &index);
	char name[SIGNALS_TEXT_MAX], time[TIME_TEXT_MAX];

	(void)probe_signal_text(stop->signal, name);
	if (notice)
		tally_right(tally, "STOPPING=1 %s after %s",
		            probe_time_text(run_elapsed(stop->at_us, notice->at_us), time), name);
	else
		finding_culprit_file(tally->finding, "STOPPING=1", "missing", "after %s", name);
}

static void judge_reload(struct run_tally *tally, const struct evidence *run, const struct ev_step *reload,
                         const struct ev_step *stop)
{
	size_t index = 0;
	const struct ev_notice *reloading = next_notice(run, "RELOADING=1", reload->at_us, stop->at_us, &index);
	const struct ev_notice *ready =
	    reloading ? next_notice(run, "READY=1", reload->at_us, stop->at_us, &index) : NULL;
	char name[SIGNALS_TEXT_MAX], time[TIME_TEXT_MAX];
	uint64_t monotonic;

	(void)probe_signal_text(reload->signal, name);
	if (!reloading)
		finding_culprit_file(tally->finding, "RELOADING=1", "missing", "after %s", name);
	else if (!probe_notice_number(reloading, "MONOTONIC_USEC=", &monotonic))
		finding_culprit_file(tally->finding, "MONOTONIC_USEC", "missing", "in the notice with RELOADING=1");
	else if (!ready)
		finding_culprit_file(tally->finding, "READY=1", "missing", "after RELOADING=1");
	else
		tally_right(tally, "RELOADING=1 and READY=1 %s after %s",
		            probe_time_text(run_elapsed(reload->at_us, ready->at_us), time), name);
}

/* The longest time without a sign of life between two moments, less what the daemon waited for a processor: a busy
 * machine is no fault of its own. */
struct pauses {
	int64_t at_us, starved_us; /* of the last sign */
	int64_t longest_us;
};

static void end_pause(struct pauses *pauses, int64_t at_us, int64_t starved_us)
{
	int64_t starved = run_elapsed(pauses->starved_us, starved_us), pause = run_elapsed(pauses->at_us, at_us);

	pause = starved < pause ? pause - starved : 0;
	if (pause > pauses->longest_us)
		pauses->longest_us = pause;
	pauses->at_us = at_us;
	pauses->starved_us = starved_us;
}

static void judge_watchdog(struct run_tally *tally, const struct evidence *run, const struct ev_step *stop)
{
	int64_t within = tally->evidence->declared.watchdog_us;
	size_t index = 0, count = 0;
	const struct ev_notice *sign = next_notice(run, "READY=1", INT64_MIN, stop->at_us, &index);
	struct pauses pauses = {0};
	char time[TIME_TEXT_MAX], allowed[TIME_TEXT_MAX];

	if (!sign)
		return; /* the watch begins with it; that it is missing ready.notify says */
	pauses.at_us = sign->at_us;
	pauses.starved_us = sign->starved_us;
	index = 0;
	while ((sign = next_notice(run, "WATCHDOG=1", pauses.at_us, stop->at_us, &index))) {
		end_pause(&pauses, sign->at_us, sign->starved_us);
		count++;
	}
	end_pause(&pauses, stop->at_us, stop->starved_us);
	(void)probe_time_text(pauses.longest_us, time);
	(void)probe_time_text(within, allowed);
	if (pauses.longest_us > within)
		finding_culprit_file(tally->finding, "WATCHDOG=1", "missing", "for %s, with %s declared", time,
		                     allowed);
	else if (count == 0)
		tally_missed(tally, VERDICT_SKIP, "%s after READY=1, when it was stopped, no WATCHDOG=1 was due", time);
	else
		tally_right(tally, "WATCHDOG=1 %zu times, never %s without", count, allowed);
}

static void judge_run(struct run_tally *tally, const struct evidence *run)
{
	const struct ev_step *first = run_step(run, EV_STEP_SIGNAL, NULL), *stop = first, *next;
	int reload = tally->evidence->declared.reload_signal;

	if (!probe_any_alive(run)) {
		(void)tally_comes_up(tally, run, "with NOTIFY_SOCKET set");
		return;
	}
	while (stop && (next = run_step(run, EV_STEP_SIGNAL, stop)))
		stop = next;
	if (!stop || stop->error_number || (reload > 0 && (first == stop || first->error_number))) {
		tally_missed(tally, VERDICT_BROKEN, "it was neither stopped nor made to reload");
		return;
	}
	judge_stopping(tally, run, stop);
	if (reload > 0)
		judge_reload(tally, run, first, stop);
	if (tally->evidence->declared.watchdog_us > 0)
		judge_watchdog(tally, run, stop);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};

	(void)profile;
	finding_expect(finding, "STOPPING=1 when it stops%s%s",
	               evidence->declared.reload_signal > 0
	                   ? "; RELOADING=1 with MONOTONIC_USEC=, then READY=1, when it reloads"
	                   : "",
	               evidence->declared.watchdog_us > 0 ? "; WATCHDOG=1 in time" : "");
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

const struct probe probe_ready_notify_states = {
    .id = "ready.notify-states",
    .seen = SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(NOTIFY),
    .title = "it tells the manager of its stop, of a reload, and that it lives",
    .sources = "sd_notify(3); systemd.service(5), Type=notify-reload, WatchdogSec=",
    .why = "Without RELOADING=1 and READY=1 a reload counts as failed or as done too early, and without WATCHDOG=1 in "
           "time "
           "the manager kills a service that works.",
    .mend =
        {
            .c = "struct timespec now;\n"
                 "clock_gettime(CLOCK_MONOTONIC, &now);\n"
                 "sd_notifyf(0, \"RELOADING=1\\nMONOTONIC_USEC=%lld\",\n"
                 "           now.tv_sec * 1000000LL + now.tv_nsec / 1000);\n"
                 "reload();\n"
                 "sd_notify(0, \"READY=1\");\n"
                 "/* in the main loop, twice in WATCHDOG_USEC: */ sd_notify(0, \"WATCHDOG=1\");\n"
                 "/* on the way out: */ sd_notify(0, \"STOPPING=1\");",
            .python = "notify(f'RELOADING=1\\nMONOTONIC_USEC={time.monotonic_ns() // 1000}')\n"
                      "reload()\n"
                      "notify('READY=1')\n"
                      "# in the main loop, twice in WATCHDOG_USEC: notify('WATCHDOG=1')\n"
                      "# on the way out: notify('STOPPING=1')",
            .ruby = "now = Process.clock_gettime(Process::CLOCK_MONOTONIC, :microsecond)\n"
                    "notify(\"RELOADING=1\\nMONOTONIC_USEC=#{now}\")\n"
                    "reload\n"
                    "notify('READY=1')\n"
                    "# in the main loop, twice in WATCHDOG_USEC: notify('WATCHDOG=1')\n"
                    "# on the way out: notify('STOPPING=1')",
            .shell = "systemd-notify --reloading && reload && systemd-notify --ready\n"
                     "systemd-notify WATCHDOG=1   # twice in WATCHDOG_USEC\n"
                     "systemd-notify --stopping   # on the way out; all of it needs NotifyAccess=all",
        },
    .judge = judge,
};
