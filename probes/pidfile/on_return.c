/* pidfile.on-return: whoever waited for the started process may use the pid file at once. Where the daemon writes it, a
 * launcher that does not wait for that wins or loses a race: the plain starts give its rate, and the start in which new
 * processes are held back shows it without luck. */
#include "probes/ready.h"
#include "probes/systemd.h"

#include "base/text.h"

static const struct ev_process *live(const struct evidence *evidence, int pid)
{
	const struct ev_process *process = evidence_process(evidence, pid);

	return process && probe_alive(process) ? process : NULL;
}

static void judge_pid(const struct evidence *evidence, struct finding *finding)
{
	int pid = evidence_pidfile_pid(&evidence->pidfile.returned);
	int settled = evidence_pidfile_pid(&evidence->pidfile.settled);

	if (pid < 0)
		finding_set(finding, VERDICT_FAIL, "%s",
		            evidence->pidfile.returned.size ? "it held no pid" : "it was empty");
	else if (settled > 0 && pid != settled)
		finding_set(finding, VERDICT_FAIL, "it named %d, and later %d", pid, settled);
	else if (!live(evidence, pid))
		finding_set(finding, VERDICT_FAIL, "it named %d, which is no live process of the daemon", pid);
	else
		finding_set(finding, VERDICT_PASS, "it named %d", pid);
}

/* Of one launch, the clean one or another. */
static void judge_launch(const struct evidence *launch, struct finding *finding)
{
	const struct ev_pidfile *pidfile = &launch->pidfile;

	if (launch->launch.outcome != EV_RETURNED) {
		finding_set(finding, VERDICT_SKIP, "the started process did not return");
		return;
	}
	switch (pidfile->returned.state) {
	case EV_LOOK_NONE:
		finding_set(finding, VERDICT_SKIP, "it was not looked at when the started process returned");
		return;
	case EV_LOOK_FAILED:
		finding_set(finding, VERDICT_FAIL, "%s: %s", probe_or_unknown(pidfile->path),
		            probe_errno_text(pidfile->returned.error_number));
		return;
	case EV_LOOK_READ:
		judge_pid(launch, finding);
		return;
	}
}

static enum verdict verdict_of(const struct evidence *evidence, const struct evidence *launch)
{
	struct finding finding = {.verdict = VERDICT_SKIP};
	char why[OUTCOME_TEXT_MAX];

	/* A further launch that did not come up shows nothing of the pid file. */
	if (launch == evidence || run_started(evidence, launch, why, sizeof(why)))
		judge_launch(launch, &finding);
	return finding.verdict;
}

/* All starts: the plain ones, and the one in which new processes are held back. */
struct starts {
	unsigned int right, seen;     /* of the plain ones */
	const struct evidence *wrong; /* the first of those in which it was not right; NULL: none */
	const struct evidence *held;  /* NULL: there is none that shows anything */
	enum verdict held_verdict;
};

static void add_plain(struct starts *starts, const struct evidence *evidence, const struct evidence *launch)
{
	enum verdict verdict = verdict_of(evidence, launch);

	starts->seen += verdict != VERDICT_SKIP;
	starts->right += verdict == VERDICT_PASS;
	if (verdict == VERDICT_FAIL && !starts->wrong)
		starts->wrong = launch;
}

static struct starts look_at_starts(const struct evidence *evidence, const struct evidence *held)
{
	struct starts starts = {.held = held, .held_verdict = VERDICT_SKIP};

	add_plain(&starts, evidence, evidence);
	for (const struct evidence *run = run_next_done(evidence, EV_SCENARIO_AGAIN, NULL); run;
	     run = run_next_done(evidence, EV_SCENARIO_AGAIN, run))
		add_plain(&starts, evidence, run);
	if (starts.held)
		starts.held_verdict = verdict_of(evidence, starts.held);
	if (starts.held_verdict == VERDICT_SKIP)
		starts.held = NULL;
	return starts;
}

/* The start that the finding tells of: one in which it was not right, if there is any. */
static const struct evidence *telling(const struct evidence *evidence, const struct starts *starts)
{
	if (starts->wrong)
		return starts->wrong;
	return starts->held_verdict == VERDICT_FAIL || (starts->held && starts->seen == 0) ? starts->held : evidence;
}

static void tell_starts(const struct evidence *evidence, const struct evidence *told, const struct starts *starts,
                        struct finding *finding)
{
	if (told == starts->held)
		text_append(finding->seen, sizeof(finding->seen), ", with new processes held back");
	else if (told != evidence)
		text_append(finding->seen, sizeof(finding->seen), ", in a further start");
	if (starts->seen > 1 || (told == starts->held && starts->seen > 0))
		text_append(finding->seen, sizeof(finding->seen), "; right in %u of %u plain starts", starts->right,
		            starts->seen);
	if (starts->held && told != starts->held)
		text_append(finding->seen, sizeof(finding->seen), "; with new processes held back: %s",
		            starts->held_verdict == VERDICT_PASS ? "right" : "not right");
	if (finding->verdict == VERDICT_FAIL && starts->held && starts->held->launch.ended_unheard)
		text_append(finding->seen, sizeof(finding->seen), "; the launcher does not wait for its daemon");
}

static void judge_starts(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct finding reason = {0};
	const struct evidence *held = held_needed(evidence, EV_SCENARIO_HELD, &reason), *told;
	struct starts starts = look_at_starts(evidence, held);

	/* Right in the plain starts may be luck: a harness that failed must not hide that. */
	if (!starts.wrong && reason.verdict == VERDICT_BROKEN) {
		finding_set(finding, VERDICT_BROKEN, "%s", reason.seen);
		return;
	}
	told = telling(evidence, &starts);
	judge_launch(told, finding);
	tell_starts(evidence, told, &starts, finding);
	systemd_tell(told, &told->pidfile.returned, profile, finding);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	finding_expect(finding, "a complete pid file at the instant of the return");
	if (!evidence->pidfile.path)
		finding_set(finding, VERDICT_SKIP, NO_PIDFILE);
	else if (evidence->launch.outcome != EV_RETURNED)
		finding_set(finding, VERDICT_SKIP, "the started process did not return");
	else
		judge_starts(evidence, profile, finding);
}

const struct probe probe_pidfile_on_return = {
    .id = "pidfile.on-return",
    .seen = SEEN_LAUNCH | SEEN_DIFFERENTIAL,
    .scenarios = SCENARIO_BIT(AGAIN) | SCENARIO_BIT(HELD),
    .title = "the pid file is complete when the started process returns",
    .sources = "daemon(7) steps 12 and 15; systemd.service(5), PIDFile=; systemd #4100, nghttp2 #375",
    .why = "The service manager reads the file as soon as the start returns: when it is not there yet, it gives up "
           "or takes another process for the main one.",
    .mend =
        {
            .c = "/* in the daemon, once the pid file is written: */ write(ready[1], \"\", 1);\n"
                 "/* in the parent: */ _exit(read(ready[0], &byte, 1) == 1 ? EXIT_SUCCESS : EXIT_FAILURE);",
            .python = "os.write(ready_w, b'1')                     # in the daemon, after the pid file\n"
                      "os._exit(0 if os.read(ready_r, 1) else 1)   # in the parent",
            .ruby = "ready_w.write('1')                # in the daemon, after the pid file\n"
                    "exit!(ready_r.read(1) ? 0 : 1)    # in the parent",
            .shell = "my-daemon & printf '%d\\n' \"$!\" >/run/my-daemon/my-daemon.pid  # by the parent, before it ends",
        },
    .judge = judge,
};
