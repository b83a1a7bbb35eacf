/* From the candidate file to the evidence. */
#include "engine/declared.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/candidate.h"

struct copying {
	bool failed;
};

static char *copy(struct copying *copying, const char *text)
{
	char *copied = text ? strdup(text) : NULL;

	copying->failed |= text && !copied;
	return copied;
}

static char **copy_list(struct copying *copying, char *const *list)
{
	size_t count = 0;
	char **copied;

	while (list && list[count])
		count++;
	if (count == 0)
		return NULL;
	copied = calloc(count + 1, sizeof(copied[0]));
	copying->failed |= !copied;
	for (size_t i = 0; copied && i < count; i++)
		copied[i] = copy(copying, list[i]);
	return copied;
}

static void copy_ready(struct copying *copying, const struct candidate *candidate, struct ev_declared *declared)
{
	declared->ready = calloc(candidate->n_ready + 1, sizeof(declared->ready[0]));
	copying->failed |= !declared->ready;
	for (size_t i = 0; declared->ready && i < candidate->n_ready; i++) {
		declared->ready[i].family = candidate->ready[i].family;
		declared->ready[i].address = copy(copying, candidate->ready[i].address);
		declared->n_ready++;
	}
}

static void copy_effects(struct copying *copying, const struct candidate *candidate, struct ev_declared *declared)
{
	declared->effects = calloc(candidate->n_effects + 1, sizeof(declared->effects[0]));
	copying->failed |= !declared->effects;
	for (size_t i = 0; declared->effects && i < candidate->n_effects; i++)
		declared->effects[declared->n_effects++] = candidate->effects[i];
}

static void copy_failures(struct copying *copying, const struct candidate *candidate, struct ev_declared *declared)
{
	if (candidate->n_failures == 0)
		return;
	declared->failures = calloc(candidate->n_failures + 1, sizeof(declared->failures[0]));
	copying->failed |= !declared->failures;
	for (size_t i = 0; declared->failures && i < candidate->n_failures; i++)
		declared->failures[i] = copy(copying, candidate->failures[i].name);
}

int declared_fill(const struct engine_request *request, struct evidence *evidence, struct error *error)
{
	const struct candidate *candidate = request->candidate;
	struct ev_declared *declared = &evidence->declared;
	struct copying copying = {0};

	if (!candidate)
		return 0;
	declared->name = copy(&copying, candidate->name);
	declared->ready_files = copy_list(&copying, candidate->ready_files);
	declared->stop_signal = candidate->stop_signal;
	declared->stop_within_us = candidate->stop_within_us;
	declared->stop_status = candidate->stop_status;
	declared->reload_signal = candidate->reload_signal;
	declared->log = copy(&copying, candidate->log);
	declared->log_signal = candidate->log_signal;
	declared->second = candidate->second;
	declared->worker = copy(&copying, candidate->worker);
	declared->workers = candidate->workers;
	declared->request_address = copy(&copying, candidate->request.address);
	declared->request_expect = copy(&copying, candidate->request.expect);
	declared->notify = candidate->notify;
	declared->sockets = candidate->sockets;
	declared->s6 = candidate->s6;
	declared->watchdog_us = candidate->watchdog_us;
	copy_ready(&copying, candidate, declared);
	copy_effects(&copying, candidate, declared);
	copy_failures(&copying, candidate, declared);
	return copying.failed ? error_set(error, -ENOMEM, "out of memory") : 0;
}
