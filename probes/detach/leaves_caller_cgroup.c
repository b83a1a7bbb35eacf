/* detach.leaves-caller-cgroup: where a logout empties the caller's cgroup, it ends the daemon too. */
#include "probes/common.h"

#include <string.h>

static bool judge_one(struct judging *judging, const struct ev_process *process)
{
	if (!process->cgroup)
		return false;
	if (strcmp(process->cgroup, judging->evidence->start.cgroup) == 0)
		finding_culprit(judging->finding, process, "cgroup", "%s, the caller's", process->cgroup);
	return true;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct judging judging;

	finding_expect(finding, "a control group other than the caller's");
	if (!evidence->start.cgroup) {
		finding_set(finding, VERDICT_SKIP, "the caller's control group is not known");
		return;
	}
	judging = judging_walk(evidence, profile, finding, judge_one);
	judging_end(&judging, "no process's control group could be read", "not in the caller's control group");
	/* Hardly a daemon moves, and none does so late: waiting for it would slow down every launch. */
	finding->may_change = false;
}

const struct probe probe_detach_leaves_caller_cgroup = {
    .id = "detach.leaves-caller-cgroup",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "it has left the caller's control group",
    .sources = "tmux #428; logind.conf(5), KillUserProcesses=",
    .why =
        "systemd counts processes by control group: with KillUserProcesses=yes a logout ends all that is left in the "
        "session's group, however well it detached.",
    .mend =
        {
            .c = "/* no call of its own: let the service manager start it, or ask systemd for a scope over D-Bus\n"
                 " * (StartTransientUnit) */",
            .python = "subprocess.run(['systemd-run', '--user', '--scope', 'my-daemon'], check=True)",
            .ruby = "system('systemd-run', '--user', '--scope', 'my-daemon', exception: true)",
            .shell = "systemd-run --user --scope my-daemon",
        },
    .judge = judge,
};
