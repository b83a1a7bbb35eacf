/* The report for reading at a terminal: what failed first, the summary last, where the eye is. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "probes/values.h"
#include "reports/facts.h"
#include "reports/formats.h"
#include "reports/layout.h"
#include "reports/text_tree.h"

enum {
	INDENT = 2,
	BODY_INDENT = 8, /* below a verdict's word */
	CODE_INDENT = 12,
	ITEM_INDENT = 19, /* where the text of an item in a body begins */
	TOLD_IN_SEEN = 3, /* culprits that probes name in `seen` */
	CULPRIT_LINE_MAX = 2048,
	WORD_WIDTH = 8, /* "BROKEN  " */
	SENTENCE_MAX = FINDING_TEXT_MAX + 128,
	ESCAPED_MAX = 4 * CULPRIT_TEXT_MAX + 1,
};

static enum layout_paint paint_of(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_PASS:
		return PAINT_GOOD;
	case VERDICT_FAIL:
		return PAINT_BAD;
	case VERDICT_NOTE:
		return PAINT_NOTE;
	case VERDICT_SKIP:
		return PAINT_QUIET;
	case VERDICT_BROKEN:
		return PAINT_BROKEN;
	}
	return PAINT_NONE;
}

static void write_head(struct page *page, const struct result *result)
{
	const struct evidence *evidence = result->evidence;
	const struct profile *profile = result->profile;
	struct text command = {0};
	char line[SENTENCE_MAX];

	fact_command(&command, evidence->start.argv);
	(void)fprintf(page->out, "daemonck %s: ", DAEMONCK_VERSION);
	if (command.failed)
		page->failed = true;
	else
		page_wrap(page, (int)strlen("daemonck : " DAEMONCK_VERSION), BODY_INDENT, command.data);
	text_free(&command);
	(void)snprintf(line, sizeof(line), "%s, %s: %s", profile->name, probe_or_unknown(profile->title),
	               probe_or_unknown(result->profile_reason));
	page_item_raw(page, INDENT, "profile", line);
	page_item(page, INDENT, "isolation", fact_isolation(evidence->isolation.level));
	for (char **missing = evidence->isolation.missing; missing && *missing; missing++)
		page_item_raw(page, INDENT, "missing", *missing);
	fact_launch(evidence, line, sizeof(line));
	page_item_raw(page, INDENT, "launch", line);
	fact_settled(&evidence->settle, line, sizeof(line));
	page_item(page, INDENT, "settled", line);
	if (fact_runs(evidence, line, sizeof(line)))
		page_item(page, INDENT, "further", line);
	if (evidence->truncated)
		page_item(page, INDENT, "cut off", "there was more to see than is kept");
}

static void culprit_text(const struct culprit *culprit, char *out, size_t size)
{
	char escaped[ESCAPED_MAX];

	*out = '\0';
	text_append(out, size, "%s", text_escape_into(escaped, sizeof(escaped), culprit->name));
	if (culprit->pid)
		text_append(out, size, " (%d)", culprit->pid);
	text_append(out, size, ": %s", text_escape_into(escaped, sizeof(escaped), culprit->field));
	text_append(out, size, " %s", text_escape_into(escaped, sizeof(escaped), culprit->value));
}

/* Whether `seen` cannot tell all culprits, so that they are listed. */
static bool is_listed(const struct finding *finding)
{
	return finding->n_culprits > TOLD_IN_SEEN;
}

/* "FAIL  detach.own-session  SEEN" */
static void write_line(struct page *page, const struct finding *finding)
{
	const char *word = fact_word(finding->verdict);
	int column = WORD_WIDTH + (int)strlen(finding->probe->id) + 2;
	char line[CULPRIT_LINE_MAX];

	page_paint(page, paint_of(finding->verdict), word);
	(void)fprintf(page->out, "%*s", WORD_WIDTH - (int)strlen(word), "");
	page_paint(page, PAINT_STRONG, finding->probe->id);
	(void)fputs("  ", page->out);
	if (!is_listed(finding)) {
		page_wrap_raw(page, column, BODY_INDENT, finding->seen);
		return;
	}
	culprit_text(&finding->culprits[0], line, sizeof(line));
	text_append(line, sizeof(line), "; and %zu more", finding->n_culprits - 1);
	page_wrap(page, column, BODY_INDENT, line);
}

