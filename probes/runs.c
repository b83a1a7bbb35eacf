/* Finding a further launch, saying why there is none, and what a step did. */
#include "probes/runs.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/text.h"

/* Why a launch that there should be cannot be judged. */
static void tell_missing(const struct evidence *evidence, const struct evidence *run, enum ev_scenario scenario,
                         struct finding *finding)
{
	const char *reason = run && run->reason ? run->reason : "for no recorded reason";

	if (!run && evidence->interrupted)
		finding_set(finding, VERDICT_BROKEN, "it was interrupted before the launch '%s'",
		            evidence_scenario_name(scenario));
	else if (!run)
		finding_set(finding, VERDICT_SKIP, "not seen: there was no launch '%s'",
		            evidence_scenario_name(scenario));
	else if (run->state == EV_RUN_FAILED)
		finding_set(finding, VERDICT_BROKEN, "the launch '%s' failed: %s", evidence_scenario_name(scenario),
		            reason);
	else
		finding_set(finding, VERDICT_SKIP, "%s", reason);
}

const struct evidence *run_needed(const struct evidence *evidence, enum ev_scenario scenario, int variant,
                                  struct finding *finding)
{
	const struct evidence *run = evidence_run(evidence, scenario, variant);

	if (run && run->state == EV_RUN_DONE)
		return run;
	tell_missing(evidence, run, scenario, finding);
	return NULL;
}

const struct evidence *run_next_done(const struct evidence *evidence, enum ev_scenario scenario,
                                     const struct evidence *previous)
{
	const struct evidence *run = previous;

	while ((run = evidence_next_run(evidence, scenario, run)))
		if (run->state == EV_RUN_DONE)
			return run;
	return NULL;
}

/* A failure of the harness weighs more than a launch that does not apply. */
static const struct evidence *most_telling(const struct evidence *evidence, enum ev_scenario scenario)
{
	const struct evidence *run = NULL, *found = NULL;

	while ((run = evidence_next_run(evidence, scenario, run)))
		if (!found || (run->state == EV_RUN_FAILED && found->state != EV_RUN_FAILED))
			found = run;
	return found;
}

bool run_none_done(const struct evidence *evidence, enum ev_scenario scenario, struct finding *finding)
{
	if (run_next_done(evidence, scenario, NULL))
		return false;
	tell_missing(evidence, most_telling(evidence, scenario), scenario, finding);
	return true;
}

const struct evidence *run_failed(const struct evidence *evidence, enum ev_scenario scenario)
{
	const struct evidence *run = most_telling(evidence, scenario);

	return run && run->state == EV_RUN_FAILED ? run : NULL;
}

bool run_tell_failed(const struct evidence *evidence, enum ev_scenario scenario, struct finding *finding)
{
	const struct evidence *run = run_failed(evidence, scenario);

	if (run)
		tell_missing(evidence, run, scenario, finding);
	return run != NULL;
}

bool run_started(const struct evidence *evidence, const struct evidence *run, char *why, size_t size)
{
	char text[OUTCOME_TEXT_MAX], end[END_TEXT_MAX];
	const struct ev_launch *launch = &run->launch;

	if (launch->outcome != EV_RETURNED && launch->outcome != EV_STAYED)
		(void)snprintf(why, size, "%s", probe_outcome_text(run, text));
	else if (launch->outcome != evidence->launch.outcome)
		(void)snprintf(why, size, "%s",
		               launch->outcome == EV_STAYED ? "the started process did not return"
		                                            : "the started process did not stay");
	else if (launch->outcome == EV_RETURNED && launch->status != evidence->launch.status)
		(void)snprintf(why, size, "the started process %s%s", probe_end_text(launch->status, end),
		               probe_any_alive(run) ? "" : " and left nothing running");
	else if (!probe_any_alive(run))
		(void)snprintf(why, size, "nothing of it was left running");
	else
		return true;
	return false;
}

