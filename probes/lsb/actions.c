/* lsb.actions: an init script is put through its actions, as a cluster manager does before it trusts one; each exit
 * status has a meaning that others act on. */
#include "probes/runs.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

enum { STATUS_NONE = -1, STATUSES = 3 };

/* What is done, in its order, and what it may end with. */
struct action {
	const char *word;     /* in what the step says; NULL: any */
	const char *text;     /* how it is told */
	int status[STATUSES]; /* -1: no further one */
	const char *wanted;
};

enum action_index { FIRST_STOP = 2, STATUS_OF_STALE = 6, UNKNOWN_ACTION = 8, START_WITHOUT_PROGRAM = 12, ACTIONS };

/* The first start is the launch itself. */
static const struct action FIRST = {"start", "start", {0, STATUS_NONE}, "0"};
static const struct action ACTION[ACTIONS] = {
    {"start", "start while it runs", {0, STATUS_NONE}, "0"},
    {"status", "status while it runs", {0, STATUS_NONE}, "0"},
    [FIRST_STOP] = {"stop", "stop", {0, STATUS_NONE}, "0"},
    {"stop", "stop when it is stopped", {0, STATUS_NONE}, "0"},
    {"status", "status when it is stopped", {3, STATUS_NONE}, "3"},
    {"start", "start after a stop", {0, STATUS_NONE}, "0"},
    [STATUS_OF_STALE] = {"status", "status after SIGKILL", {1, 2, STATUS_NONE}, "1, or 2 where a lock file is left"},
    {"stop", "stop after SIGKILL", {0, STATUS_NONE}, "0"},
    [UNKNOWN_ACTION] = {NULL, "an unknown action", {2, 3, STATUS_NONE}, "2 or 3"},
    {"start", "start with an empty environment", {0, STATUS_NONE}, "0"},
    {"status", "status after that start", {0, STATUS_NONE}, "0"},
    {"stop", "stop after that start", {0, STATUS_NONE}, "0"},
    /* A script that a removed package leaves behind does nothing, says Debian's policy: 0. */
    [START_WITHOUT_PROGRAM] = {"start", "start without its program", {5, 0, STATUS_NONE}, "5"},
};

static bool is_word(const char *text, const char *found, size_t length)
{
	return (found == text || found[-1] == ' ') && (found[length] == '\0' || strchr(" ,:;", found[length]));
}

/* Whether the step says that it is this action: "/etc/init.d/x status". */
static bool says(const struct ev_step *step, const char *word)
{
	const char *text = step->what ? step->what : "", *at = text;
	size_t length = word ? strlen(word) : 0;

	if (!word)
		return true;
	while ((at = strstr(at, word))) {
		if (is_word(text, at, length))
			return true;
		at += length;
	}
	return false;
}

static bool accepts(const struct action *action, int status)
{
	for (size_t i = 0; i < STATUSES && action->status[i] != STATUS_NONE; i++)
		if (WIFEXITED(status) && WEXITSTATUS(status) == action->status[i])
			return true;
	return false;
}

static void add_culprit(struct finding *finding, const struct action *action, int status)
{
	char end[END_TEXT_MAX];
	const char *rest = strchr(probe_end_text(status, end), ' ');

	/* "ended" and "with exit status 1", "was" and "killed by signal SEGV" */
	end[rest - end] = '\0';
	finding_culprit_file(finding, action->text, end, "%s, not %s", rest + 1, action->wanted);
}

/* Whether a stale pid file was there to be told of; a script that keeps none can only say that it does not run. */
static bool left_no_file(const struct ev_step *step)
{
	return step->after.taken && step->after.pidfile.state != EV_LOOK_READ;
}

/* The step may be any but those that are judged in between. */
static const struct ev_step *before_step(const struct evidence *run, const struct ev_step *step)
{
	return step > run->steps ? step - 1 : NULL;
}

