/* instance.stale-pidfile: after a crash or a power cut the old pid file is still there, and its number is nobody's or
 * someone else's by now. */
#include "probes/ready.h"
#include "probes/tally.h"

#include <stdio.h>

enum { WHERE_MAX = RUN_TEXT_MAX + 8 };

static void judge_file(struct run_tally *tally, const struct evidence *run, const char *where)
{
	const struct ev_look *look = &run->pidfile.settled;
	const char *path = tally->evidence->pidfile.path;
	int pid = evidence_pidfile_pid(look);

	/* Who never writes it may well leave it as it was. */
	if (!writes_pidfile(tally->evidence) || writes_pidfile(run))
		return;
	if (look->state == EV_LOOK_NONE)
		tally_missed(tally, VERDICT_SKIP, "the pid file was not looked at %s", where);
	else if (look->state == EV_LOOK_FAILED)
		finding_culprit_file(tally->finding, path, "start", "%s: %s", where,
		                     probe_errno_text(look->error_number));
	else if (pid < 0)
		finding_culprit_file(tally->finding, path, "holds", "no pid after a start %s", where);
	else
		finding_culprit_file(tally->finding, path, "names", "%d, no live process of it, after a start %s", pid,
		                     where);
}

/* What the process that the file named got meanwhile; signal 0, which only asks, does not arrive. */
static void judge_stranger(struct run_tally *tally, const struct evidence *run)
{
	char name[sizeof("process -2147483648")], signals[SIGNALS_TEXT_MAX];
	uint64_t got = 0;

	for (size_t i = 0; i < run->n_steps; i++)
		got |= run->steps[i].signalled;
	if (!got)
		return;
	(void)snprintf(name, sizeof(name), "process %d", run->start.stranger);
	finding_culprit_file(tally->finding, name, "got", "%s: the pid file named it, but it is a stranger",
	                     probe_signals_text(got, signals));
}

static void judge_run(struct run_tally *tally, const struct evidence *run)
{
	char text[RUN_TEXT_MAX], where[WHERE_MAX];
	size_t before = tally->finding->n_culprits;

	(void)snprintf(where, sizeof(where), "over %s", run_text(tally->evidence, run, text));
	judge_stranger(tally, run);
	if (tally_comes_up(tally, run, where))
		judge_file(tally, run, where);
	if (tally->finding->n_culprits == before && run->launch.outcome != EV_NO_COMMAND)
		tally_right(tally, "it started %s", where);
}

static void judge_runs(struct run_tally *tally)
{
	const struct evidence *failed = run_failed(tally->evidence, EV_SCENARIO_STALE_PIDFILE);
	struct finding reason = {0};

	if (run_none_done(tally->evidence, EV_SCENARIO_STALE_PIDFILE, &reason)) {
		tally_missed(tally, reason.verdict, "%s", reason.seen);
		return;
	}
	if (failed)
		tally_missed(tally, VERDICT_BROKEN, "the launch 'stale-pidfile' failed: %s",
		             probe_or_unknown(failed->reason));
	for (const struct evidence *run = run_next_done(tally->evidence, EV_SCENARIO_STALE_PIDFILE, NULL); run;
	     run = run_next_done(tally->evidence, EV_SCENARIO_STALE_PIDFILE, run))
		judge_run(tally, run);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};

	(void)profile;
	finding_expect(finding, "it starts whatever an old pid file says, and signals no stranger");
	if (!evidence->pidfile.path) {
		finding_set(finding, VERDICT_SKIP, NO_PIDFILE);
		return;
	}
	judge_runs(&tally);
	tally_end(&tally);
}

const struct probe probe_instance_stale_pidfile = {
    .id = "instance.stale-pidfile",
    .seen = SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(STALE_PIDFILE),
    .title = "it starts over a stale pid file and signals no stranger",
    .sources = "daemon(7) step 12; wazuh #38695, stellar-core #652",
    .why = "After a crash or in a container, where pids repeat, the number in the old file is another process's: a "
           "daemon that believes it never starts again, or kills whatever has the number now.",
    .mend =
        {
            .c = "/* a lock tells whether it runs; a number does not: */\n"
                 "int fd = open(\"/run/my-daemon/lock\", O_RDWR | O_CREAT | O_CLOEXEC, 0644);\n"
                 "if (flock(fd, LOCK_EX | LOCK_NB) < 0)\n"
                 "        exit(EXIT_FAILURE); /* it runs */\n"
                 "/* else any pid file is stale: write a new one over it */",
            .python = "lock = open('/run/my-daemon/lock', 'a')\n"
                      "try:\n"
                      "    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
                      "except BlockingIOError:\n"
                      "    sys.exit('my-daemon: it runs already')\n"
                      "# else any pid file is stale: write a new one over it",
            .ruby = "$lock = File.open('/run/my-daemon/lock', 'a')\n"
                    "abort 'my-daemon: it runs already' unless $lock.flock(File::LOCK_EX | File::LOCK_NB)\n"
                    "# else any pid file is stale: write a new one over it",
            .shell = "exec 9>>/run/my-daemon/lock\n"
                     "flock --nonblock 9 || exit 1         # it runs\n"
                     "rm -f /run/my-daemon/my-daemon.pid  # stale, whatever it says: no kill, no kill -0",
        },
    .judge = judge,
};