const struct ev_step *run_step(const struct evidence *run, enum ev_step_kind kind, const struct ev_step *previous)
{
	size_t i = previous ? (size_t)(previous - run->steps) + 1 : 0;

	for (; i < run->n_steps; i++)
		if (run->steps[i].kind == kind)
			return &run->steps[i];
	return NULL;
}

const struct ev_process *state_next(const struct ev_state *state, const struct ev_process *previous)
{
	size_t i = previous ? (size_t)(previous - state->processes) + 1 : 0;

	for (; i < state->n_processes; i++)
		if (probe_alive(&state->processes[i]))
			return &state->processes[i];
	return NULL;
}

const struct ev_process *state_same(const struct ev_state *state, const struct ev_process *process)
{
	const struct ev_process *now = evidence_state_process(state, process->pid);

	return now && now->start_ticks == process->start_ticks && probe_alive(now) ? now : NULL;
}

bool run_exit_status(const struct evidence *run, int pid, int *ret_status)
{
	for (size_t i = run->n_exits; i-- > 0;) {
		if (run->exits[i].pid == pid) {
			*ret_status = run->exits[i].status;
			return true;
		}
	}
	return false;
}

const struct ev_exit *run_exit_from(const struct evidence *run, int pid, int64_t at_us)
{
	for (size_t i = run->n_exits; i-- > 0;)
		if (run->exits[i].pid == pid && run->exits[i].at_us >= at_us)
			return &run->exits[i];
	return NULL;
}

struct ev_state run_state(const struct evidence *run)
{
	return (struct ev_state){
	    .taken = true,
	    .settled = run->settle.settled,
	    .at_us = run->settle.at_us,
	    .processes = run->processes,
	    .n_processes = run->n_processes,
	    .listeners = run->listeners,
	    .n_listeners = run->n_listeners,
	};
}

static bool same_name(const struct ev_process *a, const struct ev_process *b)
{
	return strcmp(probe_or_unknown(a->name), probe_or_unknown(b->name)) == 0;
}

static size_t count_named(const struct ev_state *state, const struct ev_process *like)
{
	size_t count = 0;

	for (const struct ev_process *process = state_next(state, NULL); process; process = state_next(state, process))
		count += same_name(process, like);
	return count;
}

bool state_lost(const struct ev_state *before, const struct ev_state *after, const struct ev_process *process)
{
	return !state_same(after, process) && count_named(after, process) < count_named(before, process);
}

bool run_same_part(const struct evidence *run, const struct ev_process *process, const struct evidence *other_run,
                   const struct ev_process *other)
{
	return same_name(process, other) &&
	       (process->parent == run->start.reaper) == (other->parent == other_run->start.reaper);
}

/* Whether what happens to the terminal can touch the process: by its session, its group, or an open descriptor. */
static bool terminal_reaches(const struct evidence *run, const struct ev_process *process)
{
	if (process->session == run->start.leader || process->group == run->launch.group)
		return true;
	for (size_t i = 0; i < process->n_fds; i++)
		if (evidence_is_launch_terminal(run, &process->fds[i].file))
			return true;
	return false;
}

static bool is_lost(const struct run_blow *blow, const struct ev_process *process, const struct ev_exit *end)
{
	int status;

	if (!end && run_exit_status(blow->run, process->pid, &status))
		return false;
	if (process->pid == blow->main->pid)
		return !state_same(&blow->step->after, process);
	if (!blow->step->after.settled || !state_lost(blow->before, &blow->step->after, process))
		return false;
	return terminal_reaches(blow->run, process) ||
	       (end && WIFSIGNALED(end->status) && WTERMSIG(end->status) == blow->signal);
}

