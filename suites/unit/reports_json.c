/* The JSON report: parsed again, with the values where the schema says. */
#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "reports_fixture.h"

Suite *reports_json_suite(void);

static struct reports_fixture fixture;
static json_t *json;

static void set_up(void)
{
	CLEANUP_FREE char *text = NULL;
	struct report_options options = {0};

	reports_fixture_make(&fixture);
	text = reports_fixture_write(&fixture, "json", &options);
	ck_assert_int_eq(text[strlen(text) - 1], '\n');
	json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_ptr_nonnull(json);
}

static void tear_down(void)
{
	json_decref(json);
	reports_fixture_clear(&fixture);
}

static const char *string_at(const json_t *object, const char *key)
{
	const char *string = json_string_value(json_object_get(object, key));

	ck_assert_msg(string, "%s is missing", key);
	return string;
}

START_TEST(tells_how_it_was_run)
{
	const json_t *candidate = json_object_get(json, "candidate"), *launch = json_object_get(json, "launch");

	ck_assert_str_eq(string_at(json, "kind"), "daemonck-result");
	ck_assert_int_eq(json_integer_value(json_object_get(json, "version")), 1);
	ck_assert_str_eq(string_at(json_object_get(json, "tool"), "version"), DAEMONCK_VERSION);
	ck_assert_str_eq(string_at(json_object_get(json, "host"), "recorded_by"), "0.0.1");
	ck_assert_str_eq(json_string_value(json_array_get(json_object_get(candidate, "argv"), 1)), "it's \\x1b[31m");
	ck_assert_str_eq(string_at(candidate, "umask"), "0037");
	ck_assert_str_eq(string_at(launch, "outcome"), "returned");
	ck_assert_int_eq(json_integer_value(json_object_get(launch, "returned_us")), 4500);
	ck_assert_str_eq(string_at(json_object_get(json, "profile"), "reason"), "asked for");
	ck_assert_str_eq(string_at(json_object_get(json, "isolation"), "level"), "full");
}
END_TEST

START_TEST(tells_the_findings)
{
	const json_t *findings = json_object_get(json, "findings"), *failed = json_array_get(findings, 1);
	const json_t *culprit = json_array_get(json_object_get(failed, "culprits"), 0);
	const json_t *summary = json_object_get(json, "summary");

	ck_assert_uint_eq(json_array_size(findings), FIXTURE_FINDINGS);
	ck_assert_str_eq(string_at(failed, "id"), "detach.own-session");
	ck_assert_str_eq(string_at(failed, "verdict"), "fail");
	ck_assert_str_eq(string_at(culprit, "name"), "f\\x1b[2J<b>\\xff");
	ck_assert_int_eq(json_integer_value(json_object_get(culprit, "pid")), 6);
	ck_assert_str_eq(string_at(json_object_get(failed, "mend"), "python"), "os.setsid()");
	ck_assert_ptr_null(json_object_get(json_object_get(failed, "mend"), "ruby"));
	ck_assert_str_eq(json_string_value(json_array_get(json_object_get(failed, "sources"), 1)),
	                 "Ruby Process.daemon");
	ck_assert_int_eq(json_integer_value(json_object_get(summary, "fail")), 2);
	ck_assert_int_eq(json_integer_value(json_object_get(summary, "broken")), 1);
}
END_TEST

START_TEST(tells_the_processes)
{
	const json_t *worker = json_array_get(json_object_get(json, "processes"), 1);

	ck_assert_int_eq(json_integer_value(json_object_get(worker, "session")), 2);
	ck_assert_str_eq(string_at(worker, "umask"), "0022");
	ck_assert_int_eq(json_integer_value(json_object_get(worker, "uid")), 33);
	ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(json, "caller"), "leader")), 2);
}
END_TEST

Suite *reports_json_suite(void)
{
	Suite *suite = suite_create("reports/json");
	TCase *cases = tcase_create("json");

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases, tells_how_it_was_run);
	tcase_add_test(cases, tells_the_findings);
	tcase_add_test(cases, tells_the_processes);
	suite_add_tcase(suite, cases);
	return suite;
}
