/* Profiles that load: the built-in ones, and what a file may say. */
#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "engine/profiles.h"
#include "probes/probe.h"
#include "profiles_file.h"

/* Those of daemons that fork away come first. */
static const char *const EXPECTED[] = {"sysv", "bsd",    "stevens", "unix-faq", "ruby", "forking",
                                       "lsb",  "strict", "simple",  "notify",   "s6",   "pid1"};
enum { N_EXPECTED = sizeof(EXPECTED) / sizeof(EXPECTED[0]), FIRST_THAT_STAYS = 8 };

static enum profile_need need_of(const struct profile *profile, const char *id)
{
	for (size_t i = 0; i < N_PROBES; i++) {
		if (strcmp(PROBES[i]->id, id) == 0)
			return profile->needs[i];
	}
	ck_abort_msg("no probe is called %s", id);
	return NEED_NONE;
}

START_TEST(names_are_in_order)
{
	const char *const *names = profiles_names();

	for (size_t i = 0; i < N_EXPECTED; i++)
		ck_assert_str_eq(names[i], EXPECTED[i]);
	ck_assert_ptr_null(names[N_EXPECTED]);
}
END_TEST

START_TEST(loads)
{
	const char *name = EXPECTED[_i];
	CLEANUP_PROFILE struct profile *profile = NULL;
	struct error error = {0};
	size_t required = 0;

	ck_assert_msg(profiles_load(name, &profile, &error) == 0, "%s", error.text);
	ck_assert_str_eq(profile->name, name);
	ck_assert_uint_gt(strlen(profile->title), 0);
	ck_assert_uint_gt(strlen(profile->summary), 0);
	ck_assert_uint_eq(profile->n_needs, N_PROBES);
	for (size_t i = 0; i < N_PROBES; i++)
		required += profile->needs[i] == NEED_REQUIRE;
	ck_assert_uint_gt(required, 0);
	ck_assert_ptr_nonnull(profile->directories);
	ck_assert_uint_ne(profile->stdio, 0);
	ck_assert_int_eq(profile->style, _i >= FIRST_THAT_STAYS ? PROFILE_STAYS : PROFILE_FORKS);
}
END_TEST

/* A requirement that no profile knows would never be judged. */
START_TEST(every_probe_is_asked_for)
{
	for (size_t probe = 0; probe < N_PROBES; probe++) {
		bool asked = false;

		for (size_t i = 0; i < N_EXPECTED; i++) {
			CLEANUP_PROFILE struct profile *profile = NULL;

			ck_assert_int_eq(profiles_load(EXPECTED[i], &profile, NULL), 0);
			asked |= profile->needs[probe] != NEED_NONE;
		}
		ck_assert_msg(asked, "no profile asks for %s", PROBES[probe]->id);
	}
}
END_TEST

static const struct {
	const char *profile, *id;
	enum profile_need need;
} NEEDS[] = {
    {"sysv", "detach.hangup-race", NEED_NOTE},      {"sysv", "signals.int-quit", NEED_NOTE},
    {"sysv", "fds.close-cost", NEED_NOTE},          {"sysv", "pidfile.never-empty", NEED_NOTE},
    {"sysv", "env.inherited-limits", NEED_NOTE},    {"sysv", "launch.no-sleep-sync", NEED_REQUIRE},
    {"sysv", "ready.foreground", NEED_NONE},        {"bsd", "launch.no-sleep-sync", NEED_NOTE},
    {"bsd", "detach.not-leader", NEED_NONE},        {"bsd", "fds.closed-at-start", NEED_REQUIRE},
    {"ruby", "signals.int-quit", NEED_REQUIRE},     {"forking", "launch.failure-reported", NEED_REQUIRE},
    {"lsb", "lsb.actions", NEED_REQUIRE},           {"forking", "lsb.actions", NEED_NONE},
    {"strict", "detach.hangup-race", NEED_REQUIRE}, {"strict", "env.inherited-limits", NEED_NOTE},
    {"simple", "ready.foreground", NEED_REQUIRE},   {"simple", "ready.notify", NEED_NONE},
    {"notify", "ready.notify", NEED_REQUIRE},       {"s6", "ready.s6", NEED_REQUIRE},
    {"pid1", "pid1.reaps", NEED_REQUIRE},           {"pid1", "detach.own-session", NEED_NONE},
};

