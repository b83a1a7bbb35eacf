/* privilege.chroot: a changed root that leaves the working directory outside holds nobody in. */
#include "probes/common.h"

#include <string.h>

static bool is_inside(const struct ev_process *process)
{
	return probe_same_file(&process->cwd_file, &process->root_file) ||
	       probe_path_within(process->cwd, process->root);
}

/* Only a path that starts at the looker's own root can be compared. */
static bool is_readable(const char *path)
{
	return path && path[0] == '/';
}

static bool judge_one(struct judging *judging, const struct ev_process *process)
{
	if (!is_readable(process->root) || !is_readable(process->cwd) || strcmp(process->root, "/") == 0)
		return false;
	if (!is_inside(process))
		finding_culprit(judging->finding, process, "cwd", "%s, outside of its root %s", process->cwd,
		                process->root);
	return true;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct judging judging = judging_walk(evidence, profile, finding, judge_one);

	finding_expect(finding, "a working directory inside the changed root");
	judging_end(&judging, "no process of it changed its root directory", "it is inside");
}

const struct probe probe_privilege_chroot = {
    .id = "privilege.chroot",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "after a change of the root, the working directory is inside it",
    .sources = "chroot(2)",
    .why = "From a working directory outside, chdir(\"..\") walks up to the real root: the change of root keeps "
           "nothing away.",
    .mend =
        {
            .c = "if (chroot(jail) < 0 || chdir(\"/\") < 0)\n"
                 "        return -errno;",
            .python = "os.chroot(jail)\n"
                      "os.chdir('/')",
            .ruby = "Dir.chroot(jail)\n"
                    "Dir.chdir('/')",
            .shell = "exec chroot /srv/jail my-daemon  # chroot(1) changes to / by itself",
        },
    .judge = judge,
};
