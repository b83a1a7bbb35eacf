/* detach.survives-hangup: the terminal is hung up in earnest: its master is closed, and then the session leader, which
 * has lived until then as a login shell does, dies. */
#include "probes/runs.h"

#include <signal.h>

#include "base/text.h"

static void tell_living(const struct evidence *run, const struct ev_process *main, struct finding *finding)
{
	struct ev_state settled = run_state(run);
	size_t others = 0;

	for (const struct ev_process *process = state_next(&settled, NULL); process;
	     process = state_next(&settled, process))
		others += process != main;
	finding_set(finding, VERDICT_PASS, "%s (%d) lives on", probe_or_unknown(main->name), main->pid);
	if (others == 1)
		text_append(finding->seen, sizeof(finding->seen), ", as does its other process");
	else if (others > 1)
		text_append(finding->seen, sizeof(finding->seen), ", as do its %zu other processes", others);
}

static void judge_after(const struct evidence *run, const struct ev_step *step, const struct ev_process *main,
                        struct finding *finding)
{
	struct ev_state before = run_state(run);
	struct run_blow blow = {.run = run, .step = step, .before = &before, .main = main, .signal = SIGHUP};

	blow.field = "after the hang-up";
	blow.when = "";
	run_tell_lost(&blow, finding);
	if (finding->n_culprits > 0)
		finding_fail_culprits(finding, false);
	else if (!state_same(&step->after, main))
		finding_set(finding, VERDICT_SKIP, "%s (%d) had ended by itself before the terminal was hung up",
		            probe_or_unknown(main->name), main->pid);
	else if (!step->after.settled)
		finding_set(finding, VERDICT_SKIP, "%s (%d) lives on, but what it does then did not come to rest",
		            probe_or_unknown(main->name), main->pid);
	else
		tell_living(run, main, finding);
}

static void judge_run(const struct evidence *evidence, const struct evidence *run, struct finding *finding)
{
	const struct ev_step *step = run_step(run, EV_STEP_HANGUP, NULL);
	const struct ev_process *main = evidence_main(run);
	char why[OUTCOME_TEXT_MAX];

	if (!run_started(evidence, run, why, sizeof(why)))
		finding_set(finding, VERDICT_SKIP, "there was nothing to hang up: %s", why);
	else if (!main || !step || !step->after.taken)
		finding_set(finding, VERDICT_BROKEN, "the terminal was not hung up");
	else if (step->error_number)
		finding_set(finding, VERDICT_BROKEN, "the terminal could not be hung up: %s",
		            probe_errno_text(step->error_number));
	else
		judge_after(run, step, main, finding);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	const struct evidence *run = run_needed(evidence, EV_SCENARIO_HANGUP, 0, finding);

	(void)profile;
	finding_expect(finding, "the same processes live on when the terminal is closed and its shell ends");
	if (run)
		judge_run(evidence, run, finding);
}

const struct probe probe_detach_survives_hangup = {
    .id = "detach.survives-hangup",
    .seen = SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(HANGUP),
    .title = "it lives on when the terminal is hung up",
    .sources = "daemon(7), SysV Daemons; lf #512",
    .why = "A closed window, a lost connection or a logout would end the daemon, long after everybody has forgotten "
           "which terminal it was started from.",
    .mend =
        {
            .c = "if (fork() > 0)\n"
                 "        _exit(EXIT_SUCCESS); /* better: once the daemon has told that it is ready */\n"
                 "setsid(); /* SIGHUP goes to the terminal's session, which this one leaves */\n"
                 "int null = open(\"/dev/null\", O_RDWR);\n"
                 "for (int fd = 0; fd <= 2; fd++)\n"
                 "        dup2(null, fd); /* reading or writing a terminal that is gone fails with EIO */",
            .python = "if os.fork() > 0:\n"
                      "    os._exit(0)\n"
                      "os.setsid()\n"
                      "null = os.open(os.devnull, os.O_RDWR)\n"
                      "for fd in (0, 1, 2):\n"
                      "    os.dup2(null, fd)",
            .ruby = "Process.daemon  # setsid, and /dev/null on 0, 1 and 2",
            .shell = "setsid -w sh -c 'my-daemon </dev/null >/dev/null 2>&1 &'  # not my-daemon & alone",
        },
    .judge = judge,
};
