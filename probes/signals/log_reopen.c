/* signals.log-reopen: after the log was renamed and the declared signal sent, it writes to a new file of the old name.
 *
 * The old file is known by what the processes held open under the log's name before, or by what was written. */
#include "probes/tally.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool is_path(const char *path, const char *log)
{
	return path && strcmp(path, log) == 0;
}

/* The log among the process's descriptors, or NULL. */
static const struct ev_fd *log_of(const struct ev_process *process, const char *log)
{
	for (size_t i = 0; i < process->n_fds; i++) {
		const struct ev_fd *fd = &process->fds[i];

		if (fd->file.known && S_ISREG(fd->file.mode) && is_path(fd->target, log))
			return fd;
	}
	return NULL;
}

/* The file that had the log's name before, and who held it open; NULL: nobody did. */
static const struct ev_process *holder_before(const struct evidence *run, const char *log, struct ev_file *ret_file)
{
	for (const struct ev_process *process = probe_next(run, NULL); process; process = probe_next(run, process)) {
		const struct ev_fd *fd = log_of(process, log);

		if (!fd)
			continue;
		*ret_file = fd->file;
		return process;
	}
	return NULL;
}

static void add_holders(struct run_tally *tally, const struct ev_state *after, const struct ev_file *old,
                        const char *when)
{
	char field[16];

	for (const struct ev_process *process = state_next(after, NULL); process;
	     process = state_next(after, process)) {
		for (size_t i = 0; i < process->n_fds; i++) {
			const struct ev_fd *fd = &process->fds[i];

			if (!probe_same_file(&fd->file, old))
				continue;
			(void)snprintf(field, sizeof(field), "fd %d", fd->number);
			finding_culprit(tally->finding, process, field, "still the renamed log, %s, %s",
			                probe_or_unknown(fd->target), when);
		}
	}
}

static void judge_log(struct run_tally *tally, const struct evidence *run, const struct ev_step *step)
{
	const char *log = tally->evidence->declared.log;
	char name[SIGNALS_TEXT_MAX], time[TIME_TEXT_MAX], when[SIGNALS_TEXT_MAX + TIME_TEXT_MAX + 16];
	struct ev_file old = {0};
	const struct ev_process *held = holder_before(run, log, &old);
	size_t before = tally->finding->n_culprits;

	(void)probe_signal_text(step->signal, name);
	(void)probe_time_text(run_elapsed(step->at_us, step->after.at_us), time);
	(void)snprintf(when, sizeof(when), "%s after %s", time, name);
	if (!tally_main_lives(tally, run, step, name))
		return;
	if (held)
		add_holders(tally, &step->after, &old, when);
	if (tally->finding->n_culprits > before)
		return;
	if (step->after.log.known && !probe_same_file(&step->after.log, &old))
		tally_right(tally, "%s is a new file %s%s", log, when, held ? ", and nobody holds the old one" : "");
	else if (!held)
		tally_missed(tally, VERDICT_SKIP, "no process held %s open, and none made it anew", log);
	else if (step->after.log.known)
		finding_culprit_file(tally->finding, log, "is", "the old file again %s", when);
	else
		finding_culprit_file(tally->finding, log, "is", "not there %s: no new file was made", when);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};
	const struct evidence *run = tally_run(&tally, EV_SCENARIO_LOG_REOPEN, 0);
	const struct ev_step *renamed = run ? run_step(run, EV_STEP_RENAME, NULL) : NULL;
	const struct ev_step *step = run ? tally_step(&tally, run, EV_STEP_SIGNAL, NULL) : NULL;
	char name[SIGNALS_TEXT_MAX];

	(void)profile;
	finding_expect(finding, "after a rename of %s and %s: a new file of that name, the old one held by nobody",
	               evidence->declared.log ? evidence->declared.log : "the log",
	               evidence->declared.log_signal > 0 ? probe_signal_text(evidence->declared.log_signal, name)
	                                                 : "its signal");
	if (run && (!renamed || renamed->error_number))
		tally_missed(&tally, VERDICT_SKIP, "the log could not be renamed: %s",
		             renamed ? probe_errno_text(renamed->error_number) : "it was not tried");
	else if (run && !evidence->declared.log)
		tally_missed(&tally, VERDICT_SKIP, "no log is declared");
	else if (step)
		judge_log(&tally, run, step);
	tally_end(&tally);
}

const struct probe probe_signals_log_reopen = {
    .id = "signals.log-reopen",
    .seen = SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(LOG_REOPEN),
    .title = "it opens its log anew after the declared signal",
    .sources = "logrotate(8); the daemon-kit texts; nav #346, repmgr #465",
    .why = "It goes on writing to the rotated file: the new log stays empty, and when the old one is deleted the disk "
           "fills up with a file that nobody can see.",
    .mend =
        {
            .c = "/* in the main loop, after the signal; every process that writes the log must do it: */\n"
                 "int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);\n"
                 "if (fd >= 0) {\n"
                 "\tdup2(fd, STDOUT_FILENO);\n"
                 "\tdup2(fd, STDERR_FILENO);\n"
                 "\tclose(fd);\n"
                 "}",
            .python = "handler = logging.handlers.WatchedFileHandler(path)  # looks before each line\n"
                      "signal.signal(signal.SIGUSR1, lambda number, frame: handler.reopenIfNeeded())",
            .ruby = "trap('USR1') { $reopen = true }\n"
                    "# in the main loop:\n"
                    "if $reopen\n"
                    "  $reopen = false\n"
                    "  [$stdout, $stderr].each { |io| io.reopen(path, 'a'); io.sync = true }\n"
                    "end",
            .shell = "trap 'exec >>\"$log\" 2>&1' USR1",
        },
    .judge = judge,
};