static void write_culprits(struct page *page, const struct finding *finding)
{
	size_t kept = fact_culprits(finding);
	char line[CULPRIT_LINE_MAX];

	for (size_t i = 0; i < kept; i++) {
		culprit_text(&finding->culprits[i], line, sizeof(line));
		page_item(page, BODY_INDENT, i ? "" : "seen", line);
	}
	if (finding->n_culprits > kept) {
		(void)snprintf(line, sizeof(line), "and %zu more", finding->n_culprits - kept);
		page_item(page, BODY_INDENT, "", line);
	}
}

static void write_mend(struct page *page, const struct result *result, const struct probe *probe)
{
	struct fact_mend mend = fact_mend(result, probe);

	if (!mend.text)
		return;
	if (!strchr(mend.text, '\n') && layout_columns(mend.text) + ITEM_INDENT <= page->width) {
		page_item(page, BODY_INDENT, "mend", mend.text);
		return;
	}
	(void)fprintf(page->out, "%*smend, in %s\n", BODY_INDENT, "", mend.language);
	page_lines(page, CODE_INDENT, mend.text);
}

static void write_details(struct page *page, const struct result *result, const struct finding *finding)
{
	if (*finding->expected)
		page_item_raw(page, BODY_INDENT, "expected", finding->expected);
	if (is_listed(finding))
		write_culprits(page, finding);
	if (finding->verdict == VERDICT_BROKEN)
		return;
	page_item(page, BODY_INDENT, "why", finding->probe->why);
	write_mend(page, result, finding->probe);
}

static void write_full(struct page *page, const struct result *result, enum verdict verdict)
{
	for (size_t i = 0; i < result->findings->count; i++) {
		const struct finding *finding = &result->findings->items[i];

		if (finding->verdict != verdict)
			continue;
		(void)fputc('\n', page->out);
		write_line(page, finding);
		write_details(page, result, finding);
	}
}

/* A line each, after an empty one. */
static void write_short(struct page *page, const struct result *result, enum verdict verdict)
{
	bool first = true;

	for (size_t i = 0; i < result->findings->count; i++) {
		const struct finding *finding = &result->findings->items[i];

		if (finding->verdict != verdict)
			continue;
		if (first)
			(void)fputc('\n', page->out);
		first = false;
		write_line(page, finding);
		if (verdict == VERDICT_NOTE && *finding->expected)
			page_item_raw(page, BODY_INDENT, "expected", finding->expected);
	}
}

/* The names alone, wrapped. */
static void write_names(struct page *page, const struct result *result, enum verdict verdict)
{
	struct text names = {0};

	for (size_t i = 0; i < result->findings->count; i++) {
		const struct finding *finding = &result->findings->items[i];

		if (finding->verdict == verdict)
			text_printf(&names, "%s%s", names.length ? " " : "", finding->probe->id);
	}
	if (names.failed) {
		page->failed = true;
	} else if (names.length) {
		(void)fputc('\n', page->out);
		page_paint(page, paint_of(verdict), fact_word(verdict));
		(void)fprintf(page->out, "%*s", WORD_WIDTH - (int)strlen(fact_word(verdict)), "");
		page_wrap(page, WORD_WIDTH, WORD_WIDTH, names.data);
	}
	text_free(&names);
}

static void write_hint(struct page *page, const struct findings *findings)
{
	if (!findings->by_verdict[VERDICT_FAIL] && !findings->by_verdict[VERDICT_NOTE])
		return;
	(void)fputc('\n', page->out);
	page_wrap(page, 0, 0, "'daemonck explain ID' tells more, and how to mend it in other languages.");
}

