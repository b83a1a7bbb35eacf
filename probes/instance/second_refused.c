/* instance.second-refused: an exit status proves nothing; what lives afterwards, and whom the pid file names, does. */
#include "probes/ready.h"
#include "probes/tally.h"

#include <stdio.h>

/* One second start. */
struct second {
	struct run_tally *tally;
	const struct evidence *run;
	const struct ev_step *step;
	const struct ev_process *first; /* the main process */
	char how[END_TEXT_MAX];         /* "ended with exit status 1" */
};

static void judge_first(const struct second *second)
{
	const struct ev_exit *exit = run_exit_from(second->run, second->first->pid, second->step->at_us);
	char end[END_TEXT_MAX];

	if (state_same(&second->step->after, second->first))
		return;
	finding_culprit(second->tally->finding, second->first, "main process", "of the first, %s after a second start",
	                exit ? probe_end_text(exit->status, end) : "gone");
}

static void judge_newcomer(const struct second *second)
{
	const struct ev_process *newcomer = state_newcomer(second->run, &second->step->after);

	if (newcomer)
		finding_culprit(second->tally->finding, newcomer, "runs",
		                "beside the first, %.32s (%d): the second start %s",
		                probe_or_unknown(second->first->name), second->first->pid, second->how);
}

static void judge_pidfile(const struct second *second)
{
	const struct ev_look *before = &second->run->pidfile.settled, *after = &second->step->after.pidfile;
	const char *path = second->run->pidfile.path;

	if (!path || before->state != EV_LOOK_READ)
		return;
	if (look_is_gone(after))
		finding_culprit_file(second->tally->finding, path, "removed", "by a second start, which %s",
		                     second->how);
	else if (after->state == EV_LOOK_READ && !look_same_content(before, after))
		finding_culprit_file(second->tally->finding, path, "changed",
		                     "by a second start, which %s: from %d to %d", second->how,
		                     evidence_pidfile_pid(before), evidence_pidfile_pid(after));
}

/* Nothing was harmed: is the status as it was declared? */
static void judge_status(const struct second *second)
{
	enum ev_second declared = second->tally->evidence->declared.second;
	bool good = second->step->status == 0;

	if (second->step->done_us == 0)
		tally_missed(second->tally, VERDICT_SKIP, "the second start has not ended");
	else if (declared == EV_SECOND_REFUSED && good)
		finding_culprit_file(second->tally->finding, "the second start", "is", "declared to fail, but %s",
		                     second->how);
	else if (declared == EV_SECOND_SUCCEEDS && !good)
		finding_culprit_file(second->tally->finding, "the second start", "is", "declared to succeed, but %s",
		                     second->how);
	else
		tally_right(second->tally, "the second start %s%s; the first, %s (%d), lives on", second->how,
		            good ? ", but starts nothing" : "", probe_or_unknown(second->first->name),
		            second->first->pid);
}

static void judge_step(const struct second *second)
{
	struct finding *finding = second->tally->finding;

	judge_first(second);
	if (second->tally->evidence->declared.second == EV_SECOND_RUNS) {
		if (finding->n_culprits == 0)
			tally_right(second->tally, "both run, as declared: the first, %s (%d), lives on",
			            probe_or_unknown(second->first->name), second->first->pid);
		return;
	}
	judge_newcomer(second);
	judge_pidfile(second);
	if (finding->n_culprits == 0)
		judge_status(second);
}

static const char *expected_status(enum ev_second declared)
{
	switch (declared) {
	case EV_SECOND_UNKNOWN:
		return "a second start starts nothing, and the first daemon and its pid file stay as they are";
	case EV_SECOND_REFUSED:
		return "a second start fails, and the first daemon and its pid file stay as they are";
	case EV_SECOND_SUCCEEDS:
		return "a second start ends with status 0 and changes nothing, as declared";
	case EV_SECOND_RUNS:
		return "a second start runs beside the first, as declared";
	}
	return "";
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};
	struct second second = {.tally = &tally};

	(void)profile;
	finding_expect(finding, "%s", expected_status(evidence->declared.second));
	second.run = tally_run(&tally, EV_SCENARIO_SECOND, 0);
	second.first = second.run ? evidence_main(second.run) : NULL;
	second.step = second.first ? tally_step(&tally, second.run, EV_STEP_RUN, NULL) : NULL;
	if (second.step) {
		if (second.step->done_us == 0)
			(void)snprintf(second.how, sizeof(second.how), "has not ended");
		else
			(void)probe_end_text(second.step->status, second.how);
		judge_step(&second);
	}
	tally_end(&tally);
}

const struct probe probe_instance_second_refused = {
    .id = "instance.second-refused",
    .seen = SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(SECOND),
    .title = "a second start is refused and leaves the first daemon alone",
    .sources = "daemon(7) step 12; FreeBSD pidfile(3); Debian Policy 9.3.2",
    .why = "Two daemons on one state corrupt it, answer in turns or fight for the port; and once the second has "
           "overwritten the pid file, nothing can stop the first.",
    .mend =
        {
            .c = "int fd = open(\"/run/my-daemon/lock\", O_RDWR | O_CREAT | O_CLOEXEC, 0644); /* before the fork */\n"
                 "if (flock(fd, LOCK_EX | LOCK_NB) < 0) { /* kept over fork, dropped at the last process's end */\n"
                 "        fprintf(stderr, \"my-daemon: it runs already\\n\");\n"
                 "        exit(EXIT_FAILURE); /* before anything is written */\n"
                 "}",
            .python = "lock = open('/run/my-daemon/lock', 'a')  # before the fork, and never closed\n"
                      "try:\n"
                      "    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
                      "except BlockingIOError:\n"
                      "    sys.exit('my-daemon: it runs already')",
            .ruby = "$lock = File.open('/run/my-daemon/lock', 'a')  # before Process.daemon, and never closed\n"
                    "abort 'my-daemon: it runs already' unless $lock.flock(File::LOCK_EX | File::LOCK_NB)",
            .shell = "exec 9>>/run/my-daemon/lock\n"
                     "flock --nonblock 9 || { echo 'my-daemon: it runs already' >&2; exit 1; }\n"
                     "my-daemon --daemon  # it inherits descriptor 9, and with it the lock",
        },
    .judge = judge,
};
