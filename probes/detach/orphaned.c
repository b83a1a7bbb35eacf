/* detach.orphaned: no process of the daemon is a descendant of the caller any more. */
#include "probes/common.h"

#include <stdio.h>

enum { DEPTH_MAX = 64 }; /* bounds the walk over a record with loops or endless chains: nearer ones fail as well */

/* The caller's process that the parents of PROCESS lead to; 0 when they end at the reaper, or where the record ends: a
 * parent may have gone while its children were looked at. */
static int caller_above(const struct evidence *evidence, const struct ev_process *process)
{
	bool stayed = evidence->launch.outcome == EV_STAYED;

	for (int depth = 0; process && depth < DEPTH_MAX; depth++) {
		int parent = process->parent;

		if (parent == evidence->start.reaper)
			return 0;
		if (parent == evidence->start.leader || (stayed && parent == evidence->launch.pid))
			return parent;
		process = evidence_process(evidence, parent);
	}
	return 0;
}

static bool judge_one(struct judging *judging, const struct ev_process *process)
{
	int caller = caller_above(judging->evidence, process);

	if (caller && caller == process->parent)
		finding_culprit(judging->finding, process, "parent", "%d, the caller's", caller);
	else if (caller)
		finding_culprit(judging->finding, process, "parent", "%d, below the caller's %d", process->parent,
		                caller);
	else
		numbers_add(&judging->numbers, (uint64_t)process->parent);
	return true;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct judging judging = judging_walk(evidence, profile, finding, judge_one);
	char numbers[NUMBERS_TEXT_MAX];

	finding_expect(finding, "ancestry that ends at process %d and not at the caller, %d", evidence->start.reaper,
	               evidence->start.leader);
	judging_end(&judging, "no process could be judged", "parent %s",
	            numbers_text(&judging.numbers, false, numbers));
}

const struct probe probe_detach_orphaned = {
    .id = "detach.orphaned",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "init or the nearest subreaper is the ancestor, not the caller",
    .sources = "daemon(7) step 8; Unix FAQ 1.7; Ruby Process.daemon",
    .why = "A daemon that is still the caller's child becomes its zombie when it dies, shows up in its wait(2) and "
           "its job table, and may be ended with it.",
    .mend =
        {
            .c = "if (fork() > 0)\n"
                 "        _exit(EXIT_SUCCESS); /* the first child ends too: init inherits the grandchild */",
            .python = "if os.fork() > 0:\n"
                      "    os._exit(0)",
            .ruby = "Process.daemon",
            .shell = "( my-daemon </dev/null >/dev/null 2>&1 & )",
        },
    .judge = judge,
};
