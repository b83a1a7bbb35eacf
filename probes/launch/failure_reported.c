/* launch.failure-reported: starts that cannot work: the ports are taken, a directory lies where the pid file is to be,
 * whatever breaking is declared. */
#include "probes/ready.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"

enum { REASON_MAX = 128 };

/* Why one failing start tells nothing, or nothing bad. */
struct starts {
	const struct evidence *evidence;
	struct finding *finding;
	size_t failed_well;
	const char *log;           /* where a start that was silent at the terminal wrote; NULL: none did */
	char unjudged[REASON_MAX]; /* of the first that could not be judged */
};

static void add_culprit(struct starts *starts, const struct evidence *run, const char *field, const char *value)
{
	char name[RUN_TEXT_MAX];

	finding_culprit_file(starts->finding, run_text(starts->evidence, run, name), field, "%s", value);
}

static void add_unjudged(struct starts *starts, const struct evidence *run, const char *why)
{
	char name[RUN_TEXT_MAX];

	if (!starts->unjudged[0])
		text_append(starts->unjudged, REASON_MAX, "%s: %s", run_text(starts->evidence, run, name), why);
}

static const struct ev_written *written_of(const struct evidence *launch, const char *path)
{
	for (size_t i = 0; i < launch->n_written; i++)
		if (launch->written[i].path && strcmp(launch->written[i].path, path) == 0)
			return &launch->written[i];
	return NULL;
}

static bool is_held_open(const struct ev_process *process, const char *path)
{
	for (size_t i = 0; i < process->n_fds; i++) {
		const struct ev_fd *fd = &process->fds[i];

		if (probe_fd_usable(fd) && (fd->flags & O_ACCMODE) != O_RDONLY && fd->target &&
		    strcmp(fd->target, path) == 0)
			return true;
	}
	return false;
}

/* Whether the file may be a log. Files that were put there for the start count as written as well: a configuration,
 * which no process keeps open for writing and the clean launch mostly has, too. */
static bool may_be_log(const struct evidence *evidence, const struct ev_written *written)
{
	const char *path = written->path, *pidfile = evidence->pidfile.path;

	if (!path || !S_ISREG(written->file.mode) || (pidfile && strcmp(path, pidfile) == 0))
		return false;
	if (strstr(path, "log"))
		return true;
	for (const struct ev_process *process = probe_next(evidence, NULL); process;
	     process = probe_next(evidence, process))
		if (is_held_open(process, path))
			return true;
	return written->created && !written_of(evidence, path);
}

/* Where it may have written what was wrong: the declared log, else a file that may be one. */
static const char *log_of(const struct evidence *evidence, const struct evidence *run)
{
	const char *log = evidence->declared.log;

	if (log && written_of(run, log))
		return log;
	for (size_t i = 0; i < run->n_written; i++)
		if (may_be_log(evidence, &run->written[i]))
			return run->written[i].path;
	return NULL;
}

static void judge_failed(struct starts *starts, const struct evidence *run)
{
	const struct ev_process *left = probe_next(run, NULL);
	char value[CULPRIT_TEXT_MAX] = "", end[END_TEXT_MAX];
	const char *log = log_of(starts->evidence, run);

	(void)probe_end_text(run->launch.status, end);
	if (left) {
		text_append(value, sizeof(value), "%s, but %.32s (%d) is left", end, probe_or_unknown(left->name),
		            left->pid);
		add_culprit(starts, run, "the start", value);
	} else if (run->launch.output_total == 0 && !log) {
		text_append(value, sizeof(value), "%s without a word on the terminal", end);
		add_culprit(starts, run, "the start", value);
	} else {
		starts->failed_well++;
		if (run->launch.output_total == 0)
			starts->log = log;
	}
}

/* What the failing start goes on without, in VALUE; false where it did not fail at all, or that is not known. */
static bool tell_lack(const struct evidence *evidence, const struct evidence *run, char value[CULPRIT_TEXT_MAX])
{
	const struct ev_state state = run_state(run);
	const struct ev_listener *missing = listener_missing(evidence, &state);
	char text[LISTENER_TEXT_MAX];

	if (run->variant >= EV_FAILS_DECLARED)
		return true;
	if (run->variant == EV_FAILS_PORT && missing)
		text_append(value, CULPRIT_TEXT_MAX, " without %.64s", listener_text(missing, text));
	else if (run->variant == EV_FAILS_PIDFILE && writes_pidfile(evidence) && !writes_pidfile(run))
		text_append(value, CULPRIT_TEXT_MAX, " without a pid file");
	else
		return false;
	return true;
}

/* The started process told of no failure: HOW, "ended with exit status 0". */
static void judge_unreported(struct starts *starts, const struct evidence *run, const char *how)
{
	const struct ev_process *left = probe_next(run, NULL);
	char value[CULPRIT_TEXT_MAX] = "";

	text_append(value, sizeof(value), "%.60s", how);
	if (!left) {
		text_append(value, sizeof(value), " and left nothing running");
		add_culprit(starts, run, "the start", value);
		return;
	}
	text_append(value, sizeof(value), ", and %.20s (%d) runs", probe_or_unknown(left->name), left->pid);
	if (tell_lack(starts->evidence, run, value))
		add_culprit(starts, run, "the start", value);
	else
		add_unjudged(starts, run, "it came up with all that it has otherwise");
}

