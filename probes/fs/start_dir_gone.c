/* fs.start-dir-gone: whoever starts it may stand in a directory that has been deleted, or that its user may not read.
 */
#include "probes/runs.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

struct trying {
	const struct evidence *evidence;
	struct finding *finding;
	char right[FINDING_TEXT_MAX], unjudged[FINDING_TEXT_MAX];
};

static void add(char *pieces, const char *format, const char *text)
{
	text_append(pieces, FINDING_TEXT_MAX, "%s", pieces[0] ? "; " : "");
	text_append(pieces, FINDING_TEXT_MAX, "%s%s", format, text);
}

/* Whether the word may be a file's relative name: with a dot or slash in it, and no number or address. */
static bool is_relative_name(const char *word)
{
	return word[0] != '/' && strpbrk(word, "./") && word[strspn(word, "0123456789.:/")] != '\0';
}

/* The argument that may name a file in the start directory, which is not to be found in another; NULL: none does. */
static const char *relative_argument(const struct ev_start *start)
{
	for (char **argument = start->argv; argument && *argument; argument++) {
		const char *equals = strchr(*argument, '=');
		const char *word = equals ? equals + 1 : *argument;

		if ((equals || word[0] != '-') && is_relative_name(word))
			return *argument;
	}
	return NULL;
}

static void judge_run(struct trying *trying, const struct evidence *run)
{
	const char *argument = relative_argument(&run->start);
	char text[RUN_TEXT_MAX], why[OUTCOME_TEXT_MAX];

	(void)run_text(trying->evidence, run, text);
	if (run_started(trying->evidence, run, why, sizeof(why)))
		add(trying->right, "", text);
	else if (argument)
		text_append(trying->unjudged, sizeof(trying->unjudged), "%s%s: '%s' may name a file in it",
		            trying->unjudged[0] ? "; " : "", text, argument);
	else if (run->launch.outcome == EV_NO_COMMAND)
		add(trying->unjudged, "", why);
	else
		finding_culprit_file(trying->finding, text, "start", "failed: %s", why);
}

/* The launch of that variant; one that was not done is told when no other is. */
static void judge_variant(struct trying *trying, enum ev_directory_variant variant)
{
	const struct evidence *run = evidence_run(trying->evidence, EV_SCENARIO_START_DIRECTORY, (int)variant);
	char text[RUN_TEXT_MAX];

	if (!run)
		return;
	if (run->state == EV_RUN_DONE)
		judge_run(trying, run);
	else
		text_append(trying->unjudged, sizeof(trying->unjudged), "%s%s: %s", trying->unjudged[0] ? "; " : "",
		            run_text(trying->evidence, run, text), probe_or_unknown(run->reason));
}

/* The harness failed in one of the two launches. */
static const struct evidence *failed_of(const struct evidence *evidence)
{
	static const enum ev_directory_variant variants[] = {EV_DIRECTORY_DELETED, EV_DIRECTORY_UNREADABLE};

	for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
		const struct evidence *run = evidence_run(evidence, EV_SCENARIO_START_DIRECTORY, (int)variants[i]);

		if (run && run->state == EV_RUN_FAILED)
			return run;
	}
	return NULL;
}

static void conclude(const struct trying *trying)
{
	const struct evidence *failed = failed_of(trying->evidence);

	if (trying->finding->n_culprits > 0)
		finding_fail_culprits(trying->finding, false);
	else if (failed)
		finding_set(trying->finding, VERDICT_BROKEN, "the launch 'start-directory' failed: %s",
		            failed->reason ? failed->reason : "for no recorded reason");
	else if (trying->right[0])
		finding_set(trying->finding, VERDICT_PASS, "it starts as usual with %s", trying->right);
	else if (trying->unjudged[0])
		finding_set(trying->finding, VERDICT_SKIP, "%s", trying->unjudged);
	else
		(void)run_needed(trying->evidence, EV_SCENARIO_START_DIRECTORY, EV_DIRECTORY_DELETED, trying->finding);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct trying trying = {.evidence = evidence, .finding = finding};

	(void)profile;
	finding_expect(finding, "it starts as usual where the start directory is deleted or cannot be read");
	judge_variant(&trying, EV_DIRECTORY_DELETED);
	judge_variant(&trying, EV_DIRECTORY_UNREADABLE);
	conclude(&trying);
}

const struct probe probe_fs_start_dir_gone = {
    .id = "fs.start-dir-gone",
    .seen = SEEN_DIFFERENTIAL,
    .scenarios = SCENARIO_BIT(START_DIRECTORY),
    .title = "it starts from a deleted or unreadable directory",
    .sources = "getcwd(3): ENOENT, EACCES",
    .why = "An upgrade may delete the directory that an administrator or an installer stands in: a restart that "
           "insists on "
           "knowing its working directory fails then, and the service is down.",
    .mend =
        {
            .c = "if (chdir(\"/\") < 0) /* instead of getcwd(), and before anything that needs it */\n"
                 "        exit(EXIT_FAILURE);",
            .python = "os.chdir('/')  # before os.getcwd(), os.path.abspath() and imports from '.'",
            .ruby = "Dir.chdir('/')  # before Dir.pwd and File.expand_path",
            .shell = "cd / || exit 1  # before $PWD and pwd are used",
        },
    .judge = judge,
};