START_TEST(needs)
{
	CLEANUP_PROFILE struct profile *profile = NULL;

	ck_assert_int_eq(profiles_load(NEEDS[_i].profile, &profile, NULL), 0);
	ck_assert_msg(need_of(profile, NEEDS[_i].id) == NEEDS[_i].need, "%s in %s", NEEDS[_i].id, NEEDS[_i].profile);
}
END_TEST

/* The best of many, so that a busy machine does not fail it. */
START_TEST(loads_well_under_a_millisecond)
{
	int64_t best = INT64_MAX;

	for (int i = 0; i < 200; i++) {
		CLEANUP_PROFILE struct profile *profile = NULL;
		int64_t begin = clock_now_us(), took;

		ck_assert_int_eq(profiles_load("strict", &profile, NULL), 0);
		took = clock_now_us() - begin;
		best = took < best ? took : best;
	}
	ck_assert_int_lt(best, 1000);
}
END_TEST

START_TEST(defaults)
{
	CLEANUP_PROFILE struct profile *profile = NULL;
	struct error error = {0};
	int r = profiles_try(PROFILE_GOOD, strlen(PROFILE_GOOD), &profile, &error);

	ck_assert_msg(r == 0, "%s", error.text);
	ck_assert_int_eq(profile->style, PROFILE_FORKS);
	ck_assert_uint_eq(profile->n_umasks, 0);
	ck_assert(!profile->any_directory);
	ck_assert_ptr_null(profile->directories[0]);
	ck_assert_uint_eq(profile->stdio, STDIO_NULL);
	ck_assert(!profile->leader_ok);
	ck_assert_int_eq(need_of(profile, "launch.returns"), NEED_REQUIRE);
	ck_assert_int_eq(need_of(profile, "detach.no-tty"), NEED_NONE);
}
END_TEST

START_TEST(everything)
{
	static const char TEXT[] =
	    "# a comment\n---\nname: mine-2\ntitle: Größe\nsummary: >-\n  Two\n  lines.\nstyle: stays\n"
	    "require: []\nnote:\n  - detach.no-tty\naccept:\n  umask: [\"0000\", 0027, '077']\n"
	    "  cwd: any\n  directories: [/var/lib, /srv]\n"
	    "  stdio: [null, log, socket, pipe, terminal]\n  session-leader: true\n";
	CLEANUP_PROFILE struct profile *profile = NULL;
	struct error error = {0};
	int r = profiles_try(TEXT, strlen(TEXT), &profile, &error);

	ck_assert_msg(r == 0, "%s", error.text);
	ck_assert_str_eq(profile->name, "mine-2");
	ck_assert_str_eq(profile->title, "Größe");
	ck_assert_str_eq(profile->summary, "Two lines.");
	ck_assert_int_eq(profile->style, PROFILE_STAYS);
	ck_assert_int_eq(need_of(profile, "detach.no-tty"), NEED_NOTE);
	ck_assert_uint_eq(profile->n_umasks, 3);
	ck_assert_uint_eq(profile->umasks[0], 0);
	ck_assert_uint_eq(profile->umasks[1], 027);
	ck_assert_uint_eq(profile->umasks[2], 077);
	ck_assert(profile->any_directory);
	ck_assert_str_eq(profile->directories[0], "/var/lib");
	ck_assert_str_eq(profile->directories[1], "/srv");
	ck_assert_ptr_null(profile->directories[2]);
	ck_assert_uint_eq(profile->stdio, STDIO_NULL | STDIO_LOG | STDIO_SOCKET | STDIO_PIPE | STDIO_TERMINAL);
	ck_assert(profile->leader_ok);
}
END_TEST

Suite *profiles_builtin_suite(void)
{
	Suite *suite = suite_create("profiles: good ones");
	TCase *tcase = tcase_create("all");

	tcase_add_test(tcase, names_are_in_order);
	tcase_add_loop_test(tcase, loads, 0, N_EXPECTED);
	tcase_add_test(tcase, every_probe_is_asked_for);
	tcase_add_loop_test(tcase, needs, 0, sizeof(NEEDS) / sizeof(NEEDS[0]));
	tcase_add_test(tcase, loads_well_under_a_millisecond);
	tcase_add_test(tcase, defaults);
	tcase_add_test(tcase, everything);
	suite_add_tcase(suite, tcase);
	return suite;
}
