/* detach.survives-keys: ^C, ^\ and ^Z go to the foreground group of the terminal. They are typed while that is still
 * the group in which the daemon was started, and again when the shell has taken its terminal back. */
#include "probes/runs.h"

#include <signal.h>

/* The keys on their way. */
struct typing {
	const struct evidence *run;
	const struct ev_process *main;
	struct finding *finding;
	const struct ev_state *before; /* what lived before the next key */
	bool shell_has_it;
	size_t typed;
	const char *missing; /* the first key that could not be typed, or whose effect was not looked at */
	bool restless;
};

static const char *key_text(int signal)
{
	switch (signal) {
	case SIGINT:
		return "^C";
	case SIGQUIT:
		return "^\\";
	case SIGTSTP:
		return "^Z";
	}
	return "a key";
}

static const char *key_field(int signal)
{
	switch (signal) {
	case SIGINT:
		return "after ^C";
	case SIGQUIT:
		return "after ^\\";
	case SIGTSTP:
		return "after ^Z";
	}
	return "after a key";
}

static void tell_stopped(const struct typing *typing, const struct ev_step *step, const char *when)
{
	const struct ev_process *process = NULL;

	while ((process = state_next(typing->before, process))) {
		const struct ev_process *now = state_same(&step->after, process);

		if (now && now->state == 'T' && process->state != 'T')
			finding_culprit(typing->finding, process, key_field(step->signal), "it is stopped%s", when);
	}
}

static void judge_key(struct typing *typing, const struct ev_step *step)
{
	struct run_blow blow = {.run = typing->run, .step = step, .before = typing->before, .main = typing->main};

	if (step->error_number || !step->after.taken) {
		if (!typing->missing)
			typing->missing = key_text(step->signal);
		return;
	}
	typing->typed++;
	typing->restless |= !step->after.settled;
	blow.signal = step->signal;
	blow.field = key_field(step->signal);
	blow.when = typing->shell_has_it ? ", when the shell had its terminal back"
	                                 : ", before the shell had its terminal back";
	run_tell_lost(&blow, typing->finding);
	tell_stopped(typing, step, blow.when);
}

static void conclude(const struct typing *typing)
{
	const struct ev_process *main = typing->main;
	const char *name = probe_or_unknown(main->name);

	if (typing->finding->n_culprits > 0)
		finding_fail_culprits(typing->finding, false);
	else if (typing->missing)
		finding_set(typing->finding, VERDICT_BROKEN, "%s could not be typed, or not be seen to the end",
		            typing->missing);
	else if (typing->typed == 0)
		finding_set(typing->finding, VERDICT_BROKEN, "no key was typed");
	else if (!state_same(typing->before, main))
		finding_set(typing->finding, VERDICT_SKIP, "%s (%d) ended by itself between the keys", name, main->pid);
	else if (typing->restless)
		finding_set(typing->finding, VERDICT_SKIP,
		            "%s (%d) lives on, but what it does then did not come to rest", name, main->pid);
	else
		finding_set(typing->finding, VERDICT_PASS, "%s (%d) lives on, and nothing of it is stopped", name,
		            main->pid);
}

static void judge_run(const struct evidence *run, struct finding *finding)
{
	struct ev_state settled = run_state(run);
	struct typing typing = {.run = run, .main = evidence_main(run), .finding = finding, .before = &settled};

	if (!typing.main) {
		finding_set(finding, VERDICT_BROKEN, "nothing of it lived when the keys were typed");
		return;
	}
	for (size_t i = 0; i < run->n_steps; i++) {
		const struct ev_step *step = &run->steps[i];

		if (step->kind == EV_STEP_FOREGROUND)
			typing.shell_has_it = true;
		else if (step->kind == EV_STEP_KEY)
			judge_key(&typing, step);
		if (step->after.taken)
			typing.before = &step->after;
	}
	conclude(&typing);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	const struct evidence *run = run_needed(evidence, EV_SCENARIO_KEYS, 0, finding);
	char why[OUTCOME_TEXT_MAX];

	(void)profile;
	finding_expect(finding, "^C, ^\\ and ^Z do nothing to it, before the shell has its terminal back and after");
	if (run && !run_started(evidence, run, why, sizeof(why)))
		finding_set(finding, VERDICT_SKIP, "no key was typed: %s", why);
	else if (run)
		judge_run(run, finding);
}

const struct probe probe_detach_survives_keys = {
    .id = "detach.survives-keys",
    .seen = SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(KEYS),
    .title = "keys typed on the terminal do nothing to it",
    .sources = "daemon(7), SysV Daemons; the Ruby texts on Process.daemon",
    .why =
        "Who starts a daemon goes on working on the same terminal: the ^C that is meant for the next command would end "
        "the service, and ^Z would stop it without a word.",
    .mend =
        {
            .c = "setsid(); /* in the child, so that it leaves the terminal's session and its foreground group */",
            .python = "os.setsid()  # in the child; or subprocess.Popen(..., start_new_session=True)",
            .ruby = "Process.setsid  # in the child; Process.daemon does so, spawn(..., pgroup: true) does not",
            .shell = "setsid -w sh -c 'my-daemon </dev/null >/dev/null 2>&1 &'",
        },
    .judge = judge,
};
