/* A candidate file: from what was loaded and checked to what the engine works with. */
#include "engine/candidate.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "engine/candidate_check.h"
#include "engine/candidate_yaml.h"
#include "engine/profiles.h"
#include "engine/words.h"

static void cleanup_yaml(struct candidate_yaml **yaml)
{
	yaml_file_free(&CANDIDATE_YAML_KIND, *yaml);
}

/* All numbers have been checked. */
static uint64_t number_of(const char *string, int base)
{
	uint64_t value = 0;

	(void)text_parse_number(string, base, UINT32_MAX, &value);
	return value;
}

static int64_t time_of(const char *string)
{
	int64_t us = 0;

	(void)words_parse_time(string, &us);
	return us;
}

/* "a b", with the host that a client can connect to: PREFIX "tcp ", ADDRESS "localhost:80". NULL: no memory. */
static char *address_of(const char *prefix, const char *address)
{
	const char *port = strncmp(address, "localhost:", 10) == 0 ? address + 9 : NULL;
	char *joined;

	if (asprintf(&joined, "%s%s%s", prefix, port ? "127.0.0.1" : "", port ? port : address) < 0)
		return NULL;
	return joined;
}

/* Takes a list of strings over and ends it by a NULL. */
static int take_strings(char ***strings, unsigned int *count, char ***ret_strings)
{
	char **ended;

	if (!*strings)
		return 0;
	ended = reallocarray(*strings, *count + 1UL, sizeof(*ended));
	if (!ended)
		return -ENOMEM;
	ended[*count] = NULL;
	*ret_strings = ended;
	*strings = NULL;
	*count = 0;
	return 0;
}

static struct candidate_file take_file(struct candidate_yaml_file *yaml)
{
	size_t size = yaml->content ? strlen(yaml->content) : 0;

	return (struct candidate_file){
	    .path = TAKE_PTR(yaml->path),
	    .content = TAKE_PTR(yaml->content),
	    .size = size,
	    .mode = yaml->mode ? (uint32_t)number_of(yaml->mode, 8) : 0,
	    .directory = yaml->directory == CANDIDATE_YAML_YES,
	};
}

static int take_files(struct candidate *candidate, struct candidate_yaml *yaml)
{
	candidate->files = calloc(yaml->files_count + 1UL, sizeof(candidate->files[0]));
	candidate->failures = calloc(yaml->fails_count + 1UL, sizeof(candidate->failures[0]));
	if (!candidate->files || !candidate->failures)
		return -ENOMEM;
	for (unsigned int i = 0; i < yaml->files_count; i++)
		candidate->files[candidate->n_files++] = take_file(&yaml->files[i]);
	for (unsigned int i = 0; i < yaml->fails_count; i++)
		candidate->failures[candidate->n_failures++] = (struct candidate_failure){
		    .name = TAKE_PTR(yaml->fails[i].name),
		    .file = take_file(&yaml->fails[i].file),
		};
	return 0;
}

static int add_listener(struct candidate *candidate, enum ev_socket_family family, char *address)
{
	candidate->ready[candidate->n_ready++] = (struct ev_listener){.family = family, .address = address};
	return address ? 0 : -ENOMEM;
}

static int take_ready_entry(struct candidate *candidate, struct candidate_yaml_ready *yaml, size_t *n_files)
{
	candidate->notify |= yaml->notify == CANDIDATE_YAML_YES;
	if (yaml->s6)
		candidate->s6 = (int)number_of(yaml->s6, 10);
	if (yaml->file)
		candidate->ready_files[(*n_files)++] = TAKE_PTR(yaml->file);
	if (yaml->port)
		return add_listener(candidate, EV_SOCKET_TCP, address_of("*:", yaml->port));
	if (yaml->tcp)
		return add_listener(candidate, EV_SOCKET_TCP, address_of("", yaml->tcp));
	if (yaml->udp)
		return add_listener(candidate, EV_SOCKET_UDP, address_of("", yaml->udp));
	return yaml->socket ? add_listener(candidate, EV_SOCKET_UNIX, TAKE_PTR(yaml->socket)) : 0;
}

