/* signals.stop-cont: a daemon that was stopped and continued works on. */
#include "probes/tally.h"

#include <signal.h>

static void judge_run(struct run_tally *tally, const struct evidence *run)
{
	const struct ev_step *stopped = tally_step(tally, run, EV_STEP_SIGNAL, NULL);
	const struct ev_step *step = stopped ? tally_step(tally, run, EV_STEP_SIGNAL, stopped) : NULL;
	const struct ev_process *main = evidence_main(run), *now;
	char time[TIME_TEXT_MAX];

	if (!step || !tally_main_lives(tally, run, step, "STOP and CONT"))
		return;
	(void)probe_time_text(run_elapsed(step->at_us, step->after.at_us), time);
	now = state_same(&step->after, main);
	if (now->state == 'T')
		finding_culprit(tally->finding, now, "stopped", "still, %s after CONT", time);
	else if (tally_listens(tally, run, step, "STOP and CONT"))
		tally_right(tally, "the main process %d goes on, %s after CONT", main->pid, time);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};
	const struct evidence *run = tally_run(&tally, EV_SCENARIO_SIGNAL, SIGSTOP);

	(void)profile;
	finding_expect(finding, "after STOP and CONT the same main process goes on, and all that listened still does");
	if (run)
		judge_run(&tally, run);
	tally_end(&tally);
}

const struct probe probe_signals_stop_cont = {
    .id = "signals.stop-cont",
    .seen = SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(SIGNAL),
    .title = "it goes on after STOP and CONT",
    .sources = "signal(7), Interruption of system calls and library functions by stop signals",
    .why = "A freezer, a debugger, a suspended machine or a container that is paused stop it for a while: a wait that "
           "ends with EINTR, or a clock that has jumped, must not end it.",
    .mend =
        {
            .c = "n = epoll_wait(epoll, events, MAX_EVENTS, timeout);\n"
                 "if (n < 0 && errno == EINTR)   /* also without any handler, after STOP and CONT */\n"
                 "\tcontinue;",
            .python = "deadline = time.monotonic() + 5  # never time.time(); Python tries again after EINTR",
            .ruby = "deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + 5  # never Time.now",
            .shell = "trap : CONT  # wait then returns: call it again until the child has ended",
        },
    .judge = judge,
};
