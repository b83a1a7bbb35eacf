/* fs.umask: the file creation mask is one of those that the profile accepts. */
#include "probes/common.h"

static bool is_accepted(const struct profile *profile, uint32_t umask)
{
	for (size_t i = 0; i < profile->n_umasks; i++)
		if (profile->umasks[i] == umask)
			return true;
	return profile->n_umasks == 0;
}

static bool judge_one(struct judging *judging, const struct ev_process *process)
{
	if (!process->umask_known)
		return false;
	if (is_accepted(judging->profile, process->umask))
		numbers_add(&judging->numbers, process->umask);
	else
		finding_culprit(judging->finding, process, "umask", "%04o%s", process->umask,
		                process->umask == judging->evidence->start.umask ? ", the caller's" : "");
	return true;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct judging judging = judging_walk(evidence, profile, finding, judge_one);
	struct numbers accepted = {0};
	char numbers[NUMBERS_TEXT_MAX];

	for (size_t i = 0; i < profile->n_umasks; i++)
		numbers_add(&accepted, profile->umasks[i]);
	finding_expect(finding, "%s", profile->n_umasks ? numbers_text(&accepted, true, numbers) : "any umask");
	judging_end(&judging, "no process's umask could be read", "%s", numbers_text(&judging.numbers, true, numbers));
}

const struct probe probe_fs_umask = {
    .id = "fs.umask",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "the umask is one that the profile accepts",
    .sources = "daemon(7) step 10; Stevens, APUE ch. 13; the STIG and CIS benchmarks for the strict values",
    .why = "With a mask that nobody chose, files come out unreadable for those who need them or writable for those "
           "who must not.",
    .mend =
        {
            .c = "umask(0); /* and say the mode in each open(), mkdir() and bind(); or umask(027) */",
            .python = "os.umask(0)  # or 0o027",
            .ruby = "File.umask(0)  # or 0027",
            .shell = "umask 0  # or 027",
        },
    .judge = judge,
};
