/* Candidate files that do not load, and the exact message for each. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "engine/candidate.h"

Suite *candidate_refused_suite(void);

#define AT "x.yaml:"

static const struct {
	const char *content, *message;
} REFUSED[] = {
    {"", AT "1: the file is empty"},
    {"[a]\n", AT "1: expected a mapping with keys such as command, pidfile, ready, stop; found a list"},
    {"a\n", AT "1: expected a mapping with keys such as command, pidfile, ready, stop; found a single value"},
    {"name: x\n---\nname: y\n", AT "2: a candidate file is a single YAML document"},
    {"--- {name: x}\n--- {name: y}\n", AT "2: a candidate file is a single YAML document"},
    {"? [a]\n: b\n", AT "1: a key must be a single word"},
    {"name: &a x\nuser: *a\n", AT "2: user: aliases are not supported"},
    {"command: [x\n", AT "1: not valid YAML: did not find expected ',' or ']'"},
    {"name: a\x01"
     "b\n",
     AT "1: the control character 01"},
    {"name: a\xff\n", AT "1: not valid UTF-8"},

    /* Keys. */
    {"name: x\n\ncomand: [x]\n", AT "3: unknown key 'comand'; did you mean 'command'?"},
    {"name: x\nstop:\n  signal: TERM\n  sginal: x\n",
     AT "4: unknown key 'sginal' under 'stop'; did you mean 'signal'?"},
    {"# sginal\nstop: {sginal: TERM}\n", AT "2: unknown key 'sginal' under 'stop'; did you mean 'signal'?"},
    {"files:\n- path: /a\n- path: /b\n  pahts: 1\n",
     AT "4: unknown key 'pahts' under 'files[1]'; did you mean 'path'?"},
    {"signals: {HUPP: lives}\n", AT "1: unknown key 'HUPP' under 'signals'; did you mean 'HUP'?"},
    {"signals: {KILL: stops}\n", AT "1: unknown key 'KILL' under 'signals'; did you mean 'ILL'?"},
    {"reload:\n  break:\n    path: /a\n    content: b\n    mode: '0644'\n",
     AT "5: unknown key 'mode' under 'reload.break'"},
    {"\"\\e[31m\": x\n", AT "1: unknown key '\\x1b[31m'"},
    {"user: a\nname: x\nuser: b\n", AT "3: the key 'user' stands here a second time"},
    {"ready:\n- port: 1\n- port: 2\n  port: 3\n", AT "4: the key 'port' stands here a second time"},
    {"files:\n- path: /a\n\n- content: x\n", AT "4: the key 'path' is missing under 'files[1]'"},
    {"log: {path: /a}\n", AT "1: the key 'signal' is missing under 'log'"},
    {"request: {port: 80}\n", AT "1: the key 'send' is missing under 'request'"},
    {"fails: [{name: x}]\n", AT "1: the key 'file' is missing under 'fails[0]'"},
    {"name: x\nfails:\n- name: x\n  file: {path: /a}\n", AT "4: the key 'content' is missing under 'fails[0].file'"},

    /* Types, lengths. */
    {"command: nginx -g x\n", AT "1: command: expected a list, found a single value"},
    {"command: []\n", AT "1: command: needs at least one entry"},
    {"name:\n", AT "1: name: must not be empty"},
    {"name: {a: b}\n", AT "1: name: expected a text, found a mapping"},
    {"name: 01234567890123456789012345678901234567890123456789012345678901234\n", AT "1: name: is too long"},
    {"setup: [a, '']\n", AT "1: setup[1]: must not be empty"},
    {"command:\n- a\n- [b]\n", AT "3: command[1]: expected a text, found a list"},
    {"stop: TERM\n", AT "1: stop: expected a mapping, found a single value"},
    {"stop:\n  signal: [TERM]\n", AT "2: stop.signal: expected a text, found a list"},
    {"ready: {port: 80}\n", AT "1: ready: expected a list, found a mapping"},
    {"name: \"a\\0b\"\n", AT "1: a text must not hold a NUL"},
    {"files:\n- path: /a\n  content: \"a\\x00\"\n", AT "3: a text must not hold a NUL"},
    {"files:\n- path: /a\n  content: \"\\u0000\"\n", AT "3: a text must not hold a NUL"},

    /* Words. */
    {"style: fork\n", AT "1: style: expected forks or stays, found 'fork'"},
    {"style: 1\n", AT "1: style: expected forks or stays, found '1'"},
    {"second: fails\n", AT "1: second: expected refused, succeeds or runs, found 'fails'"},
    {"privileged: yes\n", AT "1: privileged: expected true or false, found 'yes'"},
    {"signals:\n  HUP: lives\n  INT: dies\n", AT "3: signals.INT: expected lives or stops, found 'dies'"},
    {"ready: [{notify: 1}]\n", AT "1: ready[0].notify: expected true or false, found '1'"},
    {"signals: {HUP: lives, SIGHUP: lives}\n", AT "1: signals: HUP and SIGHUP are the same signal"},

    /* Forms. */
    {"name: x\ndirectory: srv\n", AT "2: directory: expected an absolute path, found 'srv'"},
    {"pidfile: run/x.pid\n", AT "1: pidfile: expected an absolute path, found 'run/x.pid'"},
    {"files:\n- path: /a\n-\n  path: b\n", AT "4: files[1].path: expected an absolute path, found 'b'"},
    {"files:\n- path: /a\n  mode: '0688'\n",
     AT "3: files[0].mode: expected an octal number from 0000 to 7777, found '0688'"},
    {"environment: [A=b, '=b']\n", AT "1: environment[1]: expected NAME=VALUE, found '=b'"},
    {"environment:\n- A=b\n- AB\n", AT "3: environment[1]: expected NAME=VALUE, found 'AB'"},
    {"profile: svsv\n",
     AT "1: profile: expected a built-in profile or a YAML file, found 'svsv'; did you mean 'sysv'?"},
    {"stop: {signal: TREM}\n",
     AT "1: stop.signal: expected a signal that can be handled, such as TERM or SIGUSR1, found 'TREM'; did you mean "
        "'TERM'?"},
    {"stop: {signal: SIGKILL}\n",
     AT "1: stop.signal: expected a signal that can be handled, such as TERM or SIGUSR1, found 'SIGKILL'"},
    {"stop: {signal: 15}\n",
     AT "1: stop.signal: expected a signal that can be handled, such as TERM or SIGUSR1, found '15'"},
    {"stop: {within: soon}\n",
     AT "1: stop.within: expected a time such as 0.5, 500ms, 3s or 1min, up to a day, found 'soon'"},
    {"stop: {within: 0}\n",
     AT "1: stop.within: expected a time such as 0.5, 500ms, 3s or 1min, up to a day, found '0'"},
    {"watchdog: 25h\n", AT "1: watchdog: expected a time such as 0.5, 500ms, 3s or 1min, up to a day, found '25h'"},
    {"stop: {status: 256}\n", AT "1: stop.status: expected an exit status from 0 to 255, found '256'"},
    {"stop: {status: -1}\n", AT "1: stop.status: expected an exit status from 0 to 255, found '-1'"},
    {"ready:\n- port: 80\n- port: 0\n", AT "3: ready[1].port: expected a port from 1 to 65535, found '0'"},
    {"ready: [{port: 65536}]\n", AT "1: ready[0].port: expected a port from 1 to 65535, found '65536'"},
    {"ready: [{port: http}]\n", AT "1: ready[0].port: expected a port from 1 to 65535, found 'http'"},
    {"ready: [{tcp: '127.0.0.1'}]\n",
     AT "1: ready[0].tcp: expected an address and a port such as 127.0.0.1:80 or [::1]:80, found '127.0.0.1'"},
    {"ready: [{tcp: '127.0.0.256:80'}]\n",
     AT "1: ready[0].tcp: expected an address and a port such as 127.0.0.1:80 or [::1]:80, found '127.0.0.256:80'"},
    {"ready: [{udp: '[::g]:80'}]\n",
     AT "1: ready[0].udp: expected an address and a port such as 127.0.0.1:80 or [::1]:80, found '[::g]:80'"},
    {"ready: [{tcp: '[::1]:0'}]\n",
     AT "1: ready[0].tcp: expected an address and a port such as 127.0.0.1:80 or [::1]:80, found '[::1]:0'"},
    {"ready: [{socket: x.sock}]\n", AT "1: ready[0].socket: expected an absolute path or @NAME, found 'x.sock'"},
    {"ready: [{s6: 2}]\n", AT "1: ready[0].s6: expected the number of a descriptor from 3 to 1023, found '2'"},
    {"workers: {count: many}\n", AT "1: workers.count: expected a number from 0 to 4096, found 'many'"},
    {"request: {address: '127.0.0.1:80', send: x}\n",
     AT "1: request.address: expected an address such as \"tcp 127.0.0.1:80\" or \"unix /run/x.sock\", found "
        "'127.0.0.1:80'"},
    {"request: {address: {port: 80}, send: x}\n", AT "1: request.address: expected a text, found a mapping"},
    {"request:\n  port: 80\n  send: x\n  drains: [TERM, TERMS]\n",
     AT "4: request.drains[1]: expected a signal that can be handled, such as TERM or SIGUSR1, found 'TERMS'; did you "
        "mean 'TERM'?"},
    {"watchdog: \"\\e[31m\"\n",
     AT "1: watchdog: expected a time such as 0.5, 500ms, 3s or 1min, up to a day, found '\\x1b[31m'"},

    /* What goes together. */
    {"profile: sysv\nstyle: forks\n", AT "1: expected no more than one of profile, style; found profile, style"},
    {"ready:\n- port: 80\n- port: 80\n  tcp: '127.0.0.1:80'\n",
     AT "3: ready[1]: expected just one of port, tcp, udp, socket, file, notify, s6; found port, tcp"},
    {"ready: [{}]\n", AT "1: ready[0]: expected just one of port, tcp, udp, socket, file, notify, s6; found none"},
    {"files: [{path: /a, content: x, directory: true}]\n",
     AT "1: files[0]: expected no more than one of content, directory; found content, directory"},
    {"workers: {}\n", AT "1: workers: expected one of name, count; found none"},
    {"request: {send: x}\n", AT "1: request: expected just one of port, address; found none"},
    {"request: {send: x, port: 80, address: 'tcp 127.0.0.1:80'}\n",
     AT "1: request: expected just one of port, address; found port, address"},
};

