/* pidfile.removed: a file that outlives its daemon names a process that is none of it, or soon a stranger; one that a
 * refused second start takes away leaves a daemon that nobody can stop. */
#include "probes/ready.h"
#include "probes/tally.h"

#include "base/text.h"

/* ", naming 7, which was killed by signal TERM" */
static void append_named(char *buffer, size_t size, const struct evidence *run, const struct ev_look *look)
{
	int pid = evidence_pidfile_pid(look), status;
	char end[END_TEXT_MAX];

	if (pid < 0)
		text_append(buffer, size, ", without a pid in it");
	else if (run_exit_status(run, pid, &status))
		text_append(buffer, size, ", naming %d, which %s", pid, probe_end_text(status, end));
	else
		text_append(buffer, size, ", naming %d, which is gone", pid);
}

static bool had_file(struct run_tally *tally, const struct evidence *run)
{
	char text[RUN_TEXT_MAX];

	if (run->pidfile.settled.state == EV_LOOK_READ)
		return true;
	tally_missed(tally, VERDICT_SKIP, "%s: there was no pid file before", run_text(tally->evidence, run, text));
	return false;
}

static void judge_stopped(struct run_tally *tally, const struct evidence *run, const struct ev_step *step)
{
	const struct ev_look *look = &step->after.pidfile;
	char name[SIGNALS_TEXT_MAX], value[CULPRIT_TEXT_MAX] = "";

	(void)probe_signal_text(step->signal, name);
	if (state_next(&step->after, NULL)) {
		tally_missed(tally, VERDICT_SKIP, "%s did not stop all of it: see signals.term-stops", name);
	} else if (look_is_gone(look)) {
		tally_right(tally, "gone after %s", name);
	} else if (look->state != EV_LOOK_READ) {
		tally_missed(tally, VERDICT_SKIP, "whether it was there after %s could not be seen", name);
	} else {
		text_append(value, sizeof(value), "there after %s", name);
		append_named(value, sizeof(value), run, look);
		finding_culprit_file(tally->finding, tally->evidence->pidfile.path, "still", "%s", value);
	}
}

static void judge_stop(struct run_tally *tally)
{
	const struct evidence *run = tally_run(tally, EV_SCENARIO_STOP, 0);
	const struct ev_step *step = run && had_file(tally, run) ? tally_step(tally, run, EV_STEP_SIGNAL, NULL) : NULL;

	if (step)
		judge_stopped(tally, run, step);
}

static void judge_refused(struct run_tally *tally, const struct ev_look *before, const struct ev_look *after)
{
	const char *path = tally->evidence->pidfile.path;

	if (look_is_gone(after))
		finding_culprit_file(tally->finding, path, "removed", "by a second start that was refused");
	else if (after->state != EV_LOOK_READ)
		tally_missed(tally, VERDICT_SKIP, "whether it was there after a second start could not be seen");
	else if (!look_same_content(before, after))
		finding_culprit_file(tally->finding, path, "changed",
		                     "by a second start that was refused: from %d to %d", evidence_pidfile_pid(before),
		                     evidence_pidfile_pid(after));
	else
		tally_right(tally, "untouched by a refused second start");
}

/* Where the second one runs or has taken the first one's place, there was no refusal. */
static void judge_second(struct run_tally *tally)
{
	const struct evidence *run = tally_run(tally, EV_SCENARIO_SECOND, 0);
	const struct ev_step *step = run && had_file(tally, run) ? tally_step(tally, run, EV_STEP_RUN, NULL) : NULL;
	const struct ev_process *first = step ? evidence_main(run) : NULL;

	if (!first)
		return;
	if (!state_same(&step->after, first) || state_newcomer(run, &step->after))
		tally_missed(tally, VERDICT_SKIP, "a second start was not refused: see instance.second-refused");
	else
		judge_refused(tally, &run->pidfile.settled, &step->after.pidfile);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};

	(void)profile;
	finding_expect(finding, "no pid file after a stop, and the same one after a refused second start");
	if (!evidence->pidfile.path) {
		finding_set(finding, VERDICT_SKIP, NO_PIDFILE);
		return;
	}
	judge_stop(&tally);
	judge_second(&tally);
	tally_end(&tally);
}

const struct probe probe_pidfile_removed = {
    .id = "pidfile.removed",
    .seen = SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(STOP) | SCENARIO_BIT(SECOND),
    .title = "the pid file is gone after a stop, and no refused second start removes it",
    .sources = "FreeBSD pidfile(3)",
    .why = "The number is given to another process sooner or later: the next stop or reload then signals a stranger, "
           "and a start may take the stranger for itself.",
    .mend =
        {
            .c = "/* only in the daemon that wrote it, after its main loop, which TERM ends: */\n"
                 "unlink(\"/run/my-daemon/my-daemon.pid\"); /* the directory must be the daemon's user's */",
            .python = "def stop(number, frame):\n"
                      "    sys.exit(0)\n"
                      "signal.signal(signal.SIGTERM, stop)\n"
                      "try:\n"
                      "    serve()\n"
                      "finally:\n"
                      "    os.unlink(pid_path)  # only in the process that wrote it",
            .ruby = "trap('TERM') { exit }\n"
                    "pid = Process.pid\n"
                    "at_exit { File.delete(pid_path) if Process.pid == pid }",
            .shell = "trap 'exit 0' TERM\n"
                     "trap 'rm -f /run/my-daemon/my-daemon.pid' EXIT",
        },
    .judge = judge,
};
