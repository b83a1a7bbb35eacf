/* ready.foreground: under a supervisor the started process is the daemon, and leaves session, directory and standard
 * error as it was given them; it ends with a status that tells a stop from a failure. */
#include "probes/tally.h"

static void judge_returned(struct run_tally *tally)
{
	const struct evidence *evidence = tally->evidence;
	char time[TIME_TEXT_MAX], end[END_TEXT_MAX];

	finding_culprit_file(tally->finding, "the started process", "returned", "after %s: it %s",
	                     probe_time_text(evidence->launch.returned_us, time),
	                     probe_end_text(evidence->launch.status, end));
}

static void judge_stderr(struct run_tally *tally, const struct ev_process *process)
{
	const struct ev_fd *fd = evidence_fd(process, 2);

	if (!process->fds_known || (fd && evidence_is_launch_terminal(tally->evidence, &fd->file)))
		return;
	finding_culprit(tally->finding, process, "fd 2", "%s, not the standard error that it was given",
	                fd ? probe_or_unknown(fd->target) : "closed");
}

static void judge_started(struct run_tally *tally, const struct ev_process *process)
{
	const struct ev_start *start = &tally->evidence->start;
	const struct ev_process *main = evidence_main(tally->evidence);

	if (main && main != process)
		finding_culprit(tally->finding, main, "main process", "%d, but %d was started", main->pid,
		                process->pid);
	if (start->leader > 0 && process->session != start->leader)
		finding_culprit(tally->finding, process, "session", "%d, its own setsid: it was started in %d",
		                process->session, start->leader);
	if (process->cwd_file.known && start->directory_file.known &&
	    !probe_same_file(&process->cwd_file, &start->directory_file))
		finding_culprit(tally->finding, process, "cwd", "%s, its own chdir: it was started in %s",
		                probe_or_unknown(process->cwd), probe_or_unknown(start->directory));
	judge_stderr(tally, process);
}

/* How it ended after the stop signal; that it did not end is for signals.term-stops to say. */
static void judge_end(struct run_tally *tally)
{
	const struct evidence *run = tally_run(tally, EV_SCENARIO_STOP, 0);
	const struct ev_step *step = run ? tally_step(tally, run, EV_STEP_SIGNAL, NULL) : NULL;
	const struct ev_process *started = run ? evidence_process(run, run->launch.pid) : NULL;
	const struct ev_exit *exit = started ? run_exit_from(run, started->pid, 0) : NULL;
	char name[SIGNALS_TEXT_MAX], end[END_TEXT_MAX];

	if (!step || !exit)
		return;
	(void)probe_signal_text(step->signal, name);
	if (run_stop_status(tally->evidence, exit->status))
		tally_right(tally, "after %s it %s", name, probe_end_text(exit->status, end));
	else
		tally_ended(tally, started, exit->status, run_elapsed(step->at_us, exit->at_us), name);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};
	const struct ev_process *started = evidence_process(evidence, evidence->launch.pid);
	size_t before;

	finding_expect(finding,
	               "the started process is the daemon, keeps its session, directory and standard error, and "
	               "ends with its status");
	if (profile->style != PROFILE_STAYS) {
		finding_set(finding, VERDICT_SKIP, "the profile is of daemons that leave the foreground");
		return;
	}
	before = finding->n_culprits;
	if (evidence->launch.outcome != EV_STAYED || !started || !probe_alive(started)) {
		judge_returned(&tally);
	} else {
		judge_started(&tally, started);
		if (finding->n_culprits == before)
			tally_right(&tally, "the started process %d stayed as it was started", started->pid);
		judge_end(&tally);
	}
	tally_end(&tally);
}

const struct probe probe_ready_foreground = {
    .id = "ready.foreground",
    .seen = SEEN_LAUNCH | SEEN_TRACE,
    .scenarios = SCENARIO_BIT(STOP),
    .title = "in the foreground it does not fork away, setsid or chdir, and logs to standard error",
    .sources = "daemon(7), new-style daemons; s6, What makes a good service",
    .why =
        "The supervisor watches the process that it started: one that forks away counts as ended and is started again "
        "and again, and messages that do not go to standard error are lost to its log.",
    .mend =
        {
            .c = "if (!foreground)             /* an option: -f, --foreground, --no-daemon */\n"
                 "\tdaemon(0, 0);             /* the only place that forks, calls setsid and chdir */\n"
                 "openlog(name, foreground ? LOG_PERROR : 0, LOG_DAEMON);",
            .python = "logging.basicConfig(stream=sys.stderr)\n"
                      "if not foreground:\n"
                      "    daemonize()",
            .ruby = "logger = Logger.new($stderr)\n"
                    "Process.daemon unless foreground",
            .shell = "exec my-daemon --foreground  # exec: the shell must not stay in between",
        },
    .judge = judge,
};
