/* Readiness at the instant when the launcher ends, and the comparing of addresses. */
#include "probes/ready.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Of /proc/sys/net/ipv4/ip_local_port_range, as the kernel sets it. */
enum { FIRST_CHOSEN_PORT = 32768, LAST_CHOSEN_PORT = 60999 };
/* So many sockets are kept of the instant when the launcher ends: where they are that many, more may have been cut. */
enum { RETURN_LISTENERS_MAX = 24 };

const char *listener_text(const struct ev_listener *listener, char buffer[LISTENER_TEXT_MAX])
{
	const char *family = "";

	switch (listener->family) {
	case EV_SOCKET_TCP:
		family = "tcp ";
		break;
	case EV_SOCKET_UDP:
		family = "udp ";
		break;
	case EV_SOCKET_UNIX:
		family = "unix ";
		break;
	}
	(void)snprintf(buffer, LISTENER_TEXT_MAX, "%s%s", family, probe_or_unknown(listener->address));
	return buffer;
}

static bool same_address(const struct ev_listener *a, const struct ev_listener *b)
{
	return a->family == b->family && a->address && b->address && strcmp(a->address, b->address) == 0;
}

bool listener_among(const struct ev_listener *listener, const struct ev_listener *listeners, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (same_address(listener, &listeners[i]))
			return true;
	return false;
}

/* An address without the port, and without the coat of an IPv4 address on an IPv6 socket. */
struct host {
	const char *text;
	size_t length;
	bool v6;
};

static struct host host_of(const char *address)
{
	static const char coat[] = "[::ffff:";
	const char *colon = strrchr(address, ':');
	struct host host = {.text = address, .length = colon ? (size_t)(colon - address) : strlen(address)};

	host.v6 = address[0] == '[';
	if (strncmp(address, coat, strlen(coat)) == 0 && memchr(address, '.', host.length)) {
		host = (struct host){.text = address + strlen(coat), .length = host.length - strlen(coat)};
		if (host.length > 0 && host.text[host.length - 1] == ']')
			host.length--;
	}
	return host;
}

static bool host_is(const struct host *host, const char *text)
{
	return host->length == strlen(text) && strncmp(host->text, text, host->length) == 0;
}

static bool reaches(const struct ev_listener *wanted, const struct ev_listener *there)
{
	const char *wanted_port, *there_port;
	struct host client, server;

	if (wanted->family != there->family || wanted->family == EV_SOCKET_UNIX || !wanted->address || !there->address)
		return false;
	wanted_port = strrchr(wanted->address, ':');
	there_port = strrchr(there->address, ':');
	if (!wanted_port || !there_port || strcmp(wanted_port, there_port) != 0)
		return false;
	client = host_of(wanted->address);
	server = host_of(there->address);
	/* A port alone was declared. */
	if (host_is(&client, "*"))
		return true;
	/* Whether an IPv6 socket takes IPv4 as well is not to be seen. */
	if (host_is(&server, "[::]") || (host_is(&server, "0.0.0.0") && !client.v6))
		return true;
	return client.length == server.length && strncmp(client.text, server.text, client.length) == 0;
}

bool listener_answers(const struct ev_listener *listener, const struct ev_listener *listeners, size_t count)
{
	if (listener_among(listener, listeners, count))
		return true;
	for (size_t i = 0; i < count; i++)
		if (reaches(listener, &listeners[i]))
			return true;
	return false;
}

static bool may_be_chosen(const struct ev_listener *listener)
{
	const char *colon = listener->address ? strrchr(listener->address, ':') : NULL;
	long port = colon ? strtol(colon + 1, NULL, 10) : 0;

	return listener->family != EV_SOCKET_UNIX && port >= FIRST_CHOSEN_PORT && port <= LAST_CHOSEN_PORT;
}

/* Whether it is there in each launch of SCENARIO that came up. */
static bool lasts_in(const struct evidence *evidence, enum ev_scenario scenario, const struct ev_listener *listener,
                     bool *compared)
{
	char why[OUTCOME_TEXT_MAX];

	for (const struct evidence *run = run_next_done(evidence, scenario, NULL); run;
	     run = run_next_done(evidence, scenario, run)) {
		if (!run_started(evidence, run, why, sizeof(why)))
			continue;
		*compared = true;
		if (!listener_among(listener, run->listeners, run->n_listeners))
			return false;
	}
	return true;
}

/* A socket that was bound under a name that it has no longer: the name may hold a pid or a time. */
static bool was_renamed(const struct evidence *evidence, const struct ev_listener *listener)
{
	const char *path = listener->address;

	if (listener->family != EV_SOCKET_UNIX || !path || path[0] != '/' || !evidence->isolation.overlay)
		return false;
	for (size_t i = 0; i < evidence->n_written; i++)
		if (evidence->written[i].path && strcmp(evidence->written[i].path, path) == 0)
			return false;
	return true;
}

