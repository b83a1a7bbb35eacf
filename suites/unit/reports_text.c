/* The text report: what is told, in which order, and that no byte of the candidate steers the terminal. */
#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "reports/tree.h"
#include "reports_fixture.h"

Suite *reports_text_suite(void);

static struct reports_fixture fixture;

static void set_up(void)
{
	(void)setlocale(LC_CTYPE, "C");
	reports_fixture_make(&fixture);
}

static void tear_down(void)
{
	reports_fixture_clear(&fixture);
}

static char *written(struct report_options options)
{
	return reports_fixture_write(&fixture, "text", &options);
}

/* Checks that the parts stand in the text one after the other. */
static void check_order(const char *text, const char *const *parts, size_t count)
{
	const char *position = text;

	for (size_t i = 0; i < count; i++) {
		const char *found = strstr(position, parts[i]);

		ck_assert_msg(found, "\"%s\" is not, or not here, in:\n%s", parts[i], text);
		position = found + strlen(parts[i]);
	}
}

static void check_ends(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	ck_assert_uint_ge(length, end_length);
	ck_assert_str_eq(text + length - end_length, end);
}

START_TEST(tells_failures_first_and_the_summary_last)
{
	static const char *const parts[] = {
	    "daemonck ",
	    ": /usr/sbin/food 'it'\\''s \\x1b[31m'\n",
	    "  profile    sysv, daemon(7), SysV daemons: asked for\n",
	    "  isolation  full",
	    "  missing    the net\\x1bwork is shared\n",
	    "  launch     the started process (3) ended with exit status 0 after 4.5 ms\n",
	    "\nFAIL    detach.own-session  f\\x1b[2J<b>\\xff (6): session 2, the caller's; and 3 more\n",
	    "        expected   a session other than 2\n",
	    "        seen       f\\x1b[2J<b>\\xff (6): session 2, the caller's\n",
	    "                   worker (7): session 2, the \\xe2\\x80\\xaecaller's\n",
	    "        why        The session ties a process to the caller's terminal.\n",
	    "        mend, in C\n            if (setsid() < 0)\n                    return -errno;\n",
	    "\nFAIL    fs.umask  worker (7): umask 0037\n        expected   0022\n        why ",
	    "        mend       umask 022\n",
	    "\nBROKEN  fs.umask  the status could not be read\n",
	    "\nNOTE    fs.umask  no lock on /run/\\x1b]0;x\\x07.pid\n        expected   a lock\n",
	    "daemonck explain ID",
	    "\nSKIP    fs.umask  no pid file was declared\n",
	    "\nPASS    detach.own-session\n",
	    "\nProcesses\n",
	};
	CLEANUP_FREE char *text = written((struct report_options){0});

	check_order(text, parts, sizeof(parts) / sizeof(*parts));
	check_ends(text, "\n1 passed, 2 failed, 1 noted, 1 skipped, 1 broken\n");
	ck_assert_ptr_null(strstr(text, "Output"));
}
END_TEST

START_TEST(draws_the_tree)
{
	static const char *const lines[] = {
	    "  process                                          pid  parent  group  session  terminal  cwd     umask  "
	    "user\n",
	    "  init                                               1       -      -        -  -         -       -      "
	    "-\n",
	    "  |- session leader                 2       1      2        2  pts/0     /start  0037   "
	    "root\n",
	    "  |  `- started: exit status 0",
	    "  `- food\\x1b[2J, main                              6       1      5        5  none      /       0022   "
	    "www-data\n",
	    "     `- worker                                       7       6      5        2  pts/0     /       0022   "
	    "www-data\n",
	};
	CLEANUP_FREE char *text = written((struct report_options){0});
	const char *tree = strstr(text, "\nProcesses\n"), *last = tree;

	ck_assert_ptr_nonnull(tree);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		char *words = strdup(lines[i]), *rest = words;

		for (char *word = strtok_r(rest, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest)) {
			last = strstr(last, word);
			ck_assert_msg(last, "\"%s\" of \"%s\" is missing in%s", word, lines[i], tree);
			last += strlen(word);
		}
		free(words);
	}
}
END_TEST

START_TEST(no_control_reaches_the_terminal)
{
	CLEANUP_FREE char *plain = written((struct report_options){.verbose = true});
	CLEANUP_FREE char *coloured = written((struct report_options){.verbose = true, .colour = true});
	const char *escape = coloured;
	size_t position = 0, length = strlen(plain);

	while (position < length) {
		int32_t code = text_decode_utf8(plain, length, &position);

		ck_assert_msg(code == '\n' || code >= 0x20, "%d at %zu", code, position);
		ck_assert_int_ne(code, 0x202E);
		ck_assert_int_ne(code, 0x7F);
	}
	ck_assert_ptr_nonnull(strchr(coloured, '\033'));
	while ((escape = strchr(escape, '\033'))) {
		size_t digits = strspn(escape + 2, "0123456789;");

		ck_assert_int_eq(escape[1], '[');
		ck_assert_int_eq(escape[2 + digits], 'm');
		escape++;
	}
}
END_TEST

