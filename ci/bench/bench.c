/* What does a check cost? Each round, interleaved: a bare launch (same sandbox, waits until settled, reads and judges
 * nothing), the same launch observed and judged, and both again as whole processes from exec to exit. Medians, and
 * ratios within the round.
 *
 *   bench [-n ROUNDS] DAEMONCK COMMAND [ARG …]
 *
 * `bench --bare COMMAND …` is the whole process of the bare launch. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/engine.h"

enum { ROUNDS_MAX = 10000 };

enum figure {
	BARE_SETUP,
	BARE_RUN,
	BARE_SETTLE,
	BARE_TEARDOWN,
	BARE_TOTAL,
	RUN_SETUP,
	RUN_RUN,
	RUN_SETTLE,
	RUN_READ,
	RUN_JUDGE,
	RUN_TEARDOWN,
	RUN_TOTAL,
	WHOLE_BARE,
	WHOLE_RUN,
	FIGURES,
};

static const char *const NAMES[FIGURES] = {
    "bare: setup",         "bare: run",
    "bare: settle",        "bare: teardown",
    "bare: all",           "check: setup",
    "check: run",          "check: settle",
    "check: read",         "check: judge",
    "check: teardown",     "check: all",
    "bare, whole process", "daemonck run --quick, whole process",
};

static int64_t samples[FIGURES][ROUNDS_MAX];

static struct engine_request request_of(char **command)
{
	return (struct engine_request){
	    .argv = command,
	    .timeout_us = 30 * (int64_t)CLOCK_US_PER_S,
	    .patience_us = CLOCK_US_PER_S / 2,
	    .must_work = true,
	};
}

static void die(const char *what, const struct error *error) __attribute__((noreturn));

static void die(const char *what, const struct error *error)
{
	(void)fprintf(stderr, "bench: %s: %s\n", what, error->text);
	exit(1);
}

static void bare(char **command, struct engine_times *ret_times)
{
	const struct engine_request request = request_of(command);
	struct error error = {0};

	if (engine_bare(&request, ret_times, &error) < 0)
		die("bare launch", &error);
}

static void check(char **command, struct engine_times *ret_times)
{
	const struct engine_request request = request_of(command);
	struct engine_result result;
	struct error error = {0};
	int64_t ended_us;

	if (engine_run(&request, &result, &error) < 0)
		die("check", &error);
	*ret_times = result.times;
	ended_us = clock_now_us();
	engine_result_free(&result);
	ret_times->teardown = clock_now_us() - ended_us;
}

static int64_t whole(char **arguments)
{
	posix_spawn_file_actions_t actions;
	int64_t begin_us = clock_now_us();
	int status;
	pid_t pid;

	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	status = posix_spawn(&pid, arguments[0], &actions, NULL, arguments, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (status != 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) > 1) {
		(void)fprintf(stderr, "bench: '%s' did not do its work\n", arguments[0]);
		exit(1);
	}
	return clock_now_us() - begin_us;
}

static int compare(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static int64_t quantile(const int64_t *values, size_t count, size_t percent)
{
	static int64_t sorted[ROUNDS_MAX];

	memcpy(sorted, values, count * sizeof(values[0]));
	qsort(sorted, count, sizeof(sorted[0]), compare);
	return sorted[(count - 1) * percent / 100];
}

static void print_ratio(const char *what, enum figure a, enum figure b, size_t rounds)
{
	static int64_t ratios[ROUNDS_MAX];

	for (size_t i = 0; i < rounds; i++)
		ratios[i] = samples[b][i] ? 1000 * samples[a][i] / samples[b][i] : 0;
	(void)printf("%-46s %5.2fx  (p10 %.2f, p90 %.2f)\n", what, (double)quantile(ratios, rounds, 50) / 1000,
	             (double)quantile(ratios, rounds, 10) / 1000, (double)quantile(ratios, rounds, 90) / 1000);
}

static void one_round(size_t i, char **run_arguments, char **bare_arguments, char **command)
{
	struct engine_times times;

	bare(command, &times);
	samples[BARE_SETUP][i] = times.setup;
	samples[BARE_RUN][i] = times.run;
	samples[BARE_SETTLE][i] = times.settle;
	samples[BARE_TEARDOWN][i] = times.teardown;
	samples[BARE_TOTAL][i] = times.setup + times.run + times.settle + times.teardown;
	check(command, &times);
	samples[RUN_SETUP][i] = times.setup;
	samples[RUN_RUN][i] = times.run;
	samples[RUN_SETTLE][i] = times.settle;
	samples[RUN_READ][i] = times.read;
	samples[RUN_JUDGE][i] = times.judge;
	samples[RUN_TEARDOWN][i] = times.teardown;
	samples[RUN_TOTAL][i] = times.setup + times.run + times.settle + times.read + times.judge + times.teardown;
	samples[WHOLE_BARE][i] = whole(bare_arguments);
	samples[WHOLE_RUN][i] = whole(run_arguments);
}

static char **prefixed(char *const *prefix, size_t n_prefix, char **command)
{
	size_t count = 0;
	char **arguments;

	while (command[count])
		count++;
	arguments = calloc(n_prefix + count + 1, sizeof(arguments[0]));
	if (!arguments)
		exit(1);
	memcpy(arguments, prefix, n_prefix * sizeof(arguments[0]));
	memcpy(arguments + n_prefix, command, count * sizeof(arguments[0]));
	return arguments;
}

int main(int argc, char **argv)
{
	char self[] = "/proc/self/exe", bare_word[] = "--bare", run_word[] = "run", quick_word[] = "--quick",
	     end_word[] = "--";
	size_t rounds = 100, at = 1;
	char **run_arguments, **bare_arguments;

	if (argc > 2 && strcmp(argv[1], "--bare") == 0) {
		bare(argv + 2, &(struct engine_times){0});
		return 0;
	}
	if (argc > 3 && strcmp(argv[1], "-n") == 0) {
		rounds = strtoul(argv[2], NULL, 10);
		at = 3;
	}
	if ((size_t)argc < at + 2 || rounds == 0 || rounds > ROUNDS_MAX) {
		(void)fprintf(stderr, "usage: bench [-n ROUNDS] DAEMONCK COMMAND [ARG ...]\n");
		return 2;
	}
	run_arguments = prefixed((char *[]){argv[at], run_word, quick_word, end_word}, 4, argv + at + 1);
	bare_arguments = prefixed((char *[]){self, bare_word}, 2, argv + at + 1);
	one_round(0, run_arguments, bare_arguments, argv + at + 1); /* warms the caches; written over */
	for (size_t i = 0; i < rounds; i++)
		one_round(i, run_arguments, bare_arguments, argv + at + 1);
	(void)printf("%zu rounds; microseconds: median (p10, p90)\n", rounds);
	for (size_t figure = 0; figure < FIGURES; figure++)
		(void)printf(
		    "%-46s %6lld  (%lld, %lld)\n", NAMES[figure], (long long)quantile(samples[figure], rounds, 50),
		    (long long)quantile(samples[figure], rounds, 10), (long long)quantile(samples[figure], rounds, 90));
	print_ratio("check : bare, in one process", RUN_TOTAL, BARE_TOTAL, rounds);
	print_ratio("daemonck run --quick : bare, whole processes", WHOLE_RUN, WHOLE_BARE, rounds);
	free(run_arguments);
	free(bare_arguments);
	return 0;
}