bool listener_lasts(const struct evidence *evidence, const struct ev_listener *listener)
{
	bool compared = false;

	if (was_renamed(evidence, listener))
		return false;
	if (!lasts_in(evidence, EV_SCENARIO_AGAIN, listener, &compared) ||
	    !lasts_in(evidence, EV_SCENARIO_HELD, listener, &compared))
		return false;
	return compared || !may_be_chosen(listener);
}

static bool holders_known(const struct ev_state *state)
{
	for (const struct ev_process *process = state_next(state, NULL); process; process = state_next(state, process))
		if (!process->fds_known)
			return false;
	return true;
}

const struct ev_listener *listener_missing(const struct evidence *evidence, const struct ev_state *state)
{
	if (!holders_known(state))
		return NULL;
	for (size_t i = 0; i < evidence->n_listeners; i++) {
		const struct ev_listener *listener = &evidence->listeners[i];

		if (!listener_among(listener, state->listeners, state->n_listeners) &&
		    listener_lasts(evidence, listener))
			return listener;
	}
	return NULL;
}

/* A process that no other one of the daemon's is the parent of. */
static bool is_top(const struct ev_state *state, const struct ev_process *process)
{
	const struct ev_process *parent = evidence_state_process(state, process->parent);

	return probe_alive(process) && !(parent && parent != process && probe_alive(parent));
}

static size_t count_tops(const struct ev_state *state)
{
	size_t count = 0;

	for (size_t i = 0; i < state->n_processes; i++)
		count += is_top(state, &state->processes[i]);
	return count;
}

const struct ev_process *state_newcomer(const struct evidence *run, const struct ev_state *state)
{
	const struct ev_state before = run_state(run);

	if (count_tops(state) <= count_tops(&before))
		return NULL;
	for (const struct ev_process *process = state_next(state, NULL); process; process = state_next(state, process))
		if (is_top(state, process) && !state_same(&before, process))
			return process;
	return NULL;
}

bool look_same_content(const struct ev_look *a, const struct ev_look *b)
{
	if (a->state != EV_LOOK_READ || b->state != EV_LOOK_READ || a->size != b->size)
		return false;
	return a->size == 0 || (a->content && b->content && memcmp(a->content, b->content, (size_t)a->size) == 0);
}

bool look_is_gone(const struct ev_look *look)
{
	return look->state == EV_LOOK_FAILED && (look->error_number == ENOENT || look->error_number == ENOTDIR);
}

bool writes_pidfile(const struct evidence *evidence)
{
	int pid = evidence_pidfile_pid(&evidence->pidfile.settled);
	const struct ev_process *process = pid > 0 ? evidence_process(evidence, pid) : NULL;

	return evidence->pidfile.path && process && probe_alive(process);
}

bool ready_needs_launcher(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	char text[OUTCOME_TEXT_MAX], end[END_TEXT_MAX];
	bool alive = probe_any_alive(evidence);

	if (profile->style == PROFILE_STAYS) {
		finding_set(finding, VERDICT_SKIP, "it is to stay in the foreground: there is no launcher that ends");
		return false;
	}
	if (!finding_needs_return(evidence, "it did not return: there is no launcher that ends", finding))
		return false;
	if (evidence->launch.outcome == EV_RETURNED && evidence->launch.status == 0 && alive)
		return true;
	if (evidence->launch.outcome == EV_RETURNED)
		finding_set(finding, VERDICT_SKIP, "the start itself went wrong: the started process %s%s",
		            probe_end_text(evidence->launch.status, end), alive ? "" : " and left nothing running");
	else
		finding_set(finding, VERDICT_SKIP, "%s", probe_outcome_text(evidence, text));
	return false;
}

const struct evidence *held_needed(const struct evidence *evidence, enum ev_scenario scenario, struct finding *finding)
{
	const struct evidence *run = run_needed(evidence, scenario, 0, finding);

	for (size_t i = 0; run && i < run->n_processes; i++) {
		if (run->processes[i].state != 't')
			continue;
		finding_set(finding, VERDICT_BROKEN,
		            "the launch '%s' failed: process %d was still held back at the end",
		            evidence_scenario_name(scenario), run->processes[i].pid);
		return NULL;
	}
	return run;
}

/* A daemon that never writes it is for pidfile.content to tell. */
static bool pidfile_wanted(const struct evidence *evidence)
{
	return evidence->pidfile.path && evidence_pidfile_pid(&evidence->pidfile.settled) > 0;
}

/* The next of the sockets that make it ready. */
static const struct ev_listener *next_wanted(const struct evidence *evidence, size_t *index)
{
	const struct ev_declared *declared = &evidence->declared;

	if (declared->n_ready > 0)
		return *index < declared->n_ready ? &declared->ready[(*index)++] : NULL;
	while (*index < evidence->n_listeners) {
		const struct ev_listener *listener = &evidence->listeners[(*index)++];

		if (listener_lasts(evidence, listener))
			return listener;
	}
	return NULL;
}

