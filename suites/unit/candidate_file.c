/* Candidate files that load: what is in them, what holds where nothing is declared, and the files beside this one. */
#include <check.h>
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/candidate.h"
#include "engine/words.h"

Suite *candidate_file_suite(void);

static struct candidate *parse(const char *path, const char *text)
{
	struct candidate *candidate = NULL;
	struct error error = {0};
	int r = candidate_parse(path, text, strlen(text), &candidate, &error);

	ck_assert_msg(r == 0, "%s", error.text);
	ck_assert_ptr_nonnull(candidate);
	return candidate;
}

static void check_strings(char *const *strings, const char *const *expected)
{
	ck_assert_ptr_nonnull(strings);
	for (; *expected; strings++, expected++)
		ck_assert_str_eq(*strings, *expected);
	ck_assert_ptr_null(*strings);
}

START_TEST(nothing_is_declared)
{
	CLEANUP_CANDIDATE struct candidate *candidate = parse("x.yaml", "{}\n");

	ck_assert_ptr_null(candidate->name);
	ck_assert_ptr_null(candidate->command);
	ck_assert_ptr_null(candidate->environment);
	ck_assert_ptr_null(candidate->profile);
	ck_assert_ptr_null(candidate->pidfile);
	ck_assert_int_eq(candidate->style, CANDIDATE_STYLE_UNKNOWN);
	ck_assert(!candidate->privileged && !candidate->notify && !candidate->sockets);
	ck_assert_uint_eq(candidate->n_files + candidate->n_ready + candidate->n_effects + candidate->n_failures, 0);
	ck_assert_ptr_null(candidate->ready_files[0]);
	ck_assert_int_eq(candidate->s6, -1);
	ck_assert_int_eq(candidate->stop_signal, SIGTERM);
	ck_assert_int_eq(candidate->stop_within_us, 10000000);
	ck_assert_int_eq(candidate->stop_status, -1);
	ck_assert_int_eq(candidate->reload_signal, 0);
	ck_assert_ptr_null(candidate->reload_break.path);
	ck_assert_ptr_null(candidate->log);
	ck_assert_int_eq(candidate->second, EV_SECOND_UNKNOWN);
	ck_assert_int_eq(candidate->workers, -1);
	ck_assert_ptr_null(candidate->request.address);
	ck_assert_int_eq(candidate->watchdog_us, 0);
}
END_TEST

static const char ALL[] = "name: x\n"
                          "summary: |\n"
                          "  What it is.\n"
                          "command: [exampled, --config, /etc/x.conf, 5, '']\n"
                          "environment: [A=b, C=d=e, 'F=']\n"
                          "directory: /srv\n"
                          "user: www-data\n"
                          "style: stays\n"
                          "privileged: true\n"
                          "pidfile: /run/x.pid\n"
                          "files:\n"
                          "- {path: /etc/x.conf, content: \"a\\tb\\n\", mode: \"0640\"}\n"
                          "- {path: /var/x, directory: true, mode: 1777}\n"
                          "- {path: /etc/empty}\n"
                          "setup: [mkdir -p /var/y, 'true']\n"
                          "ready:\n"
                          "- port: 8080\n"
                          "- tcp: localhost:81\n"
                          "- tcp: '[::1]:82'\n"
                          "- udp: 127.0.0.1:53\n"
                          "- socket: /run/x.sock\n"
                          "- socket: '@x'\n"
                          "- file: /run/ready\n"
                          "- file: /run/ready2\n"
                          "- notify: true\n"
                          "- s6: 4\n"
                          "stop: {signal: SIGQUIT, within: 1.5, status: 3}\n"
                          "signals: {HUP: lives, SIGINT: stops, USR2: lives}\n"
                          "reload: {signal: USR1, break: {path: /etc/x.conf, content: garbage}}\n"
                          "log: {path: /var/log/x.log, signal: RTMIN+1}\n"
                          "second: succeeds\n"
                          "workers: {name: x worker, count: 2}\n"
                          "request:\n"
                          "  address: tcp localhost:8080\n"
                          "  send: GET / HT\n"
                          "  rest: \"TP/1.0\\r\\n\\r\\n\"\n"
                          "  expect: '200'\n"
                          "  drains: [QUIT, SIGTERM]\n"
                          "fails:\n"
                          "- name: bad config\n"
                          "  file: {path: /etc/x.conf, content: ''}\n"
                          "- name: another\n"
                          "  file: {path: /etc/y.conf, content: z}\n"
                          "watchdog: 2s\n"
                          "sockets: true\n";