static int take_ready(struct candidate *candidate, struct candidate_yaml *yaml)
{
	size_t n_files = 0;
	int r = 0;

	candidate->s6 = -1;
	candidate->ready = calloc(yaml->ready_count + 1UL, sizeof(candidate->ready[0]));
	candidate->ready_files = calloc(yaml->ready_count + 1UL, sizeof(candidate->ready_files[0]));
	if (!candidate->ready || !candidate->ready_files)
		return -ENOMEM;
	for (unsigned int i = 0; r == 0 && i < yaml->ready_count; i++)
		r = take_ready_entry(candidate, &yaml->ready[i], &n_files);
	return r;
}

static void take_stop(struct candidate *candidate, const struct candidate_yaml_stop *yaml)
{
	candidate->stop_signal = SIGTERM;
	candidate->stop_within_us = EVIDENCE_STOP_WITHIN_US;
	candidate->stop_status = -1;
	if (yaml && yaml->signal)
		candidate->stop_signal = words_parse_signal(yaml->signal);
	if (yaml && yaml->within)
		candidate->stop_within_us = time_of(yaml->within);
	if (yaml && yaml->status)
		candidate->stop_status = (int)number_of(yaml->status, 10);
}

static int take_effects(struct candidate *candidate, const struct candidate_yaml_signals *yaml)
{
	if (!yaml)
		return 0;
	candidate->effects = calloc(_NSIG, sizeof(candidate->effects[0]));
	if (!candidate->effects)
		return -ENOMEM;
	for (int signal = 1; signal < _NSIG; signal++) {
		int effect = yaml->effects[signal] | yaml->prefixed[signal];

		if (effect)
			candidate->effects[candidate->n_effects++] =
			    (struct ev_signal_effect){signal, (enum ev_effect)effect};
	}
	return 0;
}

static void take_reload_and_log(struct candidate *candidate, struct candidate_yaml *yaml)
{
	if (yaml->reload) {
		candidate->reload_signal = yaml->reload->signal ? words_parse_signal(yaml->reload->signal) : SIGHUP;
		if (yaml->reload->broken)
			candidate->reload_break = take_file(yaml->reload->broken);
	}
	if (yaml->log) {
		candidate->log = TAKE_PTR(yaml->log->path);
		candidate->log_signal = words_parse_signal(yaml->log->signal);
	}
}

static void take_workers(struct candidate *candidate, struct candidate_yaml_workers *yaml)
{
	candidate->workers = yaml && yaml->count ? (int)number_of(yaml->count, 10) : -1;
	if (yaml)
		candidate->worker = TAKE_PTR(yaml->name);
}

static int take_request(struct candidate *candidate, struct candidate_yaml_request *yaml)
{
	struct candidate_request *request = &candidate->request;

	if (!yaml)
		return 0;
	if (yaml->port)
		request->address = address_of("tcp 127.0.0.1:", yaml->port);
	else if (strncmp(yaml->address, "tcp ", 4) == 0)
		request->address = address_of("tcp ", yaml->address + 4);
	else
		request->address = TAKE_PTR(yaml->address);
	request->drains = calloc(yaml->drains_count + 1UL, sizeof(request->drains[0]));
	if (!request->address || !request->drains)
		return -ENOMEM;
	request->send = TAKE_PTR(yaml->send);
	request->rest = TAKE_PTR(yaml->rest);
	request->expect = TAKE_PTR(yaml->expect);
	for (unsigned int i = 0; i < yaml->drains_count; i++)
		request->drains[request->n_drains++] = words_parse_signal(yaml->drains[i]);
	return 0;
}

static bool is_builtin_profile(const char *name)
{
	for (const char *const *known = profiles_names(); *known; known++) {
		if (strcmp(*known, name) == 0)
			return true;
	}
	return false;
}

/* A profile's file lies beside the candidate's where its name is relative. */
static int take_profile(struct candidate *candidate, const char *path, const char *profile)
{
	const char *slash = strrchr(path, '/');
	size_t length = slash ? (size_t)(slash - path) + 1 : 0;

	if (!profile)
		return 0;
	if (is_builtin_profile(profile) || profile[0] == '/')
		length = 0;
	if (asprintf(&candidate->profile, "%.*s%s", (int)length, path, profile) >= 0)
		return 0;
	candidate->profile = NULL;
	return -ENOMEM;
}

