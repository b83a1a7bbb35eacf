/* fs.unmountable: the start directory is a mount of its own in this launch, and it is really unmounted, without force.
 * The candidate's program may lie there itself, because the user keeps it there: that is no fault of the daemon's. */
#include "probes/runs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* What the search for those who stand there found besides culprits. */
struct search {
	const struct evidence *run;
	struct finding *finding;
	const struct ev_process *program, *incomplete;
};

static bool is_there(const struct evidence *run, const struct ev_file *file)
{
	return file->known && file->mount != 0 && file->mount == run->start.directory_file.mount;
}

/* Where the kernel tells no mount of a file, the name of a directory must do. */
static bool is_directory_there(const struct evidence *run, const struct ev_file *file, const char *path)
{
	const char *directory = run->start.directory;

	if (file->known && file->mount != 0 && run->start.directory_file.mount != 0)
		return is_there(run, file);
	return path && directory && strcmp(directory, "/") != 0 && probe_path_within(path, directory);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A script that its interpreter keeps open, by the argument that names it. */
static bool is_program(const struct ev_process *process, const struct ev_fd *fd)
{
	if (!S_ISREG(fd->file.mode) || !fd->target)
		return false;
	for (char **argument = process->argv; argument && *argument; argument++)
		if (strcmp(base_name(*argument), base_name(fd->target)) == 0)
			return true;
	return false;
}

static void search_fds(struct search *search, const struct ev_process *process)
{
	char field[16];

	for (size_t i = 0; i < process->n_fds; i++) {
		const struct ev_fd *fd = &process->fds[i];

		if (!is_there(search->run, &fd->file))
			continue;
		(void)snprintf(field, sizeof(field), "fd %d", fd->number);
		if (is_program(process, fd))
			search->program = process;
		else
			finding_culprit(search->finding, process, field, "%s", probe_or_unknown(fd->target));
	}
}

static void search_process(struct search *search, const struct ev_process *process)
{
	if (is_directory_there(search->run, &process->cwd_file, process->cwd))
		finding_culprit(search->finding, process, "cwd", "%s", probe_or_unknown(process->cwd));
	if (is_directory_there(search->run, &process->root_file, process->root))
		finding_culprit(search->finding, process, "root", "%s", probe_or_unknown(process->root));
	if (is_there(search->run, &process->exe_file))
		search->program = process;
	search_fds(search, process);
	if (!process->fds_known || !process->cwd || !process->exe_file.known)
		search->incomplete = process;
}

static void tell_busy(const struct evidence *run, struct finding *finding)
{
	struct search search = {.run = run, .finding = finding};
	const struct ev_process *process = NULL;

	while ((process = probe_next(run, process)))
		search_process(&search, process);
	if (finding->n_culprits > 0)
		finding_fail_culprits(finding, false);
	else if (search.program)
		finding_set(finding, VERDICT_SKIP, "the program of %s (%d) lies in the start directory itself",
		            probe_or_unknown(search.program->name), search.program->pid);
	else if (search.incomplete)
		finding_set(finding, VERDICT_SKIP, "it is busy, but what %s (%d) has open could not be read",
		            probe_or_unknown(search.incomplete->name), search.incomplete->pid);
	else
		finding_set(finding, VERDICT_SKIP, "it is busy, but no process shows why: a mapped file, perhaps");
}

static void judge_step(const struct evidence *run, const struct ev_step *step, struct finding *finding)
{
	if (step->error_number == 0)
		finding_set(finding, VERDICT_PASS, "%s was unmounted while it ran",
		            probe_or_unknown(run->start.directory));
	else if (step->error_number == EBUSY)
		tell_busy(run, finding);
	else
		finding_set(finding, VERDICT_BROKEN, "%s could not be unmounted: %s",
		            probe_or_unknown(run->start.directory), probe_errno_text(step->error_number));
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	const struct evidence *run = run_needed(evidence, EV_SCENARIO_START_DIRECTORY, EV_DIRECTORY_UNMOUNTED, finding);
	const struct ev_step *step = run ? run_step(run, EV_STEP_UNMOUNT, NULL) : NULL;
	char why[OUTCOME_TEXT_MAX];

	(void)profile;
	finding_expect(finding, "the file system that it was started from can be unmounted");
	if (!run)
		return;
	if (!run_started(evidence, run, why, sizeof(why)))
		finding_set(finding, VERDICT_SKIP, "there was nothing to try it with: %s", why);
	else if (!step)
		finding_set(finding, VERDICT_BROKEN, "the start directory was not unmounted");
	else
		judge_step(run, step, finding);
}

const struct probe probe_fs_unmountable = {
    .id = "fs.unmountable",
    .seen = SEEN_DIFFERENTIAL,
    .scenarios = SCENARIO_BIT(START_DIRECTORY),
    .title = "the file system that it was started from can be unmounted",
    .sources = "daemon(7) step 11; Unix FAQ 1.7",
    .why = "A disk, a network share or a home directory stays busy for as long as a daemon stands in it or has a file "
           "of it "
           "open, and whoever wants to unmount it has to find out which daemon that is.",
    .mend =
        {
            .c = "if (chdir(\"/\") < 0)\n"
                 "        return -errno; /* and close what was opened before */",
            .python = "os.chdir('/')",
            .ruby = "Dir.chdir('/')  # Process.daemon does so unless nochdir is true",
            .shell = "cd / && exec my-daemon",
        },
    .judge = judge,
};
