/* NOTIFY_SOCKET, LISTEN_FDS and the like. */
#include "terminal/variables.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ADDED_MAX = 8 };

struct variables {
	char **list;
	size_t count;
	bool failed;
};

/* In the place of one of the same name, else at the end. */
static void set(struct variables *variables, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void set(struct variables *variables, const char *format, ...)
{
	char *assignment;
	size_t length, i;
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(&assignment, format, arguments) < 0)
		assignment = NULL;
	va_end(arguments);
	if (!assignment) {
		variables->failed = true;
		return;
	}
	length = strcspn(assignment, "=") + 1;
	for (i = 0; i < variables->count; i++) {
		if (strncmp(variables->list[i], assignment, length) == 0)
			break;
	}
	variables->list[i] = assignment;
	variables->count += i == variables->count;
}

static bool has(const struct variables *variables, const char *beginning)
{
	for (size_t i = 0; i < variables->count; i++) {
		if (strncmp(variables->list[i], beginning, strlen(beginning)) == 0)
			return true;
	}
	return false;
}

static void add(struct variables *variables, const struct leader *leader)
{
	const struct variation *variation = &leader->plan->variation;

	if (leader->own_directory[0] && has(variables, "PWD="))
		set(variables, "PWD=%s", leader->own_directory);
	if (leader->passed.notify_name[0])
		set(variables, "NOTIFY_SOCKET=%s", leader->passed.notify_name);
	if (variation->watchdog_us) {
		set(variables, "WATCHDOG_USEC=%lld", (long long)variation->watchdog_us);
		set(variables, "WATCHDOG_PID=%d", getpid());
	}
	if (variation->listen) {
		set(variables, "LISTEN_FDS=1");
		set(variables, "LISTEN_PID=%d", getpid());
		set(variables, "LISTEN_FDNAMES=daemonck");
	}
}

char *const *variables_build(const struct leader *leader)
{
	char *const *given = leader->plan->environment;
	struct variables variables = {0};

	while (given[variables.count])
		variables.count++;
	variables.list = calloc(variables.count + ADDED_MAX, sizeof(variables.list[0]));
	if (!variables.list)
		return NULL;
	memcpy(variables.list, given, variables.count * sizeof(given[0]));
	add(&variables, leader);
	return variables.failed ? NULL : variables.list;
}