void run_tell_lost(const struct run_blow *blow, struct finding *finding)
{
	const struct ev_process *process = NULL;
	char text[END_TEXT_MAX];

	while ((process = state_next(blow->before, process))) {
		const struct ev_exit *end = run_exit_from(blow->run, process->pid, blow->step->at_us);

		if (is_lost(blow, process, end))
			finding_culprit(finding, process, blow->field, "it %s%s",
			                end ? probe_end_text(end->status, text) : "is gone", blow->when);
	}
}

static void closed_text(int variant, char *buffer, size_t size)
{
	bool first = true;

	buffer[0] = '\0';
	for (int number = 0; number < 3; number++) {
		if (!(variant >> number & 1))
			continue;
		text_append(buffer, size, "%s%d", first ? "" : variant >> (number + 1) ? ", " : " and ", number);
		first = false;
	}
	text_append(buffer, size, " closed");
}

/* In the order of the enums. */
static const char *const SIGNALS_TEXTS[] = {"a caller that ignores signals", "a caller that blocks signals"};
static const char *const NULL_TEXTS[] = {"no /dev/null", "a regular file for /dev/null"};
static const char *const DIRECTORY_TEXTS[] = {"the start directory deleted", "the start directory unreadable",
                                              "the start directory to be unmounted"};
static const char *const STALE_TEXTS[] = {"a pid file of a dead process", "a pid file of a stranger",
                                          "a pid file with its own pid", "a pid file with garbage",
                                          "a pid file that names PID 1"};
static const char *const FAILS_TEXTS[] = {"its ports taken", "a directory for the pid file"};

static const char *among(const char *const *texts, size_t count, int variant)
{
	return variant >= 0 && (size_t)variant < count ? texts[variant] : "an unknown variant";
}
#define AMONG(texts, variant) among(texts, sizeof(texts) / sizeof((texts)[0]), variant)

const char *run_text(const struct evidence *evidence, const struct evidence *run, char buffer[RUN_TEXT_MAX])
{
	char signals[SIGNALS_TEXT_MAX];
	int variant = run->variant;

	(void)snprintf(buffer, RUN_TEXT_MAX, "the launch '%s'", evidence_scenario_name(run->scenario));
	if (run->scenario == EV_SCENARIO_UMASK)
		(void)snprintf(buffer, RUN_TEXT_MAX, "umask %04o", (unsigned int)variant);
	else if (run->scenario == EV_SCENARIO_CLOSED)
		closed_text(variant, buffer, RUN_TEXT_MAX);
	else if (run->scenario == EV_SCENARIO_SIGNALS)
		(void)snprintf(buffer, RUN_TEXT_MAX, "%s", AMONG(SIGNALS_TEXTS, variant));
	else if (run->scenario == EV_SCENARIO_ODD_NULL)
		(void)snprintf(buffer, RUN_TEXT_MAX, "%s", AMONG(NULL_TEXTS, variant));
	else if (run->scenario == EV_SCENARIO_START_DIRECTORY)
		(void)snprintf(buffer, RUN_TEXT_MAX, "%s", AMONG(DIRECTORY_TEXTS, variant));
	else if (run->scenario == EV_SCENARIO_STALE_PIDFILE)
		(void)snprintf(buffer, RUN_TEXT_MAX, "%s", AMONG(STALE_TEXTS, variant));
	else if (run->scenario == EV_SCENARIO_SIGNAL || run->scenario == EV_SCENARIO_DRAIN)
		(void)snprintf(buffer, RUN_TEXT_MAX, "%s", probe_signal_text(variant, signals));
	else if (run->scenario == EV_SCENARIO_START_FAILS && variant < EV_FAILS_DECLARED)
		(void)snprintf(buffer, RUN_TEXT_MAX, "%s", AMONG(FAILS_TEXTS, variant));
	else if (run->scenario == EV_SCENARIO_START_FAILS)
		(void)snprintf(buffer, RUN_TEXT_MAX, "%s", run_failure_name(evidence, variant));
	return buffer;
}