static void write_output(struct page *page, const char *label, const char *bytes, uint64_t kept, uint64_t total)
{
	if (!bytes || !total)
		return;
	(void)fprintf(page->out, "\n%s (%llu of %llu bytes)\n", label, (unsigned long long)kept,
	              (unsigned long long)total);
	page_output(page, page->utf8 ? "  \u2502 " : "  | ", bytes, kept);
}

static void write_listeners(struct page *page, const struct evidence *evidence)
{
	static const char *const families[] = {
	    [EV_SOCKET_TCP] = "tcp",
	    [EV_SOCKET_UDP] = "udp",
	    [EV_SOCKET_UNIX] = "unix",
	};

	if (evidence->n_listeners)
		(void)fputs("\nListens on\n", page->out);
	for (size_t i = 0; i < evidence->n_listeners; i++) {
		const struct ev_listener *listener = &evidence->listeners[i];

		page_item_raw(page, INDENT, families[listener->family], probe_or_unknown(listener->address));
	}
}

static void write_written(struct page *page, const struct evidence *evidence)
{
	char label[32];

	if (evidence->n_written)
		(void)fputs("\nWrote\n", page->out);
	for (size_t i = 0; i < evidence->n_written; i++) {
		const struct ev_written *written = &evidence->written[i];

		(void)snprintf(label, sizeof(label), "%s %04o", written->created ? "new" : "changed",
		               written->file.mode & 07777);
		page_item_raw(page, INDENT, label, probe_or_unknown(written->path));
	}
}

static void write_settle(struct page *page, const struct ev_settle *settle)
{
	char patience[TIME_TEXT_MAX];

	(void)fprintf(page->out, "\nSettled after %llu looks; a failure waits until nothing has changed for %s.\n",
	              (unsigned long long)settle->looks, probe_time_text(settle->patience_us, patience));
}

/* What the harness saw beside the verdicts. */
static void write_observed(struct page *page, const struct evidence *evidence)
{
	const struct ev_launch *launch = &evidence->launch;

	write_output(page, "Output", launch->output, launch->output_kept, launch->output_total);
	write_output(page, "Output after the return", launch->late_output, launch->late_kept, launch->late_total);
	write_listeners(page, evidence);
	write_written(page, evidence);
	write_settle(page, &evidence->settle);
}

static void write_summary(struct page *page, const struct findings *findings)
{
	char line[FACT_TEXT_MAX];
	bool bad = findings->by_verdict[VERDICT_FAIL] || findings->by_verdict[VERDICT_BROKEN];

	fact_summary(findings, line, sizeof(line));
	(void)fputc('\n', page->out);
	page_paint(page, bad ? PAINT_BAD : PAINT_GOOD, line);
	(void)fputc('\n', page->out);
}

int report_text(const struct result *result, const struct report_options *options, FILE *out, struct error *error)
{
	struct page page = page_open(out, options);

	write_head(&page, result);
	write_full(&page, result, VERDICT_FAIL);
	write_full(&page, result, VERDICT_BROKEN);
	if (options->verbose)
		write_full(&page, result, VERDICT_NOTE);
	else
		write_short(&page, result, VERDICT_NOTE);
	write_hint(&page, result->findings);
	write_short(&page, result, VERDICT_SKIP);
	if (options->verbose)
		write_short(&page, result, VERDICT_PASS);
	else
		write_names(&page, result, VERDICT_PASS);
	(void)fputs("\nProcesses\n", out);
	if (text_tree(&page, result->evidence, options->verbose))
		page.failed = true;
	if (options->verbose)
		write_observed(&page, result->evidence);
	/* Once more by name: the end of the report is what a terminal shows. */
	write_names(&page, result, VERDICT_FAIL);
	write_summary(&page, result->findings);
	if (page.failed)
		return error_errno(error, -ENOMEM, "cannot write the report");
	return fact_finish(out, error);
}
