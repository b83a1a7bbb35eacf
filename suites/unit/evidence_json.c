/* evidence/evidence_json.h: what is written is read back the same; what is bad is refused with its place. */
#include "evidence/evidence_json.h"

#include <check.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "evidence_fixture.h"

Suite *evidence_json_suite(void);

enum { DUMP_FLAGS = JSON_INDENT(2) };

static char *written(const struct evidence *evidence)
{
	json_t *json = evidence_to_json(evidence);
	char *text;

	ck_assert_ptr_nonnull(json);
	text = json_dumps(json, DUMP_FLAGS);
	json_decref(json);
	ck_assert_ptr_nonnull(text);
	return text;
}

static struct evidence *parsed(const char *text)
{
	struct evidence *evidence = NULL;
	struct error error = {0};
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	ck_assert_ptr_nonnull(json);
	ck_assert_msg(evidence_from_json(json, &evidence, &error) == 0, "%s", error.text);
	json_decref(json);
	return evidence;
}

static void check_round_trip(const struct evidence *evidence)
{
	CLEANUP_FREE char *first = written(evidence), *second = NULL;
	CLEANUP_EVIDENCE struct evidence *back = parsed(first);

	second = written(back);
	ck_assert_str_eq(first, second);
}

START_TEST(full_evidence_comes_back)
{
	CLEANUP_EVIDENCE struct evidence *evidence = evidence_fixture_full();

	check_round_trip(evidence);
}
END_TEST

START_TEST(empty_evidence_comes_back)
{
	CLEANUP_EVIDENCE struct evidence *evidence = evidence_new();

	check_round_trip(evidence);
}
END_TEST

START_TEST(values_come_back)
{
	CLEANUP_EVIDENCE struct evidence *evidence = evidence_fixture_full();
	CLEANUP_FREE char *text = written(evidence);
	CLEANUP_EVIDENCE struct evidence *back = parsed(text);
	const struct ev_process *a = &evidence->processes[1], *b = &back->processes[1];

	ck_assert_uint_eq(back->n_processes, evidence->n_processes);
	ck_assert_str_eq(a->name, b->name);
	ck_assert_int_eq(a->state, b->state);
	ck_assert_uint_eq(a->umask, b->umask);
	ck_assert_uint_eq(b->caught, UINT64_MAX);
	ck_assert_uint_eq(b->limits[15].hard, UINT64_MAX);
	ck_assert_str_eq(a->fds[1].target, b->fds[1].target);
	ck_assert_int_eq(b->fds[1].planted, -1);
	ck_assert_uint_eq(b->n_groups, a->n_groups);
	ck_assert_uint_eq(b->groups[1], UINT32_MAX);
	ck_assert_str_eq(a->environment[0], b->environment[0]);
	ck_assert_str_eq(b->environment[1], "");
	ck_assert_ptr_null(b->environment[2]);
	ck_assert_uint_eq(back->launch.output_kept, evidence->launch.output_kept);
	ck_assert_mem_eq(back->launch.output, evidence->launch.output, back->launch.output_kept);
	ck_assert_uint_eq(back->pidfile.settled.size, evidence->pidfile.settled.size);
	ck_assert_int_eq(back->settle.at_us, INT64_MIN);
	ck_assert_int_eq(back->launch.outcome, EV_TOO_MUCH);
	ck_assert(back->truncated);
}
END_TEST

START_TEST(text_is_as_documented)
{
	CLEANUP_EVIDENCE struct evidence *evidence = evidence_fixture_launch();
	CLEANUP_FREE char *text = NULL;
	static const char *const parts[] = {
	    "{\n  \"kind\": \"daemonck-evidence\",\n  \"version\": 2,\n  \"host\": {\n",
	    "\"umask\": \"0022\"",
	    "\"name\": \"food\\\\x1b[2J\"",
	    "\"outcome\": \"returned\"",
	    "\"state\": \"S\"",
	    "\"blocked\": \"0x8000\"",
	    "\"hard\": \"18446744073709551615\"",
	    "out\\\\x00put\\\\x1b]0;x\\\\x07\\\\xc0\\\\xaf\\\\x0a",
	};

	evidence->processes[0].threads = calloc(1, sizeof(struct ev_thread));
	evidence->processes[0].n_threads = 1;
	evidence->processes[0].threads[0].blocked = 0x8000;
	evidence->processes[0].limits[7].hard = UINT64_MAX;
	text = written(evidence);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		ck_assert_msg(strstr(text, parts[i]), "%s is not in it", parts[i]);
	ck_assert_ptr_null(strstr(text, "null"));
	ck_assert_ptr_null(strchr(text, '\033'));
}
END_TEST