const char *run_failure_name(const struct evidence *evidence, int variant)
{
	char **names = evidence->declared.failures;

	for (int i = EV_FAILS_DECLARED; names && *names; i++, names++)
		if (i == variant)
			return *names;
	return "a declared failure";
}

int64_t run_elapsed(int64_t from_us, int64_t to_us)
{
	int64_t elapsed;

	return __builtin_sub_overflow(to_us, from_us, &elapsed) || elapsed < 0 ? 0 : elapsed;
}

int run_stop_signal(const struct evidence *evidence)
{
	return evidence->declared.stop_signal > 0 ? evidence->declared.stop_signal : SIGTERM;
}

int64_t run_stop_within(const struct evidence *evidence)
{
	return evidence->declared.stop_within_us > 0 ? evidence->declared.stop_within_us : EVIDENCE_STOP_WITHIN_US;
}

bool run_stop_status(const struct evidence *evidence, int status)
{
	int declared = evidence->declared.stop_status;

	if (declared >= 0)
		return WIFEXITED(status) && WEXITSTATUS(status) == declared;
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == run_stop_signal(evidence);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool run_reply_right(const struct evidence *evidence, const struct ev_step *reply)
{
	const char *expected = evidence->declared.request_expect;
	size_t kept = reply->reply ? (size_t)reply->reply_kept : 0;

	if (!expected)
		return reply->reply_total > 0;
	return kept > 0 && memmem(reply->reply, kept, expected, strlen(expected)) != NULL;
}

enum ev_effect run_effect(const struct evidence *evidence, int signal)
{
	const struct ev_declared *declared = &evidence->declared;

	for (size_t i = 0; i < declared->n_effects; i++)
		if (declared->effects[i].signal == signal)
			return declared->effects[i].effect;
	if (signal == run_stop_signal(evidence))
		return EV_EFFECT_STOPS;
	return signal == declared->reload_signal ? EV_EFFECT_LIVES : EV_EFFECT_UNKNOWN;
}

int64_t run_gone_after(const struct ev_step *signal, const struct ev_state *after)
{
	return run_elapsed(signal->at_us, after->gone_us ? after->gone_us : after->at_us);
}

/* By what a process of one launch is found in another. */
enum likeness { LIKE_NAME, LIKE_MAIN, LIKE_PROGRAM, LIKENESSES };

static bool same_text(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static bool is_like(enum likeness likeness, const struct evidence *run, const struct ev_process *process,
                    const struct evidence *other_run, const struct ev_process *other)
{
	switch (likeness) {
	case LIKE_NAME:
		return same_text(process->name, other->name);
	case LIKE_MAIN:
		return process == evidence_main(run) && other == evidence_main(other_run);
	case LIKE_PROGRAM:
		return same_text(process->exe, other->exe);
	case LIKENESSES:
		break;
	}
	return false;
}

static bool add_own(enum likeness likeness, const struct evidence *run, const struct ev_process *process,
                    const struct evidence *other_run, run_signals *set, uint64_t *own)
{
	bool found = false;

	if (other_run->start.ignored || other_run->start.blocked || other_run->state != EV_RUN_DONE)
		return false;
	for (const struct ev_process *other = probe_next(other_run, NULL); other;
	     other = probe_next(other_run, other)) {
		if (!is_like(likeness, run, process, other_run, other))
			continue;
		*own |= set(other);
		found = true;
	}
	return found;
}

bool run_own_signals(const struct evidence *evidence, const struct evidence *run, const struct ev_process *process,
                     run_signals *set, uint64_t *ret_set)
{
	uint64_t own = 0;
	bool found = false;

	for (enum likeness likeness = 0; likeness < LIKENESSES && !found; likeness++) {
		found = add_own(likeness, run, process, evidence, set, &own);
		for (size_t i = 0; i < evidence->n_runs; i++)
			found |= add_own(likeness, run, process, &evidence->runs[i], set, &own);
	}
	if (found)
		*ret_set = own;
	return found;
}
