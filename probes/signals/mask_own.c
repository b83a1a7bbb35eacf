/* signals.mask-own: what the caller had blocked the daemon unblocks. A launch whose caller blocks signals is compared
 * with those whose caller blocks none: what is blocked there, too, is the daemon's own doing (sigwait, signalfd, a
 * thread that takes the signals), what is blocked only here was inherited. */
#include "probes/tally.h"

/* What no thread but one that waits for signals takes: the kernel unblocks in a thread in sigwait what it awaits. */
static uint64_t blocked_by_design(const struct ev_process *process)
{
	uint64_t all = UINT64_MAX;

	for (size_t i = 0; i < process->n_threads; i++)
		if (!process->threads[i].sigwait)
			all &= process->threads[i].blocked;
	return process->n_threads ? all : 0;
}

/* Adds the process where it inherited the mask. Returns whether it could be judged. */
static bool judge_one(struct run_tally *tally, const struct evidence *run, const struct ev_process *process)
{
	uint64_t own, inherited;
	char names[SIGNALS_TEXT_MAX];

	if (process->n_threads == 0 ||
	    !run_own_signals(tally->evidence, run, process,
	                     probe_awaits_signals(process) ? probe_blocked_by_all : blocked_by_design, &own))
		return false;
	inherited = probe_blocked_by_all(process) & run->start.blocked & ~own;
	if (inherited && process->n_threads == 1)
		finding_culprit(tally->finding, process, "blocked", "%s, inherited",
		                probe_signals_text(inherited, names));
	else if (inherited)
		finding_culprit(tally->finding, process, "blocked", "%s, inherited, in each of its %zu threads",
		                probe_signals_text(inherited, names), process->n_threads);
	return true;
}

static void judge_run(struct run_tally *tally, const struct evidence *run)
{
	size_t judged = tally_compare(tally, run, "under a caller that blocks signals", judge_one);

	if (judged > 0)
		tally_right(tally, "none of them is still blocked in %zu process%s", judged, judged == 1 ? "" : "es");
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};
	const struct evidence *run = tally_done(&tally, EV_SCENARIO_SIGNALS, EV_SIGNALS_BLOCKED);
	char names[SIGNALS_TEXT_MAX];

	(void)profile;
	finding_expect(finding, "nothing of what the caller had blocked is blocked in the daemon: %s",
	               probe_signals_text(run ? run->start.blocked : 0, names));
	if (run)
		judge_run(&tally, run);
	tally_end(&tally);
}

const struct probe probe_signals_mask_own = {
    .id = "signals.mask-own",
    .seen = SEEN_DIFFERENTIAL,
    .scenarios = SCENARIO_BIT(SIGNALS),
    .title = "nothing stays blocked that the caller had blocked",
    .sources = "daemon(7) step 3",
    .why =
        "The mask of whoever starts it comes through fork and exec: started from a program that has TERM blocked, it "
        "never sees TERM, and nobody can tell why it cannot be stopped.",
    .mend =
        {
            .c = "sigset_t none;\n"
                 "sigemptyset(&none);\n"
                 "sigprocmask(SIG_SETMASK, &none, NULL); /* first of all, before the first fork */",
            .python = "signal.pthread_sigmask(signal.SIG_SETMASK, [])  # first of all",
            .ruby = "# Ruby has no call for it: reset the mask in what starts it, as for the shell",
            .shell = "# a shell cannot change its mask; python3 can for what it starts:\n"
                     "python3 -c 'import os, signal, sys\n"
                     "signal.pthread_sigmask(signal.SIG_SETMASK, [])\n"
                     "os.execvp(sys.argv[1], sys.argv[1:])' my-daemon",
        },
    .judge = judge,
};
