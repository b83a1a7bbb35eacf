/* fs.umask-own: the clean launch has a umask that no daemon would choose; who still has it at the end inherited it.
 * Where there were launches under other umasks, they decide: what is the same under all callers is the daemon's own. */
#include "probes/runs.h"

#include "base/text.h"

/* Whether the launch can be compared with the clean one. */
static const struct evidence *next_run(const struct evidence *evidence, const struct evidence *previous)
{
	const struct evidence *run = previous;
	char why[OUTCOME_TEXT_MAX];

	while ((run = run_next_done(evidence, EV_SCENARIO_UMASK, run)))
		if (run_started(evidence, run, why, sizeof(why)))
			return run;
	return NULL;
}

/* A process of the same part in the launch: one with the same umask where there is one; NULL: none could be read. */
static const struct ev_process *counterpart(const struct evidence *evidence, const struct ev_process *process,
                                            const struct evidence *run)
{
	const struct ev_process *other = NULL, *found = NULL;

	while ((other = probe_next(run, other))) {
		if (!other->umask_known || !run_same_part(evidence, process, run, other))
			continue;
		if (other->umask == process->umask)
			return other;
		found = other;
	}
	return found;
}

/* "0022 under 0022, 0077 under 0077": what the process has under other callers. */
static bool differs(const struct evidence *evidence, const struct ev_process *process, char text[CULPRIT_TEXT_MAX])
{
	const struct evidence *run = NULL;
	bool different = false;

	text[0] = '\0';
	while ((run = next_run(evidence, run))) {
		const struct ev_process *other = counterpart(evidence, process, run);

		if (!other)
			continue;
		different |= other->umask != process->umask;
		text_append(text, CULPRIT_TEXT_MAX, "%s%04o under %04o", text[0] ? ", " : "", other->umask,
		            run->start.umask);
	}
	return different;
}

static bool judge_compared(struct judging *judging, const struct ev_process *process)
{
	char others[CULPRIT_TEXT_MAX];

	if (!process->umask_known)
		return false;
	if (differs(judging->evidence, process, others))
		finding_culprit(judging->finding, process, "umask", "%04o under the caller's %04o, %s", process->umask,
		                judging->evidence->start.umask, others);
	else
		numbers_add(&judging->numbers, process->umask);
	return true;
}

static bool judge_alone(struct judging *judging, const struct ev_process *process)
{
	if (!process->umask_known)
		return false;
	if (process->umask == judging->evidence->start.umask)
		finding_culprit(judging->finding, process, "umask", "%04o, inherited", process->umask);
	else
		numbers_add(&judging->numbers, process->umask);
	return true;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	bool compared = next_run(evidence, NULL) != NULL;
	struct judging judging = judging_walk(evidence, profile, finding, compared ? judge_compared : judge_alone);
	char numbers[NUMBERS_TEXT_MAX];

	finding_expect(finding, "a umask of its own, not the caller's %04o", evidence->start.umask);
	(void)numbers_text(&judging.numbers, true, numbers);
	if (compared)
		judging_end(&judging, "no process's umask could be read", "%s under every caller", numbers);
	else
		judging_end(&judging, "no process's umask could be read", "%s, the caller's is %04o", numbers,
		            evidence->start.umask);
	finding->may_change &= !compared;
}

const struct probe probe_fs_umask_own = {
    .id = "fs.umask-own",
    .seen = SEEN_DIFFERENTIAL,
    .scenarios = SCENARIO_BIT(UMASK),
    .title = "the umask is set by the daemon, not inherited",
    .sources = "daemon(7) step 10",
    .why =
        "The modes of all that it creates then depend on who started it: right at boot, wrong after a restart by hand.",
    .mend =
        {
            .c = "umask(0); /* in the daemon, before it creates the first file; or umask(027) */",
            .python = "os.umask(0)  # or 0o027",
            .ruby = "File.umask(0)  # Process.daemon leaves the umask alone",
            .shell = "umask 0 && exec my-daemon",
        },
    .judge = judge,
};