/* A good document with one thing changed: PATH leads to it, in JSON text the new value, or NULL to take it away. */
static const struct {
	const char *path[6];
	const char *value;
	const char *message;
} faults[] = {
    {{"kind"}, "\"other\"", "kind: expected \"daemonck-evidence\""},
    {{"kind"}, NULL, "kind: missing"},
    {{"version"}, "3", "version: expected 2, the version that this program reads"},
    {{"version"}, "\"1\"", "version: expected 2, the version that this program reads"},
    {{"truncated"}, NULL, "truncated: missing"},
    {{"truncated"}, "1", "truncated: expected true or false"},
    {{"truncted"}, "true", "evidence: unknown key \"truncted\"; did you mean \"truncated\"?"},
    {{"a\\nb-far-away"}, "true", "evidence: unknown key \"a\\\\nb-far-away\""},
    {{"processes"}, "{}", "processes: expected a list"},
    {{"processes", "1"}, "[]", "processes[1]: expected an object"},
    {{"processes", "0", "umsk"}, "\"0022\"", "processes[0]: unknown key \"umsk\"; did you mean \"umask\"?"},
    {{"processes", "0", "umask"}, "18", "processes[0].umask: expected an octal number in a string, as in \"0022\""},
    {{"processes", "0", "umask"}, "\"22\"", "processes[0].umask: expected an octal number in a string, as in \"0022\""},
    {{"processes", "0", "umask"},
     "\"0082\"",
     "processes[0].umask: expected an octal number in a string, as in \"0022\""},
    {{"processes", "0", "umask"},
     "\"0777777777777\"",
     "processes[0].umask: expected an octal number in a string, as in \"0022\""},
    {{"processes", "0", "pid"}, "2147483648", "processes[0].pid: expected an integer from -1 to 2147483647"},
    {{"processes", "0", "pid"}, "1.0", "processes[0].pid: expected an integer from -1 to 2147483647"},
    {{"processes", "0", "nice"}, "20", "processes[0].nice: expected an integer from -20 to 19"},
    {{"processes", "0", "state"}, "\"SS\"", "processes[0].state: expected at most 1 bytes"},
    {{"processes", "0", "name"}, "7", "processes[0].name: expected a string"},
    {{"processes", "0", "name"}, "\"a\\\\x00b\"", "processes[0].name: expected a string without NUL bytes"},
    {{"processes", "0", "name"},
     "\"\\\\x41\"",
     "processes[0].name: expected text escaped as daemonck writes it (\\\\ for a backslash, \\xNN for a byte that is "
     "not printable)"},
    {{"processes", "0", "argv"}, "\"x\"", "processes[0].argv: expected a list"},
    {{"processes", "0", "argv"}, "[\"x\", null]", "processes[0].argv[1]: expected a string"},
    {{"processes", "0", "caught"},
     "15",
     "processes[0].caught: expected a hexadecimal number in a string, as in \"0x1f\""},
    {{"processes", "0", "caught"},
     "\"0x\"",
     "processes[0].caught: expected a hexadecimal number in a string, as in \"0x1f\""},
    {{"processes", "0", "caught"},
     "\"0x1ffffffffffffffff\"",
     "processes[0].caught: expected a hexadecimal number in a string, as in \"0x1f\""},
    {{"processes", "0", "limits"}, "[]", "processes[0].limits: expected a list of 16 entries"},
    {{"processes", "0", "limits", "3", "soft"},
     "-1",
     "processes[0].limits[3].soft: expected an integer from 0 to 18446744073709551615, or its digits as a string"},
    {{"processes", "0", "limits", "3", "soft"},
     "\"18446744073709551616\"",
     "processes[0].limits[3].soft: expected an integer from 0 to 18446744073709551615, or its digits as a string"},
    {{"processes", "0", "groups"}, "[4294967296]", "processes[0].groups[0]: expected an integer from 0 to 4294967295"},
    {{"processes", "0", "fds"},
     "[{\"number\": -1, \"file\": {}, \"flags\": \"0000\", \"locked\": false, \"planted\": -1}]",
     "processes[0].fds[0].number: expected an integer from 0 to 2147483647"},
    {{"processes", "0", "cwd_file", "mode"}, NULL, "processes[0].cwd_file.mode: missing"},
    {{"launch", "outcome"},
     "\"gone\"",
     "launch.outcome: expected one of \"returned\", \"stayed\", \"no-command\", \"restless\", \"never\", \"too-many\", "
     "\"too-much\""},
    {{"settle"}, "null", "settle: expected an object"},
    {{"settle", "at_us"}, "true", "settle.at_us: expected an integer from -9223372036854775808 to 9223372036854775807"},
};

