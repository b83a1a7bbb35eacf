/* signals.ignored-own: what the caller ignored the daemon does not, but where it ignores that by itself. A launch whose
 * caller ignores signals is compared with those whose caller ignores none. */
#include "probes/tally.h"

static uint64_t ignored_by(const struct ev_process *process)
{
	return process->ignored;
}

/* Adds the process where it inherited what is ignored. Returns whether it could be judged. */
static bool judge_one(struct run_tally *tally, const struct evidence *run, const struct ev_process *process)
{
	uint64_t own, inherited;
	char names[SIGNALS_TEXT_MAX];

	if (!run_own_signals(tally->evidence, run, process, ignored_by, &own))
		return false;
	inherited = process->ignored & run->start.ignored & ~own;
	if (inherited)
		finding_culprit(tally->finding, process, "ignored", "%s, inherited",
		                probe_signals_text(inherited, names));
	return true;
}

static void judge_run(struct run_tally *tally, const struct evidence *run)
{
	size_t judged = tally_compare(tally, run, "under a caller that ignores signals", judge_one);

	if (judged > 0)
		tally_right(tally, "%zu process%s ignore%s of them what %s in the clean launch", judged,
		            judged == 1 ? "" : "es", judged == 1 ? "s" : "",
		            judged == 1 ? "it ignores" : "they ignore");
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};
	const struct evidence *run = tally_done(&tally, EV_SCENARIO_SIGNALS, EV_SIGNALS_IGNORED);
	char names[SIGNALS_TEXT_MAX];

	(void)profile;
	finding_expect(finding, "nothing is ignored because the caller ignored it: %s",
	               probe_signals_text(run ? run->start.ignored : 0, names));
	if (run)
		judge_run(&tally, run);
	tally_end(&tally);
}

const struct probe probe_signals_ignored_own = {
    .id = "signals.ignored-own",
    .seen = SEEN_DIFFERENTIAL,
    .scenarios = SCENARIO_BIT(SIGNALS),
    .title = "no signal is ignored because the caller ignored it",
    .sources = "daemon(7) step 2; cups #3399, nix #15519",
    .why =
        "Ignored signals come through fork and exec: started under nohup it never reloads, with CHLD ignored its own "
        "waitpid fails, and in a shell script even a trap cannot bring them back.",
    .mend =
        {
            .c = "for (int signal = 1; signal < _NSIG; signal++) /* first of all; KILL and STOP fail, no matter */\n"
                 "\tif (signal != SIGKILL && signal != SIGSTOP)\n"
                 "\t\t(void)sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);",
            .python = "for name in ('HUP', 'INT', 'TERM', 'CHLD', 'USR1', 'USR2'):  # first of all\n"
                      "    signal.signal(getattr(signal, 'SIG' + name), signal.SIG_DFL)",
            .ruby = "%w[HUP INT TERM CHLD PIPE USR1 USR2].each { |name| trap(name, 'SYSTEM_DEFAULT') }",
            .shell = "# a shell cannot undo what it finds ignored; env of coreutils 8.31 can:\n"
                     "exec env --default-signal=HUP,INT,TERM,CHLD,PIPE,USR1,USR2 my-daemon",
        },
    .judge = judge,
};
