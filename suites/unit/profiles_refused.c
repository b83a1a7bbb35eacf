/* Profiles that do not load, and the exact message for each. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/profiles.h"
#include "probes/probe.h"
#include "profiles_file.h"

#define AT "profile.yaml:"

static const struct {
	const char *content, *message;
} REFUSED[] = {
    {"", AT "1: the file is empty"},
    {"# only a comment\n", AT "1: the file is empty"},
    {"[a]\n", AT "1: expected a mapping with name, title, summary, style, require; found a list"},
    {"word\n", AT "1: expected a mapping with name, title, summary, style, require; found a single value"},
    {PROFILE_HEAD, AT "1: the key 'require' is missing"},
    {"title: T\nsummary: S\nstyle: forks\nrequire: []\n", AT "1: the key 'name' is missing"},
    {PROFILE_GOOD "requires: []\n", AT "6: unknown key 'requires'; did you mean 'require'?"},
    {PROFILE_GOOD "colour: red\n", AT "6: unknown key 'colour'"},
    {PROFILE_GOOD "require: []\n", AT "6: the key 'require' stands here a second time"},
    {PROFILE_GOOD "accept:\n  umaks: [\"0\"]\n", AT "7: unknown key 'umaks' under 'accept'; did you mean 'umask'?"},
    {"name: Mine\ntitle: T\nsummary: S\nstyle: forks\nrequire: []\n",
     AT "1: name: expected lower-case letters, digits and dashes"},
    {"name: ''\ntitle: T\nsummary: S\nstyle: forks\nrequire: []\n", AT "1: name: must not be empty"},
    {"name: mine\ntitle: [T]\nsummary: S\nstyle: forks\nrequire: []\n", AT "2: title: expected a text, found a list"},
    {"name: mine\ntitle: T\nsummary: S\nstyle: fork\nrequire: []\n",
     AT "4: style: expected forks or stays, found 'fork'"},
    {"name: mine\ntitle: T\nsummary: S\nstyle: 0\nrequire: []\n", AT "4: style: expected forks or stays, found '0'"},
    {PROFILE_HEAD "require: launch.returns\n", AT "5: require: expected a list, found a single value"},
    {PROFILE_HEAD "require:\n  - launch.returns\n  - detach.own-sesion\n",
     AT "7: require: no probe is called 'detach.own-sesion'; did you mean 'detach.own-session'?"},
    {PROFILE_HEAD "require: [own-session]\n",
     AT "5: require: no probe is called 'own-session'; did you mean 'detach.own-session'?"},
    {PROFILE_GOOD "note:\n- 0\n", AT "7: note: no probe is called '0'"},
    {PROFILE_GOOD "note: [\"\\e[31m\"]\n", AT "6: note: no probe is called '\\x1b[31m'"},
    {PROFILE_GOOD "note:\n  - launch.returns\n", AT "7: 'launch.returns' is both required and noted"},
    {PROFILE_HEAD "require:\n  - fs.cwd\n  - fs.umask\n  - fs.cwd # fs.cwd\n# fs.cwd\n",
     AT "8: 'fs.cwd' stands here a second time"},
    {PROFILE_GOOD "accept: all\n", AT "6: accept: expected a mapping, found a single value"},
    {PROFILE_GOOD "accept: {umask: []}\n", AT "6: umask: needs at least one entry"},
    {PROFILE_GOOD "accept:\n  umask: [\"0000\", \"1000\"]\n",
     AT "7: umask: expected an octal number from 0000 to 0777, found '1000'"},
    {PROFILE_GOOD "accept:\n  umask:\n  - 0000\n  - 089\n",
     AT "9: umask: expected an octal number from 0000 to 0777, found '089'"},
    {PROFILE_GOOD "accept: {cwd: ours}\n", AT "6: cwd: expected own or any, found 'ours'"},
    {PROFILE_GOOD "accept:\n  directories: [/var, lib/x]\n",
     AT "7: directories: expected an absolute path, found 'lib/x'"},
    {PROFILE_GOOD "accept:\n  stdio: null\n", AT "7: stdio: expected a list, found a single value"},
    {PROFILE_GOOD "accept:\n  stdio: []\n", AT "7: stdio: needs at least one entry"},
    {PROFILE_GOOD "accept:\n  stdio: [null, file]\n",
     AT "7: stdio: expected some of null, log, socket, pipe, terminal, found 'file'"},
    {PROFILE_GOOD "accept:\n  session-leader: maybe\n", AT "7: session-leader: expected true or false, found 'maybe'"},
    {PROFILE_GOOD "---\n" PROFILE_GOOD, AT "6: a profile is a single YAML document"},
    {PROFILE_GOOD "...\n", AT "6: a profile is a single YAML document"},
    {"name: &a mine\ntitle: *a\nsummary: S\nstyle: forks\nrequire: []\n", AT "2: title: aliases are not supported"},
    {PROFILE_HEAD "require: [launch.returns\n", AT "5: not valid YAML: did not find expected ',' or ']'"},
    {"name: mine\n\ttitle: T\n", AT "1: not valid YAML: found a tab character that violates indentation"},
    {"name: mine\ntitle: a\x01"
     "b\n",
     AT "2: the control character 01"},
    {"name: mine\ntitle: a\xff\n", AT "2: not valid UTF-8"},
};

enum { N_REFUSED = sizeof(REFUSED) / sizeof(REFUSED[0]) };

START_TEST(is_refused)
{
	struct profile *profile = NULL;
	struct error error = {0};
	int r = profiles_try(REFUSED[_i].content, strlen(REFUSED[_i].content), &profile, &error);

	ck_assert_int_eq(r, -EINVAL);
	ck_assert_int_eq(error.status, -EINVAL);
	ck_assert_str_eq(error.text, REFUSED[_i].message);
	ck_assert_ptr_null(profile);
}
END_TEST

START_TEST(nul_is_refused)
{
	struct profile *profile = NULL;
	struct error error = {0};

	ck_assert_int_eq(profiles_try("name: m\0x\n", 10, &profile, &error), -EINVAL);
	ck_assert_str_eq(error.text, AT "1: the control character 00");
}
END_TEST

START_TEST(too_large_is_refused)
{
	size_t size = 1024 * 1024 + 1;
	char *content = malloc(size);
	struct profile *profile = NULL;
	struct error error = {0};

	ck_assert_ptr_nonnull(content);
	memset(content, '#', size);
	ck_assert_int_eq(profiles_try(content, size, &profile, &error), -EINVAL);
	ck_assert_str_eq(error.text, "profile.yaml: a profile is no larger than 1 MiB");
	free(content);
}
END_TEST

static const struct {
	const char *name, *message;
} UNKNOWN[] = {
    {"svsv", "no profile is called 'svsv'; did you mean 'sysv'?"},
    {"steven", "no profile is called 'steven'; did you mean 'stevens'?"},
    {"something-else", "no profile is called 'something-else'"},
    {"", "no profile is called ''"},
    {"\xff", "no profile is called '\\xff'"},
    {"./missing.yaml", "cannot read the profile ./missing.yaml: No such file or directory"},
    {"missing.yaml", "cannot read the profile missing.yaml: No such file or directory"},
    {"/", "cannot read the profile /: Is a directory"},
};

enum { N_UNKNOWN = sizeof(UNKNOWN) / sizeof(UNKNOWN[0]) };

START_TEST(is_unknown)
{
	struct profile *profile = NULL;
	struct error error = {0};

	ck_assert_int_eq(profiles_load(UNKNOWN[_i].name, &profile, &error), -EINVAL);
	ck_assert_int_eq(error.status, -EINVAL);
	ck_assert_str_eq(error.text, UNKNOWN[_i].message);
	ck_assert_ptr_null(profile);
	ck_assert_int_eq(profiles_load(UNKNOWN[_i].name, &profile, NULL), -EINVAL);
}
END_TEST

Suite *profiles_refused_suite(void)
{
	Suite *suite = suite_create("profiles: bad ones");
	TCase *tcase = tcase_create("all");

	tcase_add_loop_test(tcase, is_refused, 0, N_REFUSED);
	tcase_add_test(tcase, nul_is_refused);
	tcase_add_test(tcase, too_large_is_refused);
	tcase_add_loop_test(tcase, is_unknown, 0, N_UNKNOWN);
	suite_add_tcase(suite, tcase);
	return suite;
}