enum { N_REFUSED = sizeof(REFUSED) / sizeof(REFUSED[0]) };

START_TEST(is_refused)
{
	struct candidate *candidate = NULL;
	struct error error = {0};
	int r = candidate_parse("x.yaml", REFUSED[_i].content, strlen(REFUSED[_i].content), &candidate, &error);

	ck_assert_str_eq(error.text, REFUSED[_i].message);
	ck_assert_int_eq(r, -EINVAL);
	ck_assert_int_eq(error.status, -EINVAL);
	ck_assert_ptr_null(candidate);
}
END_TEST

/* HEAD, then so many times ENTRY. */
static char *repeated(const char *head, const char *entry, size_t times)
{
	char *text = malloc(strlen(head) + strlen(entry) * times + 1);

	ck_assert_ptr_nonnull(text);
	strcpy(text, head);
	for (size_t i = 0, length = strlen(head); i < times; i++, length += strlen(entry))
		strcpy(text + length, entry);
	return text;
}

/* As many as there may be, and one more. */
static const struct {
	const char *head, *entry;
	size_t most;
	const char *message;
} BOUNDS[] = {
    {"command:\n", "- a\n", 1024, AT "1026: command: has too many entries"},
    {"environment:\n", "- A=b\n", 1024, AT "1026: environment: has too many entries"},
    {"files:\n", "- path: /a\n", 64, AT "66: files: has too many entries"},
    {"setup:\n", "- a\n", 64, AT "66: setup: has too many entries"},
    {"ready:\n", "- file: /a\n", 64, AT "66: ready: has too many entries"},
    {"fails:\n", "- {name: a, file: {path: /a, content: b}}\n", 16, AT "18: fails: has too many entries"},
    {"pidfile: /", "a", 999, AT "1: pidfile: is too long"},
    {"ready:\n- socket: /", "a", 106, AT "2: ready[0].socket: is too long"},
    {"user: ", "a", 256, AT "1: user: is too long"},
    {"setup:\n- ", "a", 65536, AT "2: setup[0]: is too long"},
};