START_TEST(start_is_declared)
{
	CLEANUP_CANDIDATE struct candidate *candidate = parse("x.yaml", ALL);
	const char *const command[] = {"exampled", "--config", "/etc/x.conf", "5", "", NULL};
	const char *const environment[] = {"A=b", "C=d=e", "F=", NULL}, *const setup[] = {"mkdir -p /var/y", "true",
	                                                                                  NULL};

	ck_assert_str_eq(candidate->name, "x");
	ck_assert_str_eq(candidate->summary, "What it is.\n");
	check_strings(candidate->command, command);
	check_strings(candidate->environment, environment);
	check_strings(candidate->setup, setup);
	ck_assert_str_eq(candidate->directory, "/srv");
	ck_assert_str_eq(candidate->user, "www-data");
	ck_assert_str_eq(candidate->pidfile, "/run/x.pid");
	ck_assert_int_eq(candidate->style, PROFILE_STAYS);
	ck_assert(candidate->privileged);
}
END_TEST

START_TEST(files_are_declared)
{
	CLEANUP_CANDIDATE struct candidate *candidate = parse("x.yaml", ALL);
	const struct candidate_file *files = candidate->files;

	ck_assert_uint_eq(candidate->n_files, 3);
	ck_assert_str_eq(files[0].path, "/etc/x.conf");
	ck_assert_str_eq(files[0].content, "a\tb\n");
	ck_assert_uint_eq(files[0].size, 4);
	ck_assert_uint_eq(files[0].mode, 0640);
	ck_assert(!files[0].directory && files[1].directory);
	ck_assert_uint_eq(files[1].mode, 01777);
	ck_assert_ptr_null(files[2].content);
	ck_assert_uint_eq(files[2].size, 0);
	ck_assert_uint_eq(files[2].mode, 0);
	ck_assert_uint_eq(candidate->n_failures, 2);
	ck_assert_str_eq(candidate->failures[0].name, "bad config");
	ck_assert_str_eq(candidate->failures[0].file.content, "");
	ck_assert_str_eq(candidate->failures[1].file.path, "/etc/y.conf");
	ck_assert_uint_eq(candidate->failures[1].file.size, 1);
	ck_assert_str_eq(candidate->reload_break.path, "/etc/x.conf");
	ck_assert_str_eq(candidate->reload_break.content, "garbage");
}
END_TEST

START_TEST(readiness_is_declared)
{
	static const struct {
		enum ev_socket_family family;
		const char *address;
	} EXPECTED[] = {
	    {EV_SOCKET_TCP, "*:8080"},       {EV_SOCKET_TCP, "127.0.0.1:81"}, {EV_SOCKET_TCP, "[::1]:82"},
	    {EV_SOCKET_UDP, "127.0.0.1:53"}, {EV_SOCKET_UNIX, "/run/x.sock"}, {EV_SOCKET_UNIX, "@x"},
	};
	CLEANUP_CANDIDATE struct candidate *candidate = parse("x.yaml", ALL);
	const char *const files[] = {"/run/ready", "/run/ready2", NULL};

	ck_assert_uint_eq(candidate->n_ready, 6);
	for (size_t i = 0; i < candidate->n_ready; i++) {
		ck_assert_int_eq(candidate->ready[i].family, EXPECTED[i].family);
		ck_assert_str_eq(candidate->ready[i].address, EXPECTED[i].address);
	}
	check_strings(candidate->ready_files, files);
	ck_assert(candidate->notify && candidate->sockets);
	ck_assert_int_eq(candidate->s6, 4);
	ck_assert_int_eq(candidate->watchdog_us, 2000000);
}
END_TEST

START_TEST(stimuli_are_declared)
{
	CLEANUP_CANDIDATE struct candidate *candidate = parse("x.yaml", ALL);
	const struct ev_signal_effect *effects = candidate->effects;

	ck_assert_int_eq(candidate->stop_signal, SIGQUIT);
	ck_assert_int_eq(candidate->stop_within_us, 1500000);
	ck_assert_int_eq(candidate->stop_status, 3);
	ck_assert_uint_eq(candidate->n_effects, 3);
	ck_assert(effects[0].signal == SIGHUP && effects[0].effect == EV_EFFECT_LIVES);
	ck_assert(effects[1].signal == SIGINT && effects[1].effect == EV_EFFECT_STOPS);
	ck_assert(effects[2].signal == SIGUSR2 && effects[2].effect == EV_EFFECT_LIVES);
	ck_assert_int_eq(candidate->reload_signal, SIGUSR1);
	ck_assert_str_eq(candidate->log, "/var/log/x.log");
	ck_assert_int_eq(candidate->log_signal, SIGRTMIN + 1);
	ck_assert_int_eq(candidate->second, EV_SECOND_SUCCEEDS);
	ck_assert_str_eq(candidate->worker, "x worker");
	ck_assert_int_eq(candidate->workers, 2);
	ck_assert_str_eq(candidate->request.address, "tcp 127.0.0.1:8080");
	ck_assert_str_eq(candidate->request.send, "GET / HT");
	ck_assert_str_eq(candidate->request.rest, "TP/1.0\r\n\r\n");
	ck_assert_str_eq(candidate->request.expect, "200");
	ck_assert_uint_eq(candidate->request.n_drains, 2);
	ck_assert(candidate->request.drains[0] == SIGQUIT && candidate->request.drains[1] == SIGTERM);
}
END_TEST

