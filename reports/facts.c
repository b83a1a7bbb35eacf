/* What several formats tell in the same words. */
#include "reports/facts.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "probes/values.h"

const enum verdict FACT_ORDER[VERDICTS] = {VERDICT_FAIL, VERDICT_BROKEN, VERDICT_NOTE, VERDICT_SKIP, VERDICT_PASS};

const char *fact_word(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_PASS:
		return "PASS";
	case VERDICT_FAIL:
		return "FAIL";
	case VERDICT_NOTE:
		return "NOTE";
	case VERDICT_SKIP:
		return "SKIP";
	case VERDICT_BROKEN:
		return "BROKEN";
	}
	return "BROKEN";
}

const char *fact_participle(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_PASS:
		return "passed";
	case VERDICT_FAIL:
		return "failed";
	case VERDICT_NOTE:
		return "noted";
	case VERDICT_SKIP:
		return "skipped";
	case VERDICT_BROKEN:
		return "broken";
	}
	return "broken";
}

void fact_summary(const struct findings *findings, char *out, size_t size)
{
	static const enum verdict order[] = {VERDICT_PASS, VERDICT_FAIL, VERDICT_NOTE, VERDICT_SKIP, VERDICT_BROKEN};

	*out = '\0';
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		size_t count = findings->by_verdict[order[i]];

		if (count || order[i] != VERDICT_BROKEN)
			text_append(out, size, "%s%zu %s", i ? ", " : "", count, fact_participle(order[i]));
	}
}

void fact_launch(const struct evidence *evidence, char *out, size_t size)
{
	const struct ev_launch *launch = &evidence->launch;
	char time[TIME_TEXT_MAX], end[END_TEXT_MAX], text[OUTCOME_TEXT_MAX];

	*out = '\0';
	switch (launch->outcome) {
	case EV_RETURNED:
	case EV_RESTLESS:
		text_append(out, size, "the started process (%d) %s after %s", launch->pid,
		            probe_end_text(launch->status, end), probe_time_text(launch->returned_us, time));
		break;
	case EV_STAYED:
		text_append(out, size, "the started process (%d) stayed in the foreground%s", launch->pid,
		            launch->stopped ? ", stopped by a signal" : "");
		break;
	case EV_NO_COMMAND:
	case EV_NEVER:
	case EV_TOO_MANY:
	case EV_TOO_MUCH:
		text_append(out, size, "%s", probe_outcome_text(evidence, text));
		break;
	}
	if (launch->outcome == EV_RESTLESS)
		text_append(out, size, "; what it left did not come to rest");
	if (launch->leader_killed)
		text_append(out, size, "; the terminal's session leader was killed");
}

const char *fact_isolation(enum ev_isolation_level level)
{
	switch (level) {
	case EV_ISOLATION_FULL:
		return "full: namespaces of its own with all user ids";
	case EV_ISOLATION_USER:
		return "user: namespaces of its own, made by an ordinary user, with one user id";
	case EV_ISOLATION_PRIVILEGED:
		return "privileged: namespaces of its own, but real root";
	case EV_ISOLATION_REAPER:
		return "reaper: no namespaces, a child subreaper takes the orphans";
	}
	return "unknown";
}

void fact_settled(const struct ev_settle *settle, char *out, size_t size)
{
	char at[TIME_TEXT_MAX], window[TIME_TEXT_MAX];

	*out = '\0';
	text_append(out, size, "%s %s; nothing had changed for %s", settle->settled ? "after" : "not; looked at after",
	            probe_time_text(settle->at_us, at), probe_time_text(settle->window_us, window));
}

bool fact_runs(const struct evidence *evidence, char *out, size_t size)
{
	size_t by_state[EV_RUN_FAILED + 1] = {0};

	for (size_t i = 0; i < evidence->n_runs; i++)
		by_state[evidence->runs[i].state]++;
	(void)snprintf(out, size, "%zu done", by_state[EV_RUN_DONE]);
	if (by_state[EV_RUN_SKIPPED])
		text_append(out, size, ", %zu do not apply", by_state[EV_RUN_SKIPPED]);
	if (by_state[EV_RUN_FAILED])
		text_append(out, size, ", %zu failed", by_state[EV_RUN_FAILED]);
	if (evidence->interrupted)
		text_append(out, size, "; interrupted before all were");
	return evidence->n_runs > 0 || evidence->interrupted;
}

static bool is_plain_argument(const char *argument)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";

	return *argument && argument[strspn(argument, plain)] == '\0';
}

static void add_argument(struct text *text, const char *argument)
{
	if (is_plain_argument(argument)) {
		text_puts(text, argument);
		return;
	}
	text_puts(text, "'");
	for (;;) {
		size_t part = strcspn(argument, "'");

		text_escape(text, argument, part);
		argument += part;
		if (!*argument)
			break;
		text_puts(text, "'\\''");
		argument++;
	}
	text_puts(text, "'");
}

void fact_command(struct text *text, char *const *argv)
{
	if (!argv || !*argv) {
		text_puts(text, "(unknown command)");
		return;
	}
	for (size_t i = 0; argv[i]; i++) {
		if (i)
			text_puts(text, " ");
		add_argument(text, argv[i]);
	}
}

void fact_mends(const struct probe *probe, struct fact_mend ret_mends[FACT_MENDS])
{
	ret_mends[0] = (struct fact_mend){"C", "c", probe->mend.c};
	ret_mends[1] = (struct fact_mend){"Python", "python", probe->mend.python};
	ret_mends[2] = (struct fact_mend){"Ruby", "ruby", probe->mend.ruby};
	ret_mends[3] = (struct fact_mend){"shell", "shell", probe->mend.shell};
}

static bool begins_with(const char *string, const char *prefix)
{
	return strncmp(string, prefix, strlen(prefix)) == 0;
}

/* What the main process is written in, by the interpreter that runs it. */
static const char *language_key(const struct evidence *evidence)
{
	const struct ev_process *process = evidence_main(evidence);
	const char *exe = process && process->exe ? process->exe : "";
	const char *slash = strrchr(exe, '/');
	const char *name = slash ? slash + 1 : exe;

	if (begins_with(name, "python"))
		return "python";
	if (begins_with(name, "ruby"))
		return "ruby";
	if (strcmp(name, "sh") == 0 || strcmp(name, "bash") == 0 || strcmp(name, "dash") == 0 ||
	    strcmp(name, "zsh") == 0)
		return "shell";
	return "c";
}

struct fact_mend fact_mend(const struct result *result, const struct probe *probe)
{
	const char *key = language_key(result->evidence);
	struct fact_mend mends[FACT_MENDS];

	fact_mends(probe, mends);
	for (size_t i = 0; i < FACT_MENDS; i++)
		if (mends[i].text && strcmp(mends[i].key, key) == 0)
			return mends[i];
	for (size_t i = 0; i < FACT_MENDS; i++)
		if (mends[i].text)
			return mends[i];
	return (struct fact_mend){0};
}

size_t fact_culprits(const struct finding *finding)
{
	return finding->n_culprits < FINDING_CULPRITS_MAX ? finding->n_culprits : FINDING_CULPRITS_MAX;
}

int fact_finish(FILE *out, struct error *error)
{
	errno = 0;
	if (fflush(out) || ferror(out))
		return error_errno(error, errno ? -errno : -EIO, "cannot write the report");
	return 0;
}
