/* A row of the table becomes a launch. */
#include "engine/arrange.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/candidate.h"

/* A text that lives as long as the launch; NULL when there is no room. */
static const char *keep(struct arranged *arranged, const char *format, ...) __attribute__((format(printf, 2, 3)));

static const char *keep(struct arranged *arranged, const char *format, ...)
{
	va_list arguments;
	char *text;

	if (arranged->n_texts == ARRANGE_TEXTS_MAX) {
		arranged->overfull = true;
		return NULL;
	}
	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	arranged->overfull |= !text;
	arranged->texts[arranged->n_texts++] = text;
	return text;
}

static const char *family_name(enum ev_socket_family family)
{
	switch (family) {
	case EV_SOCKET_TCP:
		return "tcp";
	case EV_SOCKET_UDP:
		return "udp";
	case EV_SOCKET_UNIX:
		return "unix";
	}
	return "";
}

static void add_file(struct arranged *arranged, const struct variation_file *file)
{
	struct variation *variation = &arranged->launch.options.variation;

	if (variation->n_files == ARRANGE_FILES_MAX) {
		arranged->overfull = true;
		return;
	}
	arranged->files[variation->n_files++] = *file;
	variation->files = arranged->files;
}

static struct variation_file file_of(const struct candidate_file *file)
{
	return (struct variation_file){.path = file->path,
	                               .content = file->content,
	                               .size = file->size,
	                               .mode = file->mode,
	                               .directory = file->directory};
}

static void add_candidate(struct arranged *arranged, const struct candidate *candidate)
{
	if (!candidate)
		return;
	for (size_t i = 0; i < candidate->n_files; i++) {
		const struct variation_file file = file_of(&candidate->files[i]);

		add_file(arranged, &file);
	}
	arranged->launch.options.variation.setup = (const char *const *)candidate->setup;
}

/* Two listeners on one address are one. */
static bool is_occupied(const struct arranged *arranged, const char *text)
{
	for (size_t i = 0; arranged->occupied[i]; i++)
		if (strcmp(arranged->occupied[i], text) == 0)
			return true;
	return false;
}

static void occupy(struct arranged *arranged, const struct evidence *top)
{
	size_t count = 0;

	for (const struct ev_listener *port = plan_next_port(top, NULL); port; port = plan_next_port(top, port)) {
		const char *text = keep(arranged, "%s %s", family_name(port->family), port->address);

		if (text && !is_occupied(arranged, text))
			arranged->occupied[count++] = text;
	}
	arranged->launch.options.variation.occupy = arranged->occupied;
}

static void make_fail(struct arranged *arranged, const struct engine_request *request, const struct job *job,
                      const struct evidence *top)
{
	struct variation_file file = {.path = top->pidfile.path, .directory = true};

	if (job->variant == EV_FAILS_PORT) {
		occupy(arranged, top);
		return;
	}
	if (job->variant >= EV_FAILS_DECLARED)
		file = file_of(&request->candidate->failures[job->variant - EV_FAILS_DECLARED].file);
	add_file(arranged, &file);
}

static void make_stale(struct arranged *arranged, const struct job *job, const struct evidence *top)
{
	const struct ev_process *main = evidence_main(top);
	struct variation_file file = {.path = top->pidfile.path, .content = job->scenario->stale};

	if (job->variant == EV_STALE_STRANGER)
		file.stranger = true;
	/* Processes of a sandbox are numbered the same each time: it will most likely be this one. */
	if (job->variant == EV_STALE_OWN && main)
		file.content = keep(arranged, "%d\n", main->pid);
	file.size = file.content ? strlen(file.content) : 0;
	add_file(arranged, &file);
}

static int signal_of(const struct job *job, const struct ev_declared *declared, int signal)
{
	switch (signal) {
	case SCENARIO_STOP_SIGNAL:
		return declared->stop_signal;
	case SCENARIO_RELOAD_SIGNAL:
		return declared->reload_signal;
	case SCENARIO_LOG_SIGNAL:
		return declared->log_signal;
	case SCENARIO_VARIANT_SIGNAL:
		return job->variant;
	default:
		return signal;
	}
}

static bool is_declared_to_stop(const struct ev_declared *declared, int signal)
{
	for (size_t i = 0; i < declared->n_effects; i++)
		if (declared->effects[i].signal == signal)
			return declared->effects[i].effect == EV_EFFECT_STOPS;
	return false;
}

/* What ends a step, for this daemon. */
static enum script_until until_of(const struct job *job, const struct evidence *top, const struct scenario_step *step)
{
	/* A second start of what stays in the foreground does not end. */
	if (step->until == SCRIPT_RAN_OUT && top->launch.outcome == EV_STAYED)
		return SCRIPT_SETTLED;
	/* A stop may take its time. */
	if (step->until == SCRIPT_SETTLED && step->signal == SCENARIO_VARIANT_SIGNAL &&
	    is_declared_to_stop(&top->declared, job->variant))
		return SCRIPT_GONE;
	return step->until;
}

/* The declared request's address, or the first TCP listener that was seen. */
static const char *client_address(struct arranged *arranged, const struct evidence *top)
{
	if (top->declared.request_address)
		return top->declared.request_address;
	for (size_t i = 0; i < top->n_listeners; i++)
		if (top->listeners[i].family == EV_SOCKET_TCP)
			return keep(arranged, "tcp %s", top->listeners[i].address);
	return NULL;
}