/* What PATH's last key hangs from. */
static json_t *holder_of(json_t *json, const char *const path[6], const char **ret_key)
{
	size_t i = 0;

	for (; path[i + 1]; i++)
		json =
		    json_is_array(json) ? json_array_get(json, (size_t)atoi(path[i])) : json_object_get(json, path[i]);
	*ret_key = path[i];
	return json;
}

START_TEST(faults_are_refused_with_their_place)
{
	CLEANUP_EVIDENCE struct evidence *evidence = evidence_fixture_launch(), *back = NULL;
	json_t *json = evidence_to_json(evidence), *holder, *value = NULL;
	struct error error = {0};
	const char *key;

	holder = holder_of(json, faults[_i].path, &key);
	ck_assert_ptr_nonnull(holder);
	if (faults[_i].value) {
		value = json_loads(faults[_i].value, JSON_DECODE_ANY, NULL);
		ck_assert_ptr_nonnull(value);
	}
	if (!value)
		ck_assert_int_eq(json_object_del(holder, key), 0);
	else if (json_is_array(holder))
		ck_assert_int_eq(json_array_set_new(holder, (size_t)atoi(key), value), 0);
	else
		ck_assert_int_eq(json_object_set_new(holder, key, value), 0);
	ck_assert_int_eq(evidence_from_json(json, &back, &error), -EINVAL);
	ck_assert_int_eq(error.status, -EINVAL);
	ck_assert_str_eq(error.text, faults[_i].message);
	ck_assert_ptr_null(back);
	json_decref(json);
}
END_TEST

START_TEST(too_many_entries_are_refused)
{
	CLEANUP_EVIDENCE struct evidence *evidence = evidence_new(), *back = NULL;
	json_t *json = evidence_to_json(evidence), *many = json_array();
	struct error error = {0};

	for (int i = 0; i <= EVIDENCE_PROCESSES_MAX; i++)
		ck_assert_int_eq(json_array_append_new(many, json_object()), 0);
	ck_assert_int_eq(json_object_set_new(json, "processes", many), 0);
	ck_assert_int_eq(evidence_from_json(json, &back, &error), -EINVAL);
	ck_assert_str_eq(error.text, "processes: expected at most 4096 entries, not 4097");
	json_decref(json);
}
END_TEST

START_TEST(too_much_output_is_refused)
{
	CLEANUP_EVIDENCE struct evidence *evidence = evidence_new(), *back = NULL;
	CLEANUP_FREE char *output = malloc(EVIDENCE_OUTPUT_MAX + 2);
	json_t *json = evidence_to_json(evidence);
	struct error error = {0};

	memset(output, 'x', EVIDENCE_OUTPUT_MAX + 1);
	output[EVIDENCE_OUTPUT_MAX + 1] = '\0';
	ck_assert_int_eq(json_object_set_new(json_object_get(json, "launch"), "output", json_string(output)), 0);
	ck_assert_int_eq(evidence_from_json(json, &back, &error), -EINVAL);
	ck_assert_str_eq(error.text, "launch.output: expected at most 65536 bytes");
	json_decref(json);
}
END_TEST

START_TEST(no_object_is_refused)
{
	CLEANUP_EVIDENCE struct evidence *back = NULL;
	struct error error = {0};
	json_t *json = json_array();

	ck_assert_int_eq(evidence_from_json(json, &back, &error), -EINVAL);
	ck_assert_str_eq(error.text, "evidence: expected an object");
	json_decref(json);
	ck_assert_int_eq(evidence_from_json(NULL, &back, NULL), -EINVAL);
}
END_TEST

Suite *evidence_json_suite(void)
{
	Suite *suite = suite_create("evidence/json");
	TCase *cases = tcase_create("json");

	tcase_add_test(cases, full_evidence_comes_back);
	tcase_add_test(cases, empty_evidence_comes_back);
	tcase_add_test(cases, values_come_back);
	tcase_add_test(cases, text_is_as_documented);
	tcase_add_loop_test(cases, faults_are_refused_with_their_place, 0, (int)(sizeof(faults) / sizeof(*faults)));
	tcase_add_test(cases, too_many_entries_are_refused);
	tcase_add_test(cases, too_much_output_is_refused);
	tcase_add_test(cases, no_object_is_refused);
	suite_add_tcase(suite, cases);
	return suite;
}