static void judge_stayed(struct starts *starts, const struct evidence *run)
{
	char how[CULPRIT_TEXT_MAX] = "", time[TIME_TEXT_MAX];

	text_append(how, sizeof(how), "still there after %s", probe_time_text(run->settle.at_us, time));
	/* Where the clean one returns, staying is no start either. */
	if (starts->evidence->launch.outcome == EV_STAYED)
		judge_unreported(starts, run, how);
	else
		add_culprit(starts, run, "the start", how);
}

static void judge_start(struct starts *starts, const struct evidence *run)
{
	char text[OUTCOME_TEXT_MAX];

	switch (run->launch.outcome) {
	case EV_RETURNED:
		if (run->launch.status)
			judge_failed(starts, run);
		else
			judge_unreported(starts, run, "ended with exit status 0");
		return;
	case EV_STAYED:
		judge_stayed(starts, run);
		return;
	case EV_NEVER:
	case EV_TOO_MANY:
	case EV_TOO_MUCH:
		add_culprit(starts, run, "the start", probe_outcome_text(run, text));
		return;
	case EV_NO_COMMAND:
	case EV_RESTLESS:
		add_unjudged(starts, run, probe_outcome_text(run, text));
		return;
	}
	add_unjudged(starts, run, "it has an unknown outcome");
}

static void conclude(const struct starts *starts, struct finding *finding)
{
	const struct evidence *failed = run_failed(starts->evidence, EV_SCENARIO_START_FAILS);

	if (finding->n_culprits > 0)
		finding_fail_culprits(finding, false);
	else if (failed)
		finding_set(finding, VERDICT_BROKEN, "the launch '%s' failed: %s",
		            evidence_scenario_name(failed->scenario), probe_or_unknown(failed->reason));
	else if (starts->failed_well == 0)
		finding_set(finding, VERDICT_SKIP, "no start failed: %s", starts->unjudged);
	else if (starts->log)
		finding_set(
		    finding, VERDICT_PASS,
		    "%zu failing starts ended with an error; what was wrong is at most in %s, not on the terminal",
		    starts->failed_well, starts->log);
	else
		finding_set(finding, VERDICT_PASS, "%zu failing start%s ended with an error and a message",
		            starts->failed_well, starts->failed_well == 1 ? "" : "s");
}

/* Only then does a failing start differ from it. */
static bool usual_start_works(const struct evidence *evidence, struct finding *finding)
{
	bool stays = evidence->launch.outcome == EV_STAYED;
	char text[OUTCOME_TEXT_MAX], end[END_TEXT_MAX];

	if (!stays && !finding_needs_return(evidence, "", finding))
		return false;
	if (evidence->launch.outcome == EV_RESTLESS)
		finding_set(finding, VERDICT_SKIP, "%s", probe_outcome_text(evidence, text));
	else if (!stays && evidence->launch.status)
		finding_set(finding, VERDICT_SKIP, "the usual start went wrong already: it %s",
		            probe_end_text(evidence->launch.status, end));
	else if (!probe_any_alive(evidence))
		finding_set(finding, VERDICT_SKIP, "the usual start went wrong already: no process of it is left");
	else
		return true;
	return false;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct starts starts = {.evidence = evidence, .finding = finding};

	(void)profile;
	finding_expect(finding,
	               "a start that cannot work exits with an error status and a message, and leaves nothing running");
	if (!usual_start_works(evidence, finding))
		return;
	if (run_none_done(evidence, EV_SCENARIO_START_FAILS, finding))
		return;
	for (const struct evidence *run = run_next_done(evidence, EV_SCENARIO_START_FAILS, NULL); run;
	     run = run_next_done(evidence, EV_SCENARIO_START_FAILS, run))
		judge_start(&starts, run);
	conclude(&starts, finding);
}

const struct probe probe_launch_failure_reported = {
    .id = "launch.failure-reported",
    .seen = SEEN_DIFFERENTIAL,
    .scenarios = SCENARIO_BIT(START_FAILS),
    .title = "a start that fails says so and leaves nothing running",
    .sources = "daemon(7), new-style daemons; systemd.service(5), Type=forking; janus-gateway #408, zeroc ice #5698",
    .why = "Status 0 is all that a service manager and a script look at: a daemon that cannot listen or read its "
           "configuration is taken for one that runs, is not started again, and nobody is told why.",
    .mend =
        {
            .c =
                "/* bind, read the configuration and write the pid file before telling that it is ready: */\n"
                "if (bind(fd, address, length) < 0) {\n"
                "        fprintf(stderr, \"my-daemon: %s: %s\\n\", name, strerror(errno)); /* still the terminal's */\n"
                "        exit(EXIT_FAILURE); /* the parent sees the end of file and exits with 1 as well */\n"
                "}",
            .python = "try:\n"
                      "    server.bind(address)  # before the readiness is told to the parent\n"
                      "except OSError as error:\n"
                      "    sys.exit(f'my-daemon: {address}: {error}')  # status 1, and the message on stderr",
            .ruby = "begin\n"
                    "  server = TCPServer.new(host, port)  # before Process.daemon\n"
                    "rescue SystemCallError => error\n"
                    "  abort \"my-daemon: #{host}:#{port}: #{error.message}\"\n"
                    "end\n"
                    "Process.daemon",
            .shell = "my-daemon --check-config || exit 1\n"
                     "my-daemon --daemon || { echo \"my-daemon did not start\" >&2; exit 1; }",
        },
    .judge = judge,
};
