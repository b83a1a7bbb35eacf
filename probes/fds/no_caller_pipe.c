/* fds.no-caller-pipe: the launch 'pipes' gives the candidate two pipes as its output, as $(my-daemon) does. Who holds
 * one when all has settled keeps its reader waiting; an end of file that came late, but came, does not count. In the
 * clean launch the caller's terminal takes the pipes' place. */
#include "probes/runs.h"

#include <fcntl.h>
#include <stdio.h>

#include "base/text.h"

static const char *number_name(int number)
{
	return number == 1 ? "standard output" : "standard error";
}

static bool is_callers_pipe(const struct ev_fd *fd)
{
	return (fd->planted == 1 || fd->planted == 2) && !(fd->flags & O_PATH);
}

static void judge_terminal(const struct evidence *evidence, const struct ev_process *process, struct finding *finding)
{
	char field[16];

	for (size_t i = 0; i < process->n_fds; i++) {
		const struct ev_fd *fd = &process->fds[i];

		if ((fd->flags & O_PATH) || !evidence_is_launch_terminal(evidence, &fd->file))
			continue;
		(void)snprintf(field, sizeof(field), "fd %d", fd->number);
		finding_culprit(finding, process, field, "%s, the caller's terminal", probe_or_unknown(fd->target));
	}
}

static void judge_pipes(const struct ev_process *process, struct finding *finding)
{
	char field[16];

	for (size_t i = 0; i < process->n_fds; i++) {
		const struct ev_fd *fd = &process->fds[i];

		if (!is_callers_pipe(fd))
			continue;
		(void)snprintf(field, sizeof(field), "fd %d", fd->number);
		finding_culprit(finding, process, field, "the caller's %s, a pipe", number_name(fd->planted));
	}
}

/* The process that may hold what nobody is seen to hold, or NULL. */
static const struct ev_process *unreadable(const struct evidence *run)
{
	const struct ev_process *process = NULL;

	while ((process = probe_next(run, process)))
		if (!process->fds_known)
			return process;
	return NULL;
}

static void tell_without_end(const struct evidence *run, const struct ev_pipe *pipe, struct finding *finding)
{
	const struct ev_process *process = unreadable(run);

	if (process)
		finding_set(
		    finding, VERDICT_FAIL,
		    "the end of file of its %s did not come: %s (%d), whose descriptors cannot be read, keeps it",
		    number_name(pipe->number), probe_or_unknown(process->name), process->pid);
	else
		finding_set(finding, VERDICT_BROKEN,
		            "the end of file of its %s did not come, though no process was seen to hold the pipe",
		            number_name(pipe->number));
}

/* The pipe whose end of file came last, or the first without one; NULL: there is none. */
static const struct ev_pipe *last_pipe(const struct ev_launch *launch)
{
	const struct ev_pipe *last = NULL;

	for (size_t i = 0; i < launch->n_pipes; i++) {
		if (launch->pipes[i].eof_us < 0)
			return &launch->pipes[i];
		if (!last || launch->pipes[i].eof_us > last->eof_us)
			last = &launch->pipes[i];
	}
	return last;
}

static void tell_end(const struct evidence *run, struct finding *finding)
{
	const struct ev_pipe *last = last_pipe(&run->launch);
	int64_t returned_us = run->launch.returned_us > 0 ? run->launch.returned_us : 0;
	char time[TIME_TEXT_MAX];

	if (!last)
		finding_set(finding, VERDICT_BROKEN, "the pipes were not watched");
	else if (last->eof_us < 0)
		tell_without_end(run, last, finding);
	else if (last->eof_us <= returned_us)
		finding_set(finding, VERDICT_PASS, "its output came to its end before the started process ended");
	else
		finding_set(finding, VERDICT_PASS, "its output came to its end %s after the started process",
		            probe_time_text(last->eof_us - returned_us, time));
}

static void fail(struct finding *finding, bool may_change)
{
	int number = 0;

	/* The advice is for the first that is told. */
	(void)sscanf(finding->culprits[0].field, "fd %d", &number);
	finding_fail_culprits(finding, may_change);
	text_append(finding->seen, sizeof(finding->seen),
	            ": who reads the output of its start waits for as long as it runs; %s",
	            number <= 2 ? "dup2() /dev/null over it" : "close it");
}

static void judge_run(const struct evidence *evidence, const struct evidence *run, struct finding *finding)
{
	const struct ev_process *process = NULL;
	char why[OUTCOME_TEXT_MAX];

	while ((process = probe_next(run, process)))
		judge_pipes(process, finding);
	if (finding->n_culprits > 0)
		fail(finding, false);
	else if (!run_started(evidence, run, why, sizeof(why)))
		finding_set(finding, VERDICT_SKIP, "with pipes as its output it does not start as usual: %s", why);
	else
		tell_end(run, finding);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	const struct ev_process *process = NULL;
	const struct evidence *run;

	finding_expect(finding, "no process that keeps the caller's terminal, or a pipe that the caller reads, open");
	if (profile->stdio & STDIO_TERMINAL) {
		finding_set(finding, VERDICT_SKIP, "this profile accepts whatever the caller gave");
		return;
	}
	if (!finding_needs_return(evidence, "it stays in the foreground, with the descriptors that it was given",
	                          finding))
		return;
	while ((process = probe_next(evidence, process)))
		judge_terminal(evidence, process, finding);
	run = finding->n_culprits ? evidence_run(evidence, EV_SCENARIO_PIPES, 0)
	                          : run_needed(evidence, EV_SCENARIO_PIPES, 0, finding);
	if (run && run->state == EV_RUN_DONE)
		judge_run(evidence, run, finding);
	else if (finding->n_culprits > 0)
		fail(finding, true);
}

const struct probe probe_fds_no_caller_pipe = {
    .id = "fds.no-caller-pipe",
    .seen = SEEN_LAUNCH | SEEN_DIFFERENTIAL | SEEN_AUDIT,
    .scenarios = SCENARIO_BIT(PIPES),
    .title = "no process keeps a pipe or the terminal of the caller",
    .sources = "daemon(7) step 1; ansible #80863, dhcpcd #294 and #716, openrc #239, BrowserSkill #55",
    .why =
        "Who reads the output of the start, a shell with $(my-daemon), ssh, a configuration manager, waits for an end "
        "of file that comes only when the last process that holds the pipe ends.",
    .mend =
        {
            .c = "int null = open(\"/dev/null\", O_RDWR);\n"
                 "for (int fd = 0; fd <= 2; fd++)\n"
                 "        dup2(null, fd); /* in every process that stays */\n"
                 "close_range(3, ~0U, 0); /* copies under other numbers, before the first file of one's own */",
            .python = "null = os.open(os.devnull, os.O_RDWR)\n"
                      "for fd in (0, 1, 2):\n"
                      "    os.dup2(null, fd)  # not only sys.stdout = open(os.devnull, 'w')\n"
                      "os.closerange(3, os.sysconf('SC_OPEN_MAX'))",
            .ruby = "[$stdin, $stdout, $stderr].each { |io| io.reopen(File::NULL, 'r+') }\n"
                    "# and for helpers: spawn('helper', in: File::NULL, out: File::NULL, err: File::NULL)",
            .shell = "my-daemon </dev/null >/dev/null 2>&1 &  # 2>&1, too: one of the two is enough to keep a reader",
        },
    .judge = judge,
};
