/* The runner of the unit tests: `unit` runs all suites, `unit NAME...` those named, `unit --list` names them. */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUITE(name) Suite *name##_suite(void);
#define SUPPORT(name)
#define PROGRAM(name)
#include "suites.def"
#undef SUITE

static const struct row {
	const char *name;
	Suite *(*make)(void);
} ROWS[] = {
#define SUITE(name) {#name, name##_suite},
#include "suites.def"
#undef SUITE
};

enum { N_ROWS = sizeof(ROWS) / sizeof(ROWS[0]) };

static bool chosen(const struct row *row, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], row->name) == 0)
			return true;
	}
	return argc == 1;
}

static bool known(const char *name)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		if (strcmp(ROWS[i].name, name) == 0)
			return true;
	}
	return false;
}

static int list(void)
{
	for (size_t i = 0; i < N_ROWS; i++)
		(void)puts(ROWS[i].name);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	SRunner *runner;
	int failed;

	if (argc == 2 && strcmp(argv[1], "--list") == 0)
		return list();
	for (int i = 1; i < argc; i++) {
		if (!known(argv[i])) {
			(void)fprintf(stderr, "unit: no suite is called '%s'\n", argv[i]);
			return 2;
		}
	}
	runner = srunner_create(NULL);
	for (size_t i = 0; i < N_ROWS; i++) {
		if (chosen(&ROWS[i], argc, argv))
			srunner_add_suite(runner, ROWS[i].make());
	}
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
