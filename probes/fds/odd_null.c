/* fds.odd-null: where /dev/null is missing or a regular file, a daemon that needs it says so and does not start. One
 * that does start must not be without its standard descriptors for it, nor write its output into that file. */
#include "probes/runs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/text.h"

struct trying {
	const struct evidence *evidence, *run;
	struct finding *finding;
	char right[FINDING_TEXT_MAX], unjudged[FINDING_TEXT_MAX];
};

/* Whether a process of the same part has /dev/null there in the clean launch: only then is it missed. */
static bool has_null_usually(const struct trying *trying, const struct ev_process *process, int number)
{
	const struct ev_process *other = NULL;

	while ((other = probe_next(trying->evidence, other))) {
		const struct ev_fd *fd = evidence_fd(other, number);

		if (run_same_part(trying->run, process, trying->evidence, other) && probe_fd_usable(fd) &&
		    evidence_is_null(&fd->file))
			return true;
	}
	return false;
}

/* What is wrong with the descriptor that should be /dev/null, as text; NULL: it is something of its own. */
static const char *fault_of(const struct evidence *run, const struct ev_fd *fd)
{
	if (!probe_fd_usable(fd))
		return "closed";
	if (evidence_is_launch_terminal(run, &fd->file))
		return "still the caller's terminal";
	if (fd->file.known && S_ISREG(fd->file.mode) && fd->target && strcmp(fd->target, "/dev/null") == 0)
		return "the regular file /dev/null";
	return fd->file.known && S_ISSOCK(fd->file.mode) ? "a socket" : NULL;
}

/* Whether any of its descriptors usually is /dev/null. */
static bool judge_stdio(struct trying *trying, const struct ev_process *process)
{
	char field[16], text[RUN_TEXT_MAX];
	bool usual = false;

	for (int number = 0; process->fds_known && number <= 2; number++) {
		const char *fault;

		if (!has_null_usually(trying, process, number))
			continue;
		usual = true;
		fault = fault_of(trying->run, evidence_fd(process, number));
		(void)snprintf(field, sizeof(field), "fd %d", number);
		if (fault)
			finding_culprit(trying->finding, process, field, "%s (%s)", fault,
			                run_text(trying->evidence, trying->run, text));
	}
	return usual;
}

static void add(char *pieces, const char *text, const char *what)
{
	text_append(pieces, FINDING_TEXT_MAX, "%s%s: %s", pieces[0] ? "; " : "", text, what);
}

static void judge_living(struct trying *trying, const char *text)
{
	size_t before = trying->finding->n_culprits;
	const struct ev_process *process = NULL;
	bool usual = false;

	while ((process = probe_next(trying->run, process)))
		usual |= judge_stdio(trying, process);
	if (!usual)
		add(trying->unjudged, text, "none of its standard descriptors is /dev/null in the clean launch");
	else if (trying->finding->n_culprits == before)
		add(trying->right, text, "it runs with standard descriptors of its own");
}

/* Whether more came on the terminal than at the clean start: the words of a daemon that its launcher did not wait for.
 */
static bool says_more(const struct trying *trying)
{
	const struct ev_launch *launch = &trying->run->launch, *usual = &trying->evidence->launch;

	return launch->output_total + launch->late_total > usual->output_total + usual->late_total;
}

static void judge_returned(struct trying *trying, const char *text)
{
	int status = trying->run->launch.status;
	bool succeeded = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	char end[END_TEXT_MAX];

	if (probe_any_alive(trying->run) && (succeeded || status == trying->evidence->launch.status))
		judge_living(trying, text);
	else if (probe_any_alive(trying->run))
		finding_culprit_file(trying->finding, text, "start", "%s, and left processes running",
		                     probe_end_text(status, end));
	else if (succeeded && says_more(trying))
		add(trying->right, text, "it said so, and left nothing running");
	else if (succeeded)
		finding_culprit_file(trying->finding, text, "start",
		                     "ended with exit status 0 and no word, but left nothing running");
	else
		add(trying->right, text, probe_end_text(status, end));
}

static void judge_run(struct trying *trying)
{
	char text[RUN_TEXT_MAX], why[OUTCOME_TEXT_MAX];

	(void)run_text(trying->evidence, trying->run, text);
	switch (trying->run->launch.outcome) {
	case EV_RETURNED:
		judge_returned(trying, text);
		return;
	case EV_STAYED:
		judge_living(trying, text);
		return;
	case EV_NO_COMMAND:
	case EV_RESTLESS:
	case EV_NEVER:
	case EV_TOO_MANY:
	case EV_TOO_MUCH:
		break;
	}
	add(trying->unjudged, text, probe_outcome_text(trying->run, why));
}

static void conclude(const struct trying *trying)
{
	if (trying->finding->n_culprits > 0)
		finding_fail_culprits(trying->finding, false);
	else if (run_tell_failed(trying->evidence, EV_SCENARIO_ODD_NULL, trying->finding))
		return;
	else if (trying->right[0])
		finding_set(trying->finding, VERDICT_PASS, "%s", trying->right);
	else
		finding_set(trying->finding, VERDICT_SKIP, "%s", trying->unjudged);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct trying trying = {.evidence = evidence, .finding = finding};

	(void)profile;
	finding_expect(finding,
	               "an error where /dev/null cannot be used, or standard descriptors that are right all the same");
	if (run_none_done(evidence, EV_SCENARIO_ODD_NULL, finding))
		return;
	while ((trying.run = run_next_done(evidence, EV_SCENARIO_ODD_NULL, trying.run)))
		judge_run(&trying);
	conclude(&trying);
}

const struct probe probe_fds_odd_null = {
    .id = "fds.odd-null",
    .seen = SEEN_DIFFERENTIAL,
    .scenarios = SCENARIO_BIT(ODD_NULL),
    .title = "without a usable /dev/null it reports an error",
    .sources = "daemon(3)",
    .why =
        "In a chroot or a container /dev/null may be missing, or an ordinary file that somebody's redirection made: an "
        "unchecked open() leaves 0 to 2 closed or on the terminal, or fills the disk with what should vanish.",
    .mend =
        {
            .c = "struct stat st;\n"
                 "int fd = open(\"/dev/null\", O_RDWR);\n"
                 "if (fd < 0 || fstat(fd, &st) < 0 || !S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3)) {\n"
                 "        fprintf(stderr, \"my-daemon: /dev/null cannot be used\\n\");\n"
                 "        exit(EXIT_FAILURE); /* while somebody still reads the status */\n"
                 "}",
            .python = "fd = os.open(os.devnull, os.O_RDWR)  # raises where it is missing\n"
                      "st = os.fstat(fd)\n"
                      "if not stat.S_ISCHR(st.st_mode) or st.st_rdev != os.makedev(1, 3):\n"
                      "    sys.exit('my-daemon: /dev/null is no device')",
            .ruby = "null = File.stat(File::NULL)  # raises where it is missing\n"
                    "null.chardev? && [null.rdev_major, null.rdev_minor] == [1, 3] or\n"
                    "  abort('my-daemon: /dev/null is no device')",
            .shell = "[ -c /dev/null ] || { echo 'my-daemon: /dev/null is no device' >&2; exit 1; }",
        },
    .judge = judge,
};