static int take_top(struct candidate *candidate, struct candidate_yaml *yaml)
{
	int r = take_strings(&yaml->command, &yaml->command_count, &candidate->command);

	if (r == 0)
		r = take_strings(&yaml->environment, &yaml->environment_count, &candidate->environment);
	if (r == 0)
		r = take_strings(&yaml->setup, &yaml->setup_count, &candidate->setup);
	candidate->name = TAKE_PTR(yaml->name);
	candidate->summary = TAKE_PTR(yaml->summary);
	candidate->directory = TAKE_PTR(yaml->directory);
	candidate->user = TAKE_PTR(yaml->user);
	candidate->pidfile = TAKE_PTR(yaml->pidfile);
	candidate->style = yaml->style ? yaml->style - 1 : CANDIDATE_STYLE_UNKNOWN;
	candidate->privileged = yaml->privileged == CANDIDATE_YAML_YES;
	candidate->sockets = yaml->sockets == CANDIDATE_YAML_YES;
	candidate->second = (enum ev_second)yaml->second;
	candidate->watchdog_us = yaml->watchdog ? time_of(yaml->watchdog) : 0;
	return r;
}

static int take(struct candidate *candidate, const char *path, struct candidate_yaml *yaml)
{
	int r = take_top(candidate, yaml);

	take_stop(candidate, yaml->stop);
	take_reload_and_log(candidate, yaml);
	take_workers(candidate, yaml->workers);
	if (r == 0)
		r = take_profile(candidate, path, yaml->profile);
	if (r == 0)
		r = take_files(candidate, yaml);
	if (r == 0)
		r = take_ready(candidate, yaml);
	if (r == 0)
		r = take_effects(candidate, yaml->signals);
	return r < 0 ? r : take_request(candidate, yaml->request);
}

int candidate_parse(const char *path, const char *text, size_t length, struct candidate **ret_candidate,
                    struct error *error)
{
	const struct yaml_source source = {path, text, length};
	__attribute__((cleanup(cleanup_yaml))) struct candidate_yaml *yaml = NULL;
	CLEANUP_CANDIDATE struct candidate *candidate = NULL;
	void *data;
	int r = yaml_file_load(&CANDIDATE_YAML_KIND, &source, &data, error);

	if (r < 0)
		return r;
	yaml = data;
	r = candidate_check(&source, yaml, error);
	if (r < 0)
		return r;
	candidate = calloc(1, sizeof(*candidate));
	if (!candidate || take(candidate, path, yaml) < 0)
		return error_set(error, -ENOMEM, "out of memory");
	*ret_candidate = TAKE_PTR(candidate);
	return 0;
}

int candidate_load(const char *path, struct candidate **ret_candidate, struct error *error)
{
	CLEANUP_FREE char *text = NULL;
	size_t length;
	int r = yaml_file_read(&CANDIDATE_YAML_KIND, path, &text, &length, error);

	return r < 0 ? r : candidate_parse(path, text, length, ret_candidate, error);
}

static void file_clear(struct candidate_file *file)
{
	free(file->path);
	free(file->content);
}

static void free_lists(struct candidate *candidate)
{
	for (size_t i = 0; i < candidate->n_files; i++)
		file_clear(&candidate->files[i]);
	for (size_t i = 0; i < candidate->n_failures; i++) {
		free(candidate->failures[i].name);
		file_clear(&candidate->failures[i].file);
	}
	for (size_t i = 0; i < candidate->n_ready; i++)
		free(candidate->ready[i].address);
	free(candidate->files);
	free(candidate->failures);
	free(candidate->ready);
	free(candidate->effects);
	evidence_strings_free(candidate->command);
	evidence_strings_free(candidate->environment);
	evidence_strings_free(candidate->setup);
	evidence_strings_free(candidate->ready_files);
}

void candidate_free(struct candidate *candidate)
{
	if (!candidate)
		return;
	free_lists(candidate);
	free(candidate->name);
	free(candidate->summary);
	free(candidate->directory);
	free(candidate->user);
	free(candidate->profile);
	free(candidate->pidfile);
	free(candidate->log);
	free(candidate->worker);
	file_clear(&candidate->reload_break);
	free(candidate->request.address);
	free(candidate->request.send);
	free(candidate->request.rest);
	free(candidate->request.expect);
	free(candidate->request.drains);
	free(candidate);
}