START_TEST(verbose_tells_all)
{
	static const char *const parts[] = {
	    "\nPASS    detach.own-session  session 5, the caller's is 2\n",
	    "\nOutput (16 of 16 bytes)\n  | out\\x00put\\x1b]0;x\\x07\\xc0\\xaf\n",
	    "\nListens on\n  tcp        127.0.0.1:8080\n",
	    "\nWrote\n  new 0644   /run/food\\x1b.pid\n",
	    "\nSettled after 12 looks",
	};
	CLEANUP_FREE char *text = written((struct report_options){.verbose = true});

	check_order(text, parts, sizeof(parts) / sizeof(*parts));
}
END_TEST

START_TEST(lines_fit_the_terminal)
{
	CLEANUP_FREE char *text = written((struct report_options){.width = 80});
	const char *line = strstr(text, "\nProcesses\n");

	ck_assert_ptr_nonnull(line);
	for (line++; *line; line += strcspn(line, "\n") + 1)
		ck_assert_msg(strcspn(line, "\n") <= 80, "too long: %.*s", (int)strcspn(line, "\n"), line);
	for (line = text; *line; line += strcspn(line, "\n") + 1)
		ck_assert_msg(strcspn(line, "\n") <= 90, "too long: %.*s", (int)strcspn(line, "\n"), line);
}
END_TEST

START_TEST(boxes_where_the_locale_has_them)
{
	CLEANUP_FREE char *text = NULL;

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		ck_abort_msg("the locale C.UTF-8 is missing");
	text = written((struct report_options){0});
	ck_assert_ptr_nonnull(strstr(text, "  \xe2\x94\x94\xe2\x94\x80 food"));
	ck_assert_ptr_nonnull(strstr(text, "  \xe2\x94\x82  \xe2\x94\x94\xe2\x94\x80 started"));
}
END_TEST

START_TEST(a_write_error_is_told)
{
	CLEANUP_FCLOSE FILE *out = fopen("/dev/full", "we");
	struct report_options options = {0};
	struct error error = {0};

	for (size_t i = 0; i < N_REPORT_FORMATS; i++) {
		ck_assert_int_lt(REPORT_FORMATS[i].write(&fixture.result, &options, out, &error), 0);
		ck_assert_int_eq(strncmp(error.text, "cannot write the report", 23), 0);
	}
}
END_TEST

/* Parents that form a circle, are missing or are there twice: each process stands in the tree once. */
START_TEST(a_tree_of_nonsense_ends)
{
	static const int parents[] = {11, 10, 12, 99, 0, -1, 10};
	enum { N = sizeof(parents) / sizeof(*parents) };
	struct ev_process processes[N];
	struct evidence evidence = {.processes = processes, .n_processes = N};
	struct tree tree;
	size_t seen = 0;

	for (int i = 0; i < N; i++)
		processes[i] = (struct ev_process){.pid = i == N - 1 ? 10 : 10 + i, .parent = parents[i]};
	ck_assert_int_eq(tree_make(&evidence, &tree), 0);
	for (size_t i = 0; i < tree.count; i++)
		seen += tree.rows[i].kind == TREE_PROCESS;
	ck_assert_uint_eq(seen, N);
	tree_free(&tree);
}
END_TEST

START_TEST(a_deep_tree_is_drawn)
{
	enum { DEEP = EVIDENCE_PROCESSES_MAX };
	struct ev_process *processes = calloc(DEEP, sizeof(*processes)), *kept = fixture.evidence->processes;
	CLEANUP_FREE char *text = NULL;
	size_t n_kept = fixture.evidence->n_processes;

	for (int i = 0; i < DEEP; i++)
		processes[i] = (struct ev_process){.pid = 100 + i, .parent = i ? 99 + i : 1, .state = 'S'};
	fixture.evidence->processes = processes;
	fixture.evidence->n_processes = DEEP;
	text = written((struct report_options){.width = 80});
	fixture.evidence->processes = kept;
	fixture.evidence->n_processes = n_kept;
	free(processes);
	ck_assert_ptr_nonnull(strstr(text, "  4059 more; --verbose shows them\n"));
}
END_TEST

START_TEST(the_registry_finds_formats)
{
	ck_assert_str_eq(report_find("html")->name, "html");
	ck_assert_ptr_null(report_find("HTML"));
	ck_assert_ptr_null(report_find(""));
	for (size_t i = 0; i < N_REPORT_FORMATS; i++) {
		ck_assert_ptr_eq(report_find(REPORT_FORMATS[i].name), &REPORT_FORMATS[i]);
		ck_assert_uint_gt(strlen(REPORT_FORMATS[i].description), 10);
	}
}
END_TEST

Suite *reports_text_suite(void)
{
	Suite *suite = suite_create("reports/text");
	TCase *cases = tcase_create("text");

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases, tells_failures_first_and_the_summary_last);
	tcase_add_test(cases, draws_the_tree);
	tcase_add_test(cases, no_control_reaches_the_terminal);
	tcase_add_test(cases, verbose_tells_all);
	tcase_add_test(cases, lines_fit_the_terminal);
	tcase_add_test(cases, boxes_where_the_locale_has_them);
	tcase_add_test(cases, a_write_error_is_told);
	tcase_add_test(cases, a_tree_of_nonsense_ends);
	tcase_add_test(cases, a_deep_tree_is_drawn);
	tcase_add_test(cases, the_registry_finds_formats);
	suite_add_tcase(suite, cases);
	return suite;
}