static void fill_arguments(struct arranged *arranged, const struct engine_request *request, const struct evidence *top,
                           const struct scenario_step *step, const char **arguments)
{
	const struct candidate *candidate = request->candidate;
	const struct ev_process *main = evidence_main(top);

	switch (step->arguments) {
	case SCENARIO_NO_ARGUMENTS:
	case SCENARIO_PASSED: /* known only when the socket is there */
		return;
	case SCENARIO_ADDRESS:
		arguments[0] = client_address(arranged, top);
		return;
	case SCENARIO_FIRST_PART:
		arguments[0] = candidate->request.send;
		return;
	case SCENARIO_REST:
		arguments[0] = candidate->request.rest ? candidate->request.rest : "";
		return;
	case SCENARIO_WHOLE:
		arguments[0] = keep(arranged, "%s%s", candidate->request.send,
		                    candidate->request.rest ? candidate->request.rest : "");
		return;
	case SCENARIO_LOG:
		arguments[0] = top->declared.log;
		arguments[1] = keep(arranged, "%s.1", top->declared.log);
		return;
	case SCENARIO_BREAK:
		arguments[0] = candidate->reload_break.path;
		arguments[1] = candidate->reload_break.content;
		return;
	case SCENARIO_ACTION:
		arguments[0] = top->start.argv[0];
		arguments[1] = step->action;
		return;
	case SCENARIO_PROGRAM:
		arguments[0] = main && main->exe ? main->exe : "/nonexistent";
		arguments[1] = keep(arranged, "%s.away", arguments[0]);
		return;
	}
}

static void add_step(struct arranged *arranged, const struct engine_request *request, const struct job *job,
                     const struct evidence *top, const struct scenario_step *step)
{
	struct script *script = &arranged->launch.script;
	size_t index = script->n_steps;

	if (!plan_step_applies(request, top, step))
		return;
	if (index == ARRANGE_STEPS_MAX) {
		arranged->overfull = true;
		return;
	}
	arranged->steps[index] = (struct script_step){
	    .kind = step->kind,
	    .whom = step->whom,
	    .until = until_of(job, top, step),
	    .signal = signal_of(job, &top->declared, step->signal),
	    .empty_environment = step->bare,
	    .no_terminal = step->bare,
	};
	if (step->arguments != SCENARIO_NO_ARGUMENTS && step->arguments != SCENARIO_PASSED) {
		fill_arguments(arranged, request, top, step, arranged->arguments[index]);
		arranged->steps[index].arguments = arranged->arguments[index];
	}
	script->steps = arranged->steps;
	script->n_steps++;
}

static void add_steps(struct arranged *arranged, const struct engine_request *request, const struct job *job,
                      const struct evidence *top)
{
	const struct scenario *scenario = job->scenario;
	unsigned int times = scenario->times ? scenario->times : 1;

	arranged->launch.script.stop_within_us = top->declared.stop_within_us;
	for (unsigned int i = 0; i < times; i++)
		for (size_t k = 0; k < scenario->n_steps; k++)
			add_step(arranged, request, job, top, &scenario->steps[k]);
	for (size_t k = 0; k < scenario->n_last; k++)
		add_step(arranged, request, job, top, &scenario->last[k]);
}

static void set_options(struct arranged *arranged, const struct job *job, const struct evidence *top)
{
	const struct scenario *scenario = job->scenario;
	struct start_options *options = &arranged->launch.options;

	*options = (struct start_options){
	    .variation = scenario->variation,
	    .other_umask = scenario->other_umask,
	    .umask = scenario->umask,
	    .empty_environment = scenario->empty_environment,
	    .no_plants = scenario->no_plants,
	};
	if (scenario->variation.notify != VARIATION_NOTIFY_NONE)
		options->variation.watchdog_us = top->declared.watchdog_us;
	if (scenario->variation.s6)
		options->variation.s6_number = top->declared.s6;
	arranged->launch.hold = scenario->hold;
	if (scenario->kills_birth) {
		arranged->launch.hold.nth = plan_birth(top);
		arranged->launch.hold.signal = signal_of(job, &top->declared, scenario->hold.signal);
	}
	arranged->launch.top = top;
}

static int conclude(const struct arranged *arranged)
{
	return arranged->overfull ? -E2BIG : 0;
}

int arrange_clean(const struct engine_request *request, struct arranged *ret_arranged)
{
	*ret_arranged = (struct arranged){0};
	add_candidate(ret_arranged, request->candidate);
	return conclude(ret_arranged);
}

int arrange_job(const struct engine_request *request, const struct job *job, const struct evidence *top,
                struct arranged *ret_arranged)
{
	*ret_arranged = (struct arranged){0};
	set_options(ret_arranged, job, top);
	add_candidate(ret_arranged, request->candidate);
	if (job->scenario->id == EV_SCENARIO_START_FAILS)
		make_fail(ret_arranged, request, job, top);
	if (job->scenario->id == EV_SCENARIO_STALE_PIDFILE)
		make_stale(ret_arranged, job, top);
	add_steps(ret_arranged, request, job, top);
	return conclude(ret_arranged);
}

void arranged_free(struct arranged *arranged)
{
	for (size_t i = 0; i < arranged->n_texts; i++)
		free(arranged->texts[i]);
	arranged->n_texts = 0;
}
