/* The HTML report: well-formed, complete, and without anything that a browser would fetch or run. */
#include <check.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "reports_fixture.h"

Suite *reports_html_suite(void);

static struct reports_fixture fixture;
static char *text;
static xmlDocPtr document;

static void set_up(void)
{
	struct report_options options = {0};

	reports_fixture_make(&fixture);
	text = reports_fixture_write(&fixture, "html", &options);
	document = xmlReadMemory(text, (int)strlen(text), "report.html", NULL, XML_PARSE_NONET);
	ck_assert_msg(document, "not well-formed:\n%s", text);
}

static void tear_down(void)
{
	xmlFreeDoc(document);
	free(text);
	reports_fixture_clear(&fixture);
}

static int count(const char *expression)
{
	xmlXPathContextPtr context = xmlXPathNewContext(document);
	xmlXPathObjectPtr found = xmlXPathEvalExpression(BAD_CAST expression, context);
	int number;

	ck_assert_ptr_nonnull(found);
	number = found->nodesetval ? found->nodesetval->nodeNr : 0;
	xmlXPathFreeObject(found);
	xmlXPathFreeContext(context);
	return number;
}

START_TEST(is_a_page_of_its_own)
{
	ck_assert_int_eq(strncmp(text, "<!DOCTYPE html>", 15), 0);
	ck_assert_int_eq(count("/html[@lang='en']/head/title"), 1);
	ck_assert_int_eq(count("//script | //img | //link | //iframe | //a | //@src | //@href | //@onclick"), 0);
	ck_assert_ptr_null(strstr(text, "url("));
	ck_assert_int_eq(count("//b"), 0);
	ck_assert_int_eq(count("//meta[@charset='utf-8']"), 1);
}
END_TEST

START_TEST(tells_all)
{
	ck_assert_int_eq(count("//p[@class='summary'][.='1 passed, 2 failed, 1 noted, 1 skipped, 1 broken']"), 1);
	ck_assert_int_eq(count("//article[@class='fail']"), 2);
	ck_assert_int_eq(count("//article[@class='note']"), 1);
	ck_assert_int_eq(count("//article[@class='broken']"), 1);
	ck_assert_int_eq(count("//td[.='f\\x1b[2J<b>\\xff']"), 1);
	ck_assert_int_eq(count("//td[contains(., '2, the \\xe2\\x80\\xae')]"), 1);
	ck_assert_int_eq(count("//pre[.='os.setsid()']"), 1);
	ck_assert_int_eq(
	    count("//td[@class='pass'] | //td[@class='fail'] | //td[@class='note'] | //td[@class='skip'] | "
	          "//td[@class='broken']"),
	    FIXTURE_FINDINGS);
	ck_assert_int_eq(count("//dd[.='6.1.0']"), 1);
	ck_assert_int_eq(count("//dd[.='2026-11-21T12:00:00Z']"), 1);
	ck_assert_int_eq(count("//dd[.='the net\\x1bwork is shared']"), 1);
}
END_TEST

START_TEST(tables_have_headings)
{
	ck_assert_int_eq(count("//table[not(caption)]"), 0);
	ck_assert_int_eq(count("//table[not(tr[1]/th[@scope='col'])]"), 0);
	ck_assert_int_eq(count("//tr[th[@scope='row']][td[1]='before']"), 3);
	ck_assert_int_eq(count("//tr[th[@scope='row']][td[1]='after']"), 2);
	ck_assert_int_eq(count("//th[contains(., 'session leader')]"), 1);
}
END_TEST

START_TEST(no_empty_element_ends_itself)
{
	const char *found = text;

	while ((found = strstr(found, "/>"))) {
		const char *start = found;

		while (*start != '<')
			start--;
		ck_assert_msg(strncmp(start, "<meta ", 6) == 0, "%.40s", start);
		found += 2;
	}
}
END_TEST

Suite *reports_html_suite(void)
{
	Suite *suite = suite_create("reports/html");
	TCase *cases = tcase_create("html");

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases, is_a_page_of_its_own);
	tcase_add_test(cases, tells_all);
	tcase_add_test(cases, tables_have_headings);
	tcase_add_test(cases, no_empty_element_ends_itself);
	suite_add_tcase(suite, cases);
	return suite;
}
