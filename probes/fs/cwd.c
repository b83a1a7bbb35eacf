/* fs.cwd: the working directory is the root, or one that the profile accepts; never the caller's. */
#include "probes/common.h"

#include <string.h>

/* At the root of its own tree: "/" or, after a chroot, the directory that is its root. */
static bool is_at_root(const struct ev_process *process)
{
	return strcmp(process->cwd, "/") == 0 || probe_same_file(&process->cwd_file, &process->root_file);
}

static bool is_deleted(const struct ev_process *process)
{
	return process->cwd_file.known && process->cwd_file.links == 0;
}

/* Whether the start directory can be told from another way to the same directory, by its own mount. */
static bool mounts_tell(const struct ev_start *start, const struct ev_process *process)
{
	return start->directory_own && start->directory_file.known && start->directory_file.mount != 0 &&
	       process->cwd_file.known && process->cwd_file.mount != 0;
}

/* How the directory is the caller's, as text; NULL when it is not. */
static const char *callers(const struct ev_start *start, const struct ev_process *process)
{
	bool same_name = start->directory && strcmp(process->cwd, start->directory) == 0;

	if (!mounts_tell(start, process))
		return same_name ? "the directory it was started from" : NULL;
	if (process->cwd_file.mount == start->directory_file.mount)
		return probe_same_file(&process->cwd_file, &start->directory_file)
		           ? "the directory it was started from"
		           : "below the directory it was started from";
	/* In a mount namespace of its own the process sees a copy of the mount, with another id. */
	return same_name && probe_same_file(&process->cwd_file, &start->directory_file)
	           ? "the directory it was started from"
	           : NULL;
}

static bool is_listed(const struct profile *profile, const char *path)
{
	for (char **directory = profile->directories; directory && *directory; directory++)
		if (probe_path_within(path, *directory))
			return true;
	return false;
}

/* A person's session that the daemon hosts may be in any directory but the caller's. */
static bool is_accepted(const struct judging *judging, const struct ev_process *process)
{
	return judging->profile->any_directory || is_listed(judging->profile, process->cwd) ||
	       evidence_hosted(judging->evidence, process);
}

static bool judge_one(struct judging *judging, const struct ev_process *process)
{
	const char *how;

	if (!process->cwd)
		return false;
	if (is_at_root(process))
		return true;
	how = callers(&judging->evidence->start, process);
	if (how)
		finding_culprit(judging->finding, process, "cwd", "%s, %s", process->cwd, how);
	else if (is_deleted(process))
		return false; /* its name means nothing any more; fs.cwd-exists tells */
	else if (!is_accepted(judging, process))
		finding_culprit(judging->finding, process, "cwd", "%s", process->cwd);
	return true;
}

static void expect(const struct profile *profile, struct finding *finding)
{
	if (profile->any_directory) {
		finding_expect(finding, "any directory but the one that it was started from");
		return;
	}
	finding_expect(finding, "/");
	for (char **directory = profile->directories; directory && *directory; directory++) {
		finding_expect_more(finding, directory == profile->directories ? " or in " : ", ");
		finding_expect_more(finding, *directory);
	}
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct judging judging = judging_walk(evidence, profile, finding, judge_one);
	const struct ev_process *main = evidence_main(evidence);

	expect(profile, finding);
	judging_end(&judging, "no process's working directory could be read", "%s",
	            main && main->cwd ? main->cwd : "not the caller's");
}

const struct probe probe_fs_cwd = {
    .id = "fs.cwd",
    .seen = SEEN_LAUNCH | SEEN_DIFFERENTIAL | SEEN_AUDIT,
    .title = "the working directory is / or one of its own, not the caller's",
    .sources = "daemon(7) step 11; Stevens, APUE ch. 13",
    .why =
        "A daemon holds the directory that it is in: the file system under it cannot be unmounted, and relative names "
        "mean something else at every start.",
    .mend =
        {
            .c = "if (chdir(\"/\") < 0)\n"
                 "        return -errno;",
            .python = "os.chdir('/')",
            .ruby = "Dir.chdir('/')  # Process.daemon does so unless nochdir is true",
            .shell = "cd / && exec my-daemon",
        },
    .judge = judge,
};
