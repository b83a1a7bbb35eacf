/* The report as one self-contained page: no script, nothing fetched. Built as a module, for it alone needs libxml2. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "probes/values.h"
#include "reports/facts.h"
#include "reports/formats.h"
#include "reports/html_style.h"
#include "reports/html_writer.h"
#include "reports/tree.h"

enum { RUN_TEXT_MAX = FACT_TEXT_MAX + 256 };

extern const struct report_module daemonck_report_module;

static void write_command(struct html *html, const struct result *result)
{
	struct text command = {0};

	fact_command(&command, result->evidence->start.argv);
	if (command.failed)
		html->failed = true;
	else
		html_leaf(html, "code", command.data);
	text_free(&command);
}

static void write_head(struct html *html)
{
	html_open(html, "head");
	html_open_with(html, "meta", "charset", "utf-8");
	html->failed |= xmlTextWriterEndElement(html->writer) < 0;
	html_open_with(html, "meta", "name", "viewport");
	html_attribute(html, "content", "width=device-width, initial-scale=1");
	html->failed |= xmlTextWriterEndElement(html->writer) < 0;
	html_leaf(html, "title", "daemonck report");
	html_open(html, "style");
	html->failed |= xmlTextWriterWriteRaw(html->writer, BAD_CAST HTML_STYLE) < 0;
	html_close(html);
	html_close(html);
}

static void write_top(struct html *html, const struct result *result)
{
	char line[FACT_TEXT_MAX];

	html_open(html, "header");
	html_open(html, "h1");
	html_text(html, "daemonck: ");
	write_command(html, result);
	html_close(html);
	fact_summary(result->findings, line, sizeof(line));
	html_leaf_class(html, "p", "summary", line);
	html_close(html);
}

/* A term that is left out where there is nothing to tell. */
static void optional_term(struct html *html, const char *label, const char *bytes)
{
	if (bytes)
		html_term_raw(html, label, bytes);
}

static void write_missing(struct html *html, char *const *missing)
{
	for (; missing && *missing; missing++)
		html_term_raw(html, "Missing", *missing);
}

static void write_run(struct html *html, const struct result *result)
{
	const struct evidence *evidence = result->evidence;
	const struct ev_host *host = &evidence->host;
	char line[RUN_TEXT_MAX];

	html_leaf(html, "h2", "How it was run");
	html_open(html, "dl");
	(void)snprintf(line, sizeof(line), "%s, %s", result->profile->name, probe_or_unknown(result->profile->title));
	html_term_raw(html, "Profile", line);
	optional_term(html, "Taken because", result->profile_reason);
	fact_launch(evidence, line, sizeof(line));
	html_term_raw(html, "Launch", line);
	fact_settled(&evidence->settle, line, sizeof(line));
	html_term(html, "Settled", line);
	if (fact_runs(evidence, line, sizeof(line)))
		html_term(html, "Further launches", line);
	html_term(html, "Isolation", fact_isolation(evidence->isolation.level));
	write_missing(html, evidence->isolation.missing);
	if (evidence->truncated)
		html_term(html, "Cut off", "there was more to see than is kept");
	optional_term(html, "Date", host->time);
	optional_term(html, "Kernel", host->kernel);
	optional_term(html, "Machine", host->machine);
	optional_term(html, "Recorded by", host->tool_version);
	html_term(html, "Judged by", DAEMONCK_VERSION);
	html_close(html);
}

static void write_culprits(struct html *html, const struct finding *finding)
{
	char text[TREE_CELL_MAX];

	if (!finding->n_culprits)
		return;
	html_open(html, "table");
	html_leaf(html, "caption", "Where it does not hold");
	html_open(html, "tr");
	html_head_cell(html, "col", "Process or file");
	html_head_cell(html, "col", "Pid");
	html_head_cell(html, "col", "What");
	html_head_cell(html, "col", "Value");
	html_close(html);
	for (size_t i = 0; i < fact_culprits(finding); i++) {
		const struct culprit *culprit = &finding->culprits[i];

		(void)snprintf(text, sizeof(text), "%d", culprit->pid);
		html_open(html, "tr");
		html_leaf_raw(html, "td", culprit->name);
		html_leaf(html, "td", culprit->pid ? text : "");
		html_leaf_raw(html, "td", culprit->field);
		html_leaf_raw(html, "td", culprit->value);
		html_close(html);
	}
	html_close(html);
	if (finding->n_culprits > fact_culprits(finding)) {
		(void)snprintf(text, sizeof(text), "and %zu more", finding->n_culprits - fact_culprits(finding));
		html_leaf(html, "p", text);
	}
}

static void write_mends(struct html *html, const struct probe *probe)
{
	struct fact_mend mends[FACT_MENDS];
	char heading[TREE_CELL_MAX];

	fact_mends(probe, mends);
	for (size_t i = 0; i < FACT_MENDS; i++) {
		if (!mends[i].text)
			continue;
		(void)snprintf(heading, sizeof(heading), "How to mend it in %s", mends[i].language);
		html_leaf(html, "h4", heading);
		html_leaf(html, "pre", mends[i].text);
	}
}

static void write_finding(struct html *html, const struct finding *finding)
{
	html_open_with(html, "article", "class", verdict_name(finding->verdict));
	html_open(html, "h3");
	html_leaf_class(html, "strong", verdict_name(finding->verdict), fact_word(finding->verdict));
	html_text(html, " ");
	html_leaf(html, "code", finding->probe->id);
	html_close(html);
	html_open(html, "dl");
	html_term(html, "Must hold", finding->probe->title);
	if (*finding->expected)
		html_term_raw(html, "Expected", finding->expected);
	html_term_raw(html, "Seen", finding->seen);
	html_term(html, "Why", finding->probe->why);
	html_term(html, "Sources", finding->probe->sources);
	html_close(html);
	write_culprits(html, finding);
	write_mends(html, finding->probe);
	html_close(html);
}

