/* detach.own-group: keys typed on the caller's terminal, and its kill(-group), reach whole process groups. */
#include "probes/common.h"

static bool is_callers(const struct evidence *evidence, int group)
{
	return group > 0 && (group == evidence->launch.group || group == evidence->start.leader);
}

static bool judge_one(struct judging *judging, const struct ev_process *process)
{
	if (is_callers(judging->evidence, process->group))
		finding_culprit(judging->finding, process, "group", "%d, the caller's", process->group);
	else
		numbers_add(&judging->numbers, (uint64_t)process->group);
	return true;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct judging judging = judging_walk(evidence, profile, finding, judge_one);
	char numbers[NUMBERS_TEXT_MAX];

	finding_expect(finding, "a process group other than the caller's, %d and %d", evidence->launch.group,
	               evidence->start.leader);
	judging_end(&judging, "no process could be judged", "group %s, the caller's is %d",
	            numbers_text(&judging.numbers, false, numbers), evidence->launch.group);
}

const struct probe probe_detach_own_group = {
    .id = "detach.own-group",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "it is not in the caller's process group",
    .sources = "daemon(7) step 6",
    .why = "Ctrl-C, Ctrl-\\ and Ctrl-Z, a hang-up and a shell that ends its job signal the whole process group, and "
           "so the daemon.",
    .mend =
        {
            .c = "setsid(); /* in the child: a new session is a new group too */",
            .python = "os.setsid()",
            .ruby = "Process.setsid",
            .shell = "setsid my-daemon",
        },
    .judge = judge,
};