static const struct {
	const char *text, *address;
} ADDRESSES[] = {
    {"port: 80", "tcp 127.0.0.1:80"},
    {"address: 'tcp [::1]:80'", "tcp [::1]:80"},
    {"address: unix /run/x", "unix /run/x"},
    {"address: unix @x", "unix @x"},
};

START_TEST(request_has_an_address)
{
	for (size_t i = 0; i < sizeof(ADDRESSES) / sizeof(ADDRESSES[0]); i++) {
		CLEANUP_CANDIDATE struct candidate *candidate = NULL;
		char text[128];

		(void)snprintf(text, sizeof(text), "request:\n  send: x\n  %s\n", ADDRESSES[i].text);
		candidate = parse("x.yaml", text);
		ck_assert_str_eq(candidate->request.address, ADDRESSES[i].address);
		ck_assert_ptr_null(candidate->request.rest);
		ck_assert_uint_eq(candidate->request.n_drains, 0);
	}
}
END_TEST

START_TEST(reload_is_by_hup)
{
	CLEANUP_CANDIDATE struct candidate *candidate = parse("x.yaml", "reload: {}\n");

	ck_assert_int_eq(candidate->reload_signal, SIGHUP);
	ck_assert_ptr_null(candidate->reload_break.path);
}
END_TEST

/* Where the file of a profile is looked for. */
static const struct {
	const char *path, *text, *profile;
} PROFILE_FILES[] = {
    {"a/b/x.yaml", "profile: sysv\n", "sysv"},           {"a/b/x.yaml", "profile: mine.yaml\n", "a/b/mine.yaml"},
    {"a/b/x.yaml", "profile: ../mine\n", "a/b/../mine"}, {"a/b/x.yaml", "profile: /etc/mine.yaml\n", "/etc/mine.yaml"},
    {"x.yaml", "profile: ./mine.yaml\n", "./mine.yaml"}, {"/x.yaml", "profile: mine.yaml\n", "/mine.yaml"},
};

START_TEST(profile_is_beside_the_file)
{
	for (size_t i = 0; i < sizeof(PROFILE_FILES) / sizeof(PROFILE_FILES[0]); i++) {
		CLEANUP_CANDIDATE struct candidate *candidate = parse(PROFILE_FILES[i].path, PROFILE_FILES[i].text);

		ck_assert_str_eq(candidate->profile, PROFILE_FILES[i].profile);
	}
}
END_TEST

START_TEST(signals_have_names)
{
	const struct {
		const char *name;
		int signal;
	} NAMES[] = {
	    {"TERM", SIGTERM},
	    {"SIGTERM", SIGTERM},
	    {"USR2", SIGUSR2},
	    {"RTMIN", SIGRTMIN},
	    {"SIGRTMIN+3", SIGRTMIN + 3},
	    {"RTMIN+30", SIGRTMAX},
	    {"RTMIN+31", -1},
	    {"RTMIN3", -1},
	    {"KILL", -1},
	    {"STOP", -1},
	    {"term", -1},
	    {"15", -1},
	    {"SIG", -1},
	    {"", -1},
	    {"SIGSIGTERM", -1},
	};

	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
		ck_assert_msg(words_parse_signal(NAMES[i].name) == NAMES[i].signal, "%s", NAMES[i].name);
}
END_TEST

/* The files of suites/real that people start from. */
START_TEST(examples_are_good)
{
	static const char folder[] = SOURCE_FOLDER "/suites/real";
	DIR *directory = opendir(folder);
	struct dirent *entry;
	size_t count = 0;

	ck_assert_ptr_nonnull(directory);
	while ((entry = readdir(directory))) {
		CLEANUP_CANDIDATE struct candidate *candidate = NULL;
		struct error error = {0};
		char path[512];

		if (!strstr(entry->d_name, ".yaml"))
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		ck_assert_msg(candidate_load(path, &candidate, &error) == 0, "%s", error.text);
		ck_assert_ptr_nonnull(candidate->name);
		ck_assert_ptr_nonnull(candidate->summary);
		ck_assert_ptr_nonnull(candidate->command);
		count++;
	}
	(void)closedir(directory);
	ck_assert_uint_ge(count, 3);
}
END_TEST

Suite *candidate_file_suite(void)
{
	Suite *suite = suite_create("candidate files: good ones");
	TCase *tcase = tcase_create("all");

	tcase_add_test(tcase, nothing_is_declared);
	tcase_add_test(tcase, start_is_declared);
	tcase_add_test(tcase, files_are_declared);
	tcase_add_test(tcase, readiness_is_declared);
	tcase_add_test(tcase, stimuli_are_declared);
	tcase_add_test(tcase, request_has_an_address);
	tcase_add_test(tcase, reload_is_by_hup);
	tcase_add_test(tcase, profile_is_beside_the_file);
	tcase_add_test(tcase, signals_have_names);
	tcase_add_test(tcase, examples_are_good);
	suite_add_tcase(suite, tcase);
	return suite;
}