enum { N_BOUNDS = sizeof(BOUNDS) / sizeof(BOUNDS[0]) };

START_TEST(is_bounded)
{
	char *most = repeated(BOUNDS[_i].head, BOUNDS[_i].entry, BOUNDS[_i].most);
	char *more = repeated(BOUNDS[_i].head, BOUNDS[_i].entry, BOUNDS[_i].most + 1);
	struct candidate *candidate = NULL, *none = NULL;
	struct error error = {0};

	ck_assert_int_eq(candidate_parse("x.yaml", most, strlen(most), &candidate, &error), 0);
	ck_assert_int_eq(candidate_parse("x.yaml", more, strlen(more), &none, &error), -EINVAL);
	ck_assert_str_eq(error.text, BOUNDS[_i].message);
	ck_assert_ptr_null(none);
	candidate_free(candidate);
	free(most);
	free(more);
}
END_TEST

START_TEST(raw_nul_is_refused)
{
	struct candidate *candidate = NULL;
	struct error error = {0};

	ck_assert_int_eq(candidate_parse("x.yaml", "name: m\0x\n", 10, &candidate, &error), -EINVAL);
	ck_assert_str_eq(error.text, AT "1: the control character 00");
}
END_TEST

START_TEST(missing_is_refused)
{
	struct candidate *candidate = NULL;
	struct error error = {0};

	ck_assert_int_eq(candidate_load("/no/such.yaml", &candidate, &error), -EINVAL);
	ck_assert_str_eq(error.text, "cannot read the candidate file /no/such.yaml: No such file or directory");
	ck_assert_int_eq(candidate_load("/", &candidate, &error), -EINVAL);
	ck_assert_str_eq(error.text, "cannot read the candidate file /: Is a directory");
	ck_assert_int_eq(candidate_load("/dev/zero", &candidate, &error), -EINVAL);
	ck_assert_str_eq(error.text, "/dev/zero: a candidate file is no larger than 1 MiB");
	ck_assert_int_eq(candidate_load("/", &candidate, NULL), -EINVAL);
	ck_assert_ptr_null(candidate);
}
END_TEST

Suite *candidate_refused_suite(void)
{
	Suite *suite = suite_create("candidate files: bad ones");
	TCase *tcase = tcase_create("all");

	tcase_add_loop_test(tcase, is_refused, 0, N_REFUSED);
	tcase_add_loop_test(tcase, is_bounded, 0, N_BOUNDS);
	tcase_add_test(tcase, raw_nul_is_refused);
	tcase_add_test(tcase, missing_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