static bool is_right(const struct evidence *run, const struct ev_step *step, enum action_index index)
{
	const struct ev_step *before = before_step(run, step);
	const struct action stopped = {.status = {3, STATUS_NONE}};

	if (accepts(&ACTION[index], step->status))
		return true;
	return index == STATUS_OF_STALE && before && left_no_file(before) && accepts(&stopped, step->status);
}

static void judge_step(const struct evidence *run, const struct ev_step *step, enum action_index index,
                       struct finding *finding)
{
	char time[TIME_TEXT_MAX];

	if (step->done_us == 0)
		finding_culprit_file(finding, ACTION[index].text, "had", "not ended after %s",
		                     probe_time_text(run_elapsed(step->at_us, step->after.at_us), time));
	else if (!is_right(run, step, index))
		add_culprit(finding, &ACTION[index], step->status);
}

/* A stop that ends with 0 and leaves the daemon is worse than one that fails. */
static void judge_first_stop(const struct evidence *run, const struct ev_step *step, struct finding *finding)
{
	const struct ev_process *main = evidence_main(run);

	if (main && step->after.taken && step->done_us != 0 && step->status == 0 && state_same(&step->after, main))
		finding_culprit(finding, main, "lives on", "after a stop that ended with exit status 0");
}

/* What could be judged, and why no more. */
struct course {
	size_t judged;
	enum verdict verdict; /* of what is missing: SKIP or BROKEN; PASS: nothing is */
	char why[FINDING_TEXT_MAX];
	bool tolerated; /* the start without its program ended with 0 */
};

__attribute__((format(printf, 3, 4))) static void break_off(struct course *course, enum verdict verdict,
                                                            const char *format, ...)
{
	va_list arguments;

	course->verdict = verdict;
	va_start(arguments, format);
	(void)vsnprintf(course->why, sizeof(course->why), format, arguments);
	va_end(arguments);
}

/* Whether the step can be judged as the action: it was done, and what was to be done before it as well. */
static bool is_in_course(const struct evidence *run, const struct ev_step *step, enum action_index index,
                         struct course *course)
{
	const struct ev_step *before = before_step(run, step);

	if (!says(step, ACTION[index].word))
		break_off(course, VERDICT_BROKEN, "instead of '%s' came '%.64s'", ACTION[index].text,
		          probe_or_unknown(step->what));
	else if (step->error_number)
		break_off(course, VERDICT_BROKEN, "'%s' could not be tried: %s", ACTION[index].text,
		          probe_errno_text(step->error_number));
	else if (index == START_WITHOUT_PROGRAM && (!before || before->kind != EV_STEP_RENAME))
		break_off(course, VERDICT_SKIP, "the program was not taken away");
	else if (index == START_WITHOUT_PROGRAM && before->error_number)
		break_off(course, VERDICT_SKIP, "the program could not be taken away: %s",
		          probe_errno_text(before->error_number));
	else
		return true;
	return false;
}

static struct course judge_course(const struct evidence *run, struct finding *finding)
{
	const struct ev_step *step = NULL;
	struct course course = {.verdict = VERDICT_PASS};

	for (enum action_index index = 0; index < ACTIONS; index++) {
		step = run_step(run, EV_STEP_RUN, step);
		if (!step) {
			break_off(&course, VERDICT_SKIP, "not tried: %s", ACTION[index].text);
			return course;
		}
		if (!is_in_course(run, step, index, &course))
			return course;
		judge_step(run, step, index, finding);
		if (index == FIRST_STOP)
			judge_first_stop(run, step, finding);
		course.tolerated = index == START_WITHOUT_PROGRAM && step->done_us != 0 && step->status == 0;
		course.judged++;
	}
	return course;
}

