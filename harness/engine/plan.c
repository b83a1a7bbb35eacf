/* Which launches there are to be. */
#include "engine/plan.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/candidate.h"

static bool is_alive(const struct ev_process *process)
{
	return process->state != 'Z' && process->state != 'X';
}

/* net.ipv4.ip_local_port_range as it is in a new net namespace. */
enum { EPHEMERAL_FIRST = 32768, EPHEMERAL_LAST = 60999 };

static bool is_fixed(const struct ev_listener *listener)
{
	const char *colon = strrchr(listener->address, ':');
	long port = colon ? strtol(colon + 1, NULL, 10) : 0;

	return listener->family != EV_SOCKET_UNIX && port > 0 && (port < EPHEMERAL_FIRST || port > EPHEMERAL_LAST);
}

const struct ev_listener *plan_next_port(const struct evidence *top, const struct ev_listener *previous)
{
	size_t i = previous ? (size_t)(previous - top->listeners) + 1 : 0;

	for (; i < top->n_listeners; i++)
		if (is_fixed(&top->listeners[i]))
			return &top->listeners[i];
	return NULL;
}

static bool has_tcp(const struct evidence *top)
{
	for (size_t i = 0; i < top->n_listeners; i++)
		if (top->listeners[i].family == EV_SOCKET_TCP)
			return true;
	return top->declared.request_address != NULL;
}

static bool has_worker(const struct evidence *top)
{
	const struct ev_process *main = evidence_main(top);

	for (size_t i = 0; main && i < top->n_processes; i++)
		if (top->processes[i].parent == main->pid && is_alive(&top->processes[i]))
			return true;
	return false;
}

static bool is_init_script(const struct evidence *top)
{
	char **argv = top->start.argv;

	return argv && argv[0] && argv[1] && strcmp(argv[1], "start") == 0 && !argv[2];
}

/* Whether one thing that a launch needs is there. */
static bool is_met(const struct engine_request *request, const struct evidence *top, enum scenario_need need)
{
	const struct ev_declared *declared = &top->declared;

	switch (need) {
	case SCENARIO_NEEDS_RETURN:
		return top->launch.outcome == EV_RETURNED;
	case SCENARIO_NEEDS_STAY:
		return top->launch.outcome == EV_STAYED;
	case SCENARIO_NEEDS_PIDFILE:
		return top->pidfile.path != NULL;
	case SCENARIO_NEEDS_PORT:
		return plan_next_port(top, NULL) != NULL;
	case SCENARIO_NEEDS_TCP:
		return has_tcp(top);
	case SCENARIO_NEEDS_WORKER:
		return has_worker(top);
	case SCENARIO_NEEDS_RELOAD:
		return declared->reload_signal != 0;
	case SCENARIO_NEEDS_BREAK:
		return request->candidate && request->candidate->reload_break.path;
	case SCENARIO_NEEDS_LOG:
		return declared->log && declared->log_signal;
	case SCENARIO_NEEDS_REQUEST:
		return declared->request_address != NULL;
	case SCENARIO_NEEDS_NOTIFY:
		return declared->notify;
	case SCENARIO_NEEDS_SOCKETS:
		return declared->sockets;
	case SCENARIO_NEEDS_S6:
		return declared->s6 >= 0;
	case SCENARIO_NEEDS_INIT_SCRIPT:
		return is_init_script(top);
	case SCENARIO_NEEDS_NO_ROOT:
		return geteuid() != 0;
	case SCENARIO_NEEDS_BIRTH: /* known only later */
		return true;
	}
	return false;
}

static const char *const REASONS[] = {
    "the started process does not return",
    "the started process does not stay in the foreground",
    "no pid file is declared (--pidfile)",
    "it listens on no fixed port",
    "it listens on no TCP port",
    "its main process has no child",
    "no reload signal is declared",
    "no broken configuration is declared",
    "no log and its signal are declared",
    "no request is declared",
    "it is not declared to notify",
    "it is not declared to take sockets",
    "it is not declared to write a readiness newline",
    "the command is not an init script with the action start",
    "root may read every directory",
    "",
};

/* The first of NEEDS that is not met, as a reason; NULL: all are. */
static const char *unmet(const struct engine_request *request, const struct evidence *top, unsigned int needs)
{
	for (unsigned int i = 0; i < sizeof(REASONS) / sizeof(REASONS[0]); i++)
		if (needs & 1u << i && !is_met(request, top, (enum scenario_need)(1u << i)))
			return REASONS[i];
	return NULL;
}

/* What speaks against any further launch. */
static const char *against_all(const struct evidence *top)
{
	if (top->isolation.level == EV_ISOLATION_REAPER)
		return "without namespaces a further launch would act on this very system";
	if (top->launch.outcome != EV_RETURNED && top->launch.outcome != EV_STAYED)
		return "the clean launch did not come to rest";
	for (size_t i = 0; i < top->n_processes; i++)
		if (is_alive(&top->processes[i]))
			return NULL;
	return "the clean launch left no daemon";
}

