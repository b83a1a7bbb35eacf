/* Candidate files: what is accepted is within its bounds, and what is not leaves a message with the line. */
#include "fuzz.h"

#include <signal.h>

#include "engine/candidate.h"

static const char label[] = "fuzz.yaml";

static size_t count_of(char *const *strings)
{
	size_t count = 0;

	while (strings && strings[count])
		count++;
	return count;
}

static void must_be_signal(int signal)
{
	MUST(signal > 0 && signal <= SIGRTMAX && signal != SIGKILL && signal != SIGSTOP);
}

static void must_be_file(const struct candidate_file *file)
{
	MUST(file->path && file->path[0] == '/' && strlen(file->path) <= 1000);
	MUST(file->size == (file->content ? strlen(file->content) : 0));
	MUST(file->mode <= 07777 && !(file->directory && file->content));
}

static void must_be_good_start(const struct candidate *candidate)
{
	MUST(count_of(candidate->command) <= 1024 && count_of(candidate->environment) <= 1024);
	MUST(!candidate->command || candidate->command[0]);
	for (size_t i = 0; i < count_of(candidate->environment); i++)
		MUST(candidate->environment[i][0] != '=' && strchr(candidate->environment[i], '='));
	MUST(!candidate->directory || candidate->directory[0] == '/');
	MUST(!candidate->pidfile || candidate->pidfile[0] == '/');
	MUST(candidate->style == CANDIDATE_STYLE_UNKNOWN || !candidate->profile);
	MUST(candidate->n_files <= 64 && count_of(candidate->setup) <= 64);
	for (size_t i = 0; i < candidate->n_files; i++)
		must_be_file(&candidate->files[i]);
	for (size_t i = 0; i < candidate->n_failures; i++)
		must_be_file(&candidate->failures[i].file);
}

static void must_be_good(const struct candidate *candidate)
{
	const struct candidate_request *request = &candidate->request;

	must_be_good_start(candidate);
	MUST(candidate->n_ready + count_of(candidate->ready_files) <= 64);
	for (size_t i = 0; i < candidate->n_ready; i++)
		MUST(candidate->ready[i].address[0] && strlen(candidate->ready[i].address) <= 256);
	MUST(candidate->s6 == -1 || (candidate->s6 >= 3 && candidate->s6 < 1024));
	must_be_signal(candidate->stop_signal);
	MUST(candidate->stop_within_us > 0 && candidate->stop_status >= -1 && candidate->stop_status < 256);
	for (size_t i = 0; i < candidate->n_effects; i++)
		must_be_signal(candidate->effects[i].signal);
	if (candidate->reload_signal)
		must_be_signal(candidate->reload_signal);
	if (candidate->reload_break.path)
		must_be_file(&candidate->reload_break);
	if (candidate->log)
		must_be_signal(candidate->log_signal);
	MUST(candidate->workers >= -1 && candidate->workers <= 4096 && candidate->watchdog_us >= 0);
	MUST(!request->address == !request->send && request->n_drains <= 16);
	for (size_t i = 0; i < request->n_drains; i++)
		must_be_signal(request->drains[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct candidate *candidate;
	struct error error;

	PREPARE(candidate);
	if (candidate_parse(label, (const char *)data, size, &candidate, &error) == 0) {
		must_be_good(candidate);
		candidate_free(candidate);
	} else {
		MUST_BE_UNTOUCHED(candidate);
		MUST(memchr(error.text, '\0', sizeof(error.text)));
		MUST(error.status < 0 && strncmp(error.text, "fuzz.yaml:", strlen("fuzz.yaml:")) == 0);
	}
	return 0;
}
