/* fs.cwd-exists: a deleted working directory. The link count tells; a directory may well be named "x (deleted)". */
#include "probes/common.h"

static bool judge_one(struct judging *judging, const struct ev_process *process)
{
	if (!process->cwd_file.known)
		return false;
	if (process->cwd_file.links == 0)
		finding_culprit(judging->finding, process, "cwd", "%s, link count 0", probe_or_unknown(process->cwd));
	return true;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct judging judging = judging_walk(evidence, profile, finding, judge_one);

	finding_expect(finding, "a working directory that exists");
	judging_end(&judging, "no process's working directory could be looked at", "it exists");
}

const struct probe probe_fs_cwd_exists = {
    .id = "fs.cwd-exists",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "the working directory has not been deleted",
    .sources = "daemon(7) step 11; getcwd(3)",
    .why =
        "In a deleted directory every relative name fails with ENOENT, and so do getcwd(3) and many a program that the "
        "daemon runs.",
    .mend =
        {
            .c = "if (chdir(\"/\") < 0) /* a directory that stays */\n"
                 "        return -errno;",
            .python = "os.chdir('/')",
            .ruby = "Dir.chdir('/')",
            .shell = "cd / && exec my-daemon",
        },
    .judge = judge,
};
