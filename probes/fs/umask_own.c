/* fs.umask-own: the launch has a umask that no daemon would choose; who still has it at the end inherited it. */
#include "probes/common.h"

static bool judge_one(struct judging *judging, const struct ev_process *process)
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
	struct judging judging = judging_walk(evidence, profile, finding, judge_one);
	char numbers[NUMBERS_TEXT_MAX];

	finding_expect(finding, "a umask of its own, not the caller's %04o", evidence->start.umask);
	judging_end(&judging, "no process's umask could be read", "%s, the caller's is %04o",
	            numbers_text(&judging.numbers, true, numbers), evidence->start.umask);
}

const struct probe probe_fs_umask_own = {
    .id = "fs.umask-own",
    .seen = SEEN_DIFFERENTIAL,
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