/* The declared files, as many as can be told. */
static size_t count_files(const struct evidence *evidence)
{
	char *const *files = evidence->declared.ready_files;
	size_t count = 0;

	while (files && files[count] && count < 64)
		count++;
	return count;
}

bool ready_known(const struct evidence *evidence)
{
	size_t index = 0;

	return pidfile_wanted(evidence) || next_wanted(evidence, &index) != NULL || count_files(evidence) > 0;
}

static enum ready file_ready(const struct evidence *launch, size_t number)
{
	if (!launch->launch.ready_files_known)
		return READY_UNSEEN;
	return launch->launch.ready_files >> number & 1 ? READY_YES : READY_NO;
}

static enum ready pidfile_ready(const struct evidence *launch)
{
	if (launch->pidfile.returned.state == EV_LOOK_NONE)
		return READY_UNSEEN;
	return evidence_pidfile_pid(&launch->pidfile.returned) > 0 ? READY_YES : READY_NO;
}

static enum ready listener_ready(const struct evidence *evidence, const struct evidence *launch,
                                 const struct ev_listener *wanted)
{
	const struct ev_launch *end = &launch->launch;
	bool there;

	if (!end->listeners_known)
		return READY_UNSEEN;
	if (evidence->declared.n_ready > 0)
		there = listener_answers(wanted, end->listeners, end->n_listeners);
	else
		there = listener_among(wanted, end->listeners, end->n_listeners);
	if (there)
		return READY_YES;
	return end->n_listeners >= RETURN_LISTENERS_MAX ? READY_UNSEEN : READY_NO;
}

static enum ready worse(enum ready a, enum ready b)
{
	if (a == READY_NO || b == READY_NO)
		return READY_NO;
	return a == READY_UNSEEN || b == READY_UNSEEN ? READY_UNSEEN : READY_YES;
}

enum ready ready_in(const struct evidence *evidence, const struct evidence *launch)
{
	enum ready ready = READY_YES;
	const struct ev_listener *wanted;
	char why[OUTCOME_TEXT_MAX];
	size_t index = 0;

	if (launch != evidence && !run_started(evidence, launch, why, sizeof(why)))
		return READY_UNSEEN;
	if (pidfile_wanted(evidence))
		ready = worse(ready, pidfile_ready(launch));
	while ((wanted = next_wanted(evidence, &index)))
		ready = worse(ready, listener_ready(evidence, launch, wanted));
	for (size_t i = 0; i < count_files(evidence); i++)
		ready = worse(ready, file_ready(launch, i));
	return ready;
}

enum { ITEMS_TOLD = 2 };

static void tell_item(char *buffer, const char *item, size_t *count)
{
	if (++*count <= ITEMS_TOLD)
		text_append(buffer, READY_TEXT_MAX, "%s%.60s", *count == 1 ? "" : " and ", item);
}

const char *ready_text(const struct evidence *evidence, const struct evidence *launch, bool missing,
                       char buffer[READY_TEXT_MAX])
{
	const struct ev_listener *wanted;
	char text[LISTENER_TEXT_MAX];
	size_t index = 0, count = 0;

	buffer[0] = '\0';
	while ((wanted = next_wanted(evidence, &index)))
		if (!missing || listener_ready(evidence, launch, wanted) == READY_NO)
			tell_item(buffer, listener_text(wanted, text), &count);
	if (pidfile_wanted(evidence) && (!missing || pidfile_ready(launch) == READY_NO))
		tell_item(buffer, evidence->pidfile.path, &count);
	for (size_t i = 0; i < count_files(evidence); i++)
		if (!missing || file_ready(launch, i) == READY_NO)
			tell_item(buffer, evidence->declared.ready_files[i], &count);
	if (count > ITEMS_TOLD)
		text_append(buffer, READY_TEXT_MAX, " and %zu more", count - ITEMS_TOLD);
	return buffer;
}

static void rate_add(struct ready_rate *rate, const struct evidence *evidence, const struct evidence *launch)
{
	enum ready ready = ready_in(evidence, launch);

	rate->seen += ready != READY_UNSEEN;
	rate->ready += ready == READY_YES;
	if (ready == READY_NO && !rate->unready)
		rate->unready = launch;
}

struct ready_rate ready_rate(const struct evidence *evidence)
{
	struct ready_rate rate = {0};

	rate_add(&rate, evidence, evidence);
	for (const struct evidence *run = run_next_done(evidence, EV_SCENARIO_AGAIN, NULL); run;
	     run = run_next_done(evidence, EV_SCENARIO_AGAIN, run))
		rate_add(&rate, evidence, run);
	return rate;
}