static void conclude(const struct course *course, struct finding *finding)
{
	if (finding->n_culprits > 0)
		finding_fail_culprits(finding, false);
	/* Only that the program was not taken away leaves the rest as it is. */
	else if (course->verdict != VERDICT_PASS &&
	         (course->verdict == VERDICT_BROKEN || course->judged < START_WITHOUT_PROGRAM))
		finding_set(finding, course->verdict, "%s; right: start and %zu more", course->why, course->judged);
	else
		finding_set(
		    finding, VERDICT_PASS, "start and %zu more actions ended as they must%s%s%s", course->judged,
		    course->tolerated ? "; a start without its program ended with 0, as Debian's policy allows" : "",
		    course->why[0] ? "; " : "", course->why);
}

static void judge_launch(const struct evidence *run, struct finding *finding)
{
	char text[OUTCOME_TEXT_MAX];
	struct course course;

	switch (run->launch.outcome) {
	case EV_RETURNED:
		break;
	case EV_STAYED:
	case EV_NEVER:
		finding_culprit_file(finding, FIRST.text, "has", "not ended: %s", probe_outcome_text(run, text));
		finding_fail_culprits(finding, false);
		return;
	case EV_NO_COMMAND:
		finding_set(finding, VERDICT_BROKEN, "%s", probe_outcome_text(run, text));
		return;
	case EV_RESTLESS:
	case EV_TOO_MANY:
	case EV_TOO_MUCH:
		finding_set(finding, VERDICT_SKIP, "%s", probe_outcome_text(run, text));
		return;
	}
	if (!accepts(&FIRST, run->launch.status)) {
		add_culprit(finding, &FIRST, run->launch.status);
		finding_fail_culprits(finding, false);
		return;
	}
	course = judge_course(run, finding);
	conclude(&course, finding);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	const struct evidence *run;

	(void)profile;
	finding_expect(finding,
	               "start 0, start again 0, status 0, stop 0, stop again 0, status 3; status 1 after SIGKILL; "
	               "an unknown action 2 or 3; the same with an empty environment; 5 without its program");
	run = run_needed(evidence, EV_SCENARIO_LSB, 0, finding);
	if (run)
		judge_launch(run, finding);
}

const struct probe probe_lsb_actions = {
    .id = "lsb.actions",
    .seen = SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(LSB),
    .title = "the init script's actions end with the statuses of the LSB",
    .sources = "LSB Core 5.0, Init Script Actions; Debian Policy 9.3.2; Pacemaker, checking init scripts",
    .why = "Cluster managers and configuration tools act on these numbers alone: a status of 0 for a stopped service "
           "is never repaired, and a stop that fails because it is stopped already gets a node fenced.",
    .mend =
        {
            .c = "/* in the daemon's own \"status\": 0 runs, 1 dead with a pid file, 3 not running */\n"
                 "if (fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)\n"
                 "        return 0;\n"
                 "return access(pid_path, F_OK) == 0 ? 1 : 3;",
            .python = "# in the daemon's own status action\n"
                      "if is_locked(pid_path):\n"
                      "    sys.exit(0)\n"
                      "sys.exit(1 if os.path.exists(pid_path) else 3)",
            .ruby = "# in the daemon's own status action\n"
                    "exit 0 if locked?(pid_path)\n"
                    "exit File.exist?(pid_path) ? 1 : 3",
            .shell =
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin\n"
                "[ -x \"$DAEMON\" ] || exit 5\n"
                ". /lib/lsb/init-functions\n"
                "case ${1-} in\n"
                "start)  start-stop-daemon --start --oknodo --pidfile \"$PIDFILE\" --exec \"$DAEMON\" ;;\n"
                "stop)   start-stop-daemon --stop --oknodo --retry 10 --pidfile \"$PIDFILE\" --exec \"$DAEMON\" ;;\n"
                "status) status_of_proc -p \"$PIDFILE\" \"$DAEMON\" my-daemon ;;\n"
                "*)      echo \"usage: $0 {start|stop|status}\" >&2; exit 2 ;;\n"
                "esac",
        },
    .judge = judge,
};