/* What does not hold, in full; nothing where there is none of it. */
static void write_section(struct html *html, const struct findings *findings, enum verdict verdict, const char *heading)
{
	if (!findings->by_verdict[verdict])
		return;
	html_leaf(html, "h2", heading);
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].verdict == verdict)
			write_finding(html, &findings->items[i]);
}

static void write_verdict(struct html *html, const struct finding *finding)
{
	html_open(html, "tr");
	html_leaf_class(html, "td", verdict_name(finding->verdict), fact_word(finding->verdict));
	html_head_cell(html, "row", finding->probe->id);
	html_leaf(html, "td", finding->probe->title);
	html_leaf_raw(html, "td", finding->seen);
	html_close(html);
}

static void write_verdicts(struct html *html, const struct findings *findings)
{
	html_leaf(html, "h2", "All verdicts");
	html_open_with(html, "div", "class", "scroll");
	html_open(html, "table");
	html_leaf(html, "caption", "Every requirement that the profile asks for, what is worst first");
	html_open(html, "tr");
	html_head_cell(html, "col", "Verdict");
	html_head_cell(html, "col", "Requirement");
	html_head_cell(html, "col", "Must hold");
	html_head_cell(html, "col", "Seen");
	html_close(html);
	for (size_t order = 0; order < VERDICTS; order++)
		for (size_t i = 0; i < findings->count; i++)
			if (findings->items[i].verdict == FACT_ORDER[order])
				write_verdict(html, &findings->items[i]);
	html_close(html);
	html_close(html);
}

static void write_row(struct html *html, const struct tree_row *row)
{
	enum { DEPTH_MAX = 16, STEP = 2 };
	const char *cells[] = {row->pid,      row->parent, row->group, row->session,
	                       row->terminal, row->cwd,    row->umask, row->user};
	size_t depth = row->depth < DEPTH_MAX ? row->depth : DEPTH_MAX;
	char name[DEPTH_MAX * STEP + TREE_NAME_MAX];

	(void)snprintf(name, sizeof(name), "%*s%s", (int)depth * STEP, "", row->name);
	html_open(html, "tr");
	html_leaf(html, "td", row->kind == TREE_PROCESS ? "after" : "before");
	html_open_with(html, "th", "scope", "row");
	html_attribute(html, "class", "tree");
	html_text(html, name);
	html_close(html);
	for (size_t i = 0; i < sizeof(cells) / sizeof(*cells); i++)
		html_leaf(html, "td", cells[i]);
	html_close(html);
}

static void write_tree(struct html *html, const struct evidence *evidence)
{
	static const char *const titles[] = {"When",     "Process",           "Pid",   "Parent", "Group", "Session",
	                                     "Terminal", "Working directory", "Umask", "User"};
	struct tree tree;

	if (tree_make(evidence, &tree)) {
		html->failed = true;
		return;
	}
	html_leaf(html, "h2", "Processes");
	html_open_with(html, "div", "class", "scroll");
	html_open(html, "table");
	html_leaf(html, "caption", "Before: the caller and the started process. After: what was there at the end.");
	html_open(html, "tr");
	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++)
		html_head_cell(html, "col", titles[i]);
	html_close(html);
	for (size_t i = 0; i < tree.count; i++)
		write_row(html, &tree.rows[i]);
	html_close(html);
	html_close(html);
	tree_free(&tree);
}

static void write_page(struct html *html, const struct result *result)
{
	html->failed |= xmlTextWriterWriteDTD(html->writer, BAD_CAST "html", NULL, NULL, NULL) < 0;
	html_open_with(html, "html", "lang", "en");
	write_head(html);
	html_open(html, "body");
	write_top(html, result);
	html_open(html, "main");
	write_section(html, result->findings, VERDICT_FAIL, "What failed");
	write_section(html, result->findings, VERDICT_BROKEN, "What could not be judged");
	write_section(html, result->findings, VERDICT_NOTE, "What is noted");
	write_run(html, result);
	write_verdicts(html, result->findings);
	write_tree(html, result->evidence);
	html->failed |= xmlTextWriterEndDocument(html->writer) < 0;
}

/* The caller is told of errors; libxml2 would print them. */
static void keep_quiet(void *context, xmlErrorPtr problem)
{
	(void)context;
	(void)problem;
}

static int write_html(const struct result *result, const struct report_options *options, FILE *out, struct error *error)
{
	struct html html = {0};
	xmlOutputBufferPtr buffer = xmlOutputBufferCreateFile(out, NULL);

	(void)options; /* one page for all */
	xmlSetStructuredErrorFunc(NULL, keep_quiet);
	if (!buffer)
		return error_errno(error, -ENOMEM, "cannot write the report");
	html.writer = xmlNewTextWriter(buffer);
	if (!html.writer) {
		(void)xmlOutputBufferClose(buffer);
		return error_errno(error, -ENOMEM, "cannot write the report");
	}
	write_page(&html, result);
	html.failed |= xmlTextWriterFlush(html.writer) < 0;
	xmlFreeTextWriter(html.writer);
	if (html.failed && !ferror(out))
		return error_errno(error, -ENOMEM, "cannot write the report");
	return fact_finish(out, error);
}

__attribute__((visibility("default"))) const struct report_module daemonck_report_module = {
    .version = DAEMONCK_VERSION,
    .write = write_html,
};