struct planning {
	const struct engine_request *request;
	const struct evidence *top;
	const char *against; /* all */
	struct jobs jobs;
	bool failed;
};

static void add(struct planning *planning, const struct scenario *scenario, int variant)
{
	struct jobs *jobs = &planning->jobs;
	struct job *items = realloc(jobs->items, (jobs->count + 1) * sizeof(items[0]));
	const char *reason = planning->against;

	if (!items) {
		planning->failed = true;
		return;
	}
	if (!reason)
		reason = unmet(planning->request, planning->top, scenario->needs);
	jobs->items = items;
	items[jobs->count++] = (struct job){.scenario = scenario, .variant = variant, .reason = reason};
}

static void add_times(struct planning *planning, const struct scenario *scenario, int times)
{
	for (int i = 0; i < times; i++)
		add(planning, scenario, i);
}

static void add_failures(struct planning *planning, const struct scenario *scenario)
{
	char **names = planning->top->declared.failures;

	for (int i = 0; names && names[i]; i++)
		add(planning, scenario, EV_FAILS_DECLARED + i);
}

/* The signals under which a request is to be finished. */
static void add_drains(struct planning *planning, const struct scenario *scenario)
{
	const struct candidate *candidate = planning->request->candidate;

	for (size_t i = 0; candidate && i < candidate->request.n_drains; i++)
		add(planning, scenario, candidate->request.drains[i]);
	if (!candidate || candidate->request.n_drains == 0)
		add(planning, scenario, planning->top->declared.stop_signal);
}

/* The reload signal where that is not one of those that are sent anyway. */
static void add_reload(struct planning *planning, const struct scenario *scenario)
{
	int signal = planning->top->declared.reload_signal;

	if (signal && signal != SIGHUP && signal != SIGINT && signal != SIGQUIT)
		add(planning, scenario, signal);
}

/* Most rows are one launch; some are as many as there are things to try. */
static void expand(struct planning *planning, const struct scenario *scenario)
{
	bool thorough = planning->request->thorough;

	if (scenario->id == EV_SCENARIO_AGAIN)
		add_times(planning, scenario, thorough ? SCENARIO_AGAIN_THOROUGH : SCENARIO_AGAIN);
	else if (scenario->id == EV_SCENARIO_HANGUP_RACE && !scenario->variation.hold)
		add_times(planning, scenario, thorough ? SCENARIO_RACES_THOROUGH : SCENARIO_RACES);
	else if (scenario->id == EV_SCENARIO_START_FAILS && scenario->variant == EV_FAILS_DECLARED)
		add_failures(planning, scenario);
	else if (scenario->id == EV_SCENARIO_DRAIN)
		add_drains(planning, scenario);
	else if (scenario->id == EV_SCENARIO_SIGNAL && scenario->variant == SCENARIO_RELOAD_SIGNAL)
		add_reload(planning, scenario);
	else
		add(planning, scenario, scenario->variant);
}

/* Where one of them has to wait for the launch HELD, that is needed, too. */
static uint64_t with_needed(uint64_t scenarios)
{
	for (size_t i = 0; i < N_SCENARIOS; i++)
		if (scenarios >> SCENARIOS[i].id & 1 && SCENARIOS[i].needs & SCENARIO_NEEDS_BIRTH)
			return scenarios | SCENARIO_BIT(HELD);
	return scenarios;
}

int plan_jobs(const struct engine_request *request, uint64_t scenarios, const struct evidence *top,
              struct jobs *ret_jobs)
{
	struct planning planning = {.request = request, .top = top, .against = against_all(top)};

	scenarios = with_needed(scenarios);
	for (size_t i = 0; i < N_SCENARIOS; i++)
		if (scenarios >> SCENARIOS[i].id & 1)
			expand(&planning, &SCENARIOS[i]);
	if (planning.failed) {
		plan_free(&planning.jobs);
		return -ENOMEM;
	}
	*ret_jobs = planning.jobs;
	return 0;
}

void plan_free(struct jobs *jobs)
{
	free(jobs->items);
	*jobs = (struct jobs){0};
}

bool plan_waits(const struct job *job)
{
	return job->scenario->needs & SCENARIO_NEEDS_BIRTH;
}

int plan_birth(const struct evidence *top)
{
	const struct evidence *held = evidence_run(top, EV_SCENARIO_HELD, 0);
	const struct ev_process *main = held && held->state == EV_RUN_DONE ? evidence_main(held) : NULL;

	for (size_t i = 0; main && i < held->launch.n_births; i++)
		if (held->launch.births[i] == (uint32_t)main->pid)
			return (int)i + 1;
	return 0;
}

const char *plan_reason_now(const struct job *job, const struct evidence *top)
{
	if (job->reason)
		return job->reason;
	if (plan_waits(job) && plan_birth(top) == 0)
		return "which process becomes the daemon could not be seen";
	return NULL;
}

bool plan_step_applies(const struct engine_request *request, const struct evidence *top,
                       const struct scenario_step *step)
{
	return !unmet(request, top, step->needs);
}
