/* One probe on its way over several launches and steps: what held, what did not, what could not be judged. */
#include "probes/tally.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static bool same_text(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

void tally_right(struct run_tally *tally, const char *format, ...)
{
	char piece[FINDING_TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(piece, sizeof(piece), format, arguments);
	va_end(arguments);
	text_append(tally->right, sizeof(tally->right), "%s%s", tally->right[0] ? "; " : "", piece);
}

void tally_missed(struct run_tally *tally, enum verdict verdict, const char *format, ...)
{
	va_list arguments;

	if (tally->missed == VERDICT_BROKEN || tally->missed == verdict)
		return;
	tally->missed = verdict;
	va_start(arguments, format);
	(void)vsnprintf(tally->why, sizeof(tally->why), format, arguments);
	va_end(arguments);
}

void tally_end(struct run_tally *tally)
{
	struct finding *finding = tally->finding;
	bool enough = tally->right[0] && !(tally->strict && tally->missed != VERDICT_PASS);

	if (finding->n_culprits > 0)
		finding_fail_culprits(finding, false);
	else if (tally->missed == VERDICT_BROKEN)
		finding_set(finding, VERDICT_BROKEN, "%s", tally->why);
	else if (!enough)
		finding_set(finding, VERDICT_SKIP, "%s", tally->why[0] ? tally->why : "there was nothing to judge");
	else
		finding_set(finding, VERDICT_PASS, "%s", tally->right);
	if (finding->verdict == VERDICT_PASS && tally->why[0])
		text_append(finding->seen, sizeof(finding->seen), "; not judged: %s", tally->why);
}

const struct evidence *tally_done(struct run_tally *tally, enum ev_scenario scenario, int variant)
{
	struct finding reason = {0};
	const struct evidence *run = run_needed(tally->evidence, scenario, variant, &reason);

	if (!run)
		tally_missed(tally, reason.verdict, "%s", reason.seen);
	return run;
}

const struct evidence *tally_run(struct run_tally *tally, enum ev_scenario scenario, int variant)
{
	const struct evidence *run = tally_done(tally, scenario, variant);
	char why[FINDING_TEXT_MAX], text[RUN_TEXT_MAX];

	if (!run || run_started(tally->evidence, run, why, sizeof(why)))
		return run;
	tally_missed(tally, VERDICT_SKIP, "%s: %s", run_text(tally->evidence, run, text), why);
	return NULL;
}

bool tally_comes_up(struct run_tally *tally, const struct evidence *run, const char *where)
{
	char why[FINDING_TEXT_MAX];

	if (run_started(tally->evidence, run, why, sizeof(why)))
		return true;
	if (run->launch.outcome == EV_NO_COMMAND)
		tally_missed(tally, VERDICT_BROKEN, "%s: %s", where, why);
	else
		finding_culprit_file(tally->finding, "the start", "failed", "%s: %s", where, why);
	return false;
}

size_t tally_compare(struct run_tally *tally, const struct evidence *run, const char *where, tally_judge *judge)
{
	size_t judged = 0;

	if (!tally_comes_up(tally, run, where))
		return 0;
	for (const struct ev_process *process = probe_next(run, NULL); process; process = probe_next(run, process)) {
		if (judge(tally, run, process))
			judged++;
		else
			tally_missed(tally, VERDICT_SKIP, "%s (%d) could not be compared with the clean launch",
			             probe_or_unknown(process->name), process->pid);
	}
	return judged;
}

const struct evidence *tally_next(struct run_tally *tally, enum ev_scenario scenario, const struct evidence *previous)
{
	const struct evidence *run = previous;
	struct finding reason = {0};

	if (!previous && run_none_done(tally->evidence, scenario, &reason))
		tally_missed(tally, reason.verdict, "%s", reason.seen);
	while ((run = evidence_next_run(tally->evidence, scenario, run)))
		if (tally_run(tally, scenario, run->variant) == run)
			return run;
	return NULL;
}

const struct ev_step *tally_step(struct run_tally *tally, const struct evidence *run, enum ev_step_kind kind,
                                 const struct ev_step *previous)
{
	const struct ev_step *step = run_step(run, kind, previous);
	char text[RUN_TEXT_MAX];

	(void)run_text(tally->evidence, run, text);
	if (!step)
		tally_missed(tally, VERDICT_BROKEN, "%s: what was to be done then was not done", text);
	else if (step->error_number == ESRCH)
		tally_missed(tally, VERDICT_SKIP, "%s: %s: it had gone by itself before", text,
		             probe_or_unknown(step->what));
	else if (step->error_number)
		tally_missed(tally, VERDICT_BROKEN, "%s: %s: %s", text, probe_or_unknown(step->what),
		             probe_errno_text(step->error_number));
	else if (!step->after.taken)
		tally_missed(tally, VERDICT_BROKEN, "%s: %s: nothing was looked at after it", text,
		             probe_or_unknown(step->what));
	else
		return step;
	return NULL;
}

/* Everything that is left is a culprit. */
static void add_left(struct run_tally *tally, const struct ev_step *signal, const struct ev_state *after,
                     const char *where)
{
	char time[TIME_TEXT_MAX], name[SIGNALS_TEXT_MAX];

	(void)probe_time_text(run_elapsed(signal->at_us, after->at_us), time);
	(void)probe_signal_text(signal->signal, name);
	for (const struct ev_process *process = state_next(after, NULL); process; process = state_next(after, process))
		finding_culprit(tally->finding, process, "alive", "%s after %s%s%s", time, name,
		                probe_deaf_text(process, signal->signal), where);
	for (size_t i = 0; i < after->n_listeners && !state_next(after, NULL); i++)
		finding_culprit_file(tally->finding, after->listeners[i].address, "listens", "%s after %s%s", time,
		                     name, where);
}

bool tally_gone(struct run_tally *tally, const struct ev_step *signal, const struct ev_state *after, const char *where)
{
	int64_t within = run_stop_within(tally->evidence), waited = run_elapsed(signal->at_us, after->at_us);
	char time[TIME_TEXT_MAX], name[SIGNALS_TEXT_MAX];
	bool left = state_next(after, NULL) || after->n_listeners > 0;

	(void)probe_signal_text(signal->signal, name);
	if (!left && run_gone_after(signal, after) <= within)
		return true;
	if (!left)
		finding_culprit_file(tally->finding, "the last process", "gone", "only %s after %s%s",
		                     probe_time_text(run_gone_after(signal, after), time), name, where);
	else if (!after->settled && waited < within - within / 10)
		tally_missed(tally, VERDICT_BROKEN, "it was looked at only %s after %s", probe_time_text(waited, time),
		             name);
	else
		add_left(tally, signal, after, where);
	return false;
}

void tally_ended(struct run_tally *tally, const struct ev_process *process, int status, int64_t elapsed_us,
                 const char *after)
{
	char end[END_TEXT_MAX], time[TIME_TEXT_MAX];
	const char *text = probe_end_text(status, end);
	bool killed = strncmp(text, "was ", strlen("was ")) == 0;

	text += killed ? strlen("was killed ") : strlen("ended ");
	finding_culprit(tally->finding, process, killed ? "killed" : "ended", "%s, %s after %s", text,
	                probe_time_text(elapsed_us, time), after);
}

bool tally_main_lives(struct run_tally *tally, const struct evidence *run, const struct ev_step *step,
                      const char *after)
{
	const struct ev_process *main = evidence_main(run);
	const struct ev_exit *exit = main ? run_exit_from(run, main->pid, 0) : NULL;
	char time[TIME_TEXT_MAX];

	if (main && state_same(&step->after, main))
		return true;
	if (exit)
		tally_ended(tally, main, exit->status, run_elapsed(step->at_us, exit->at_us), after);
	else if (main)
		finding_culprit(tally->finding, main, "gone", "%s after %s",
		                probe_time_text(run_elapsed(step->at_us, step->after.at_us), time), after);
	else
		tally_missed(tally, VERDICT_BROKEN, "there was no main process before %s", after);
	return false;
}

static bool has_listener(const struct ev_listener *listeners, size_t count, const struct ev_listener *wanted)
{
	for (size_t i = 0; i < count; i++)
		if (listeners[i].family == wanted->family && same_text(listeners[i].address, wanted->address))
			return true;
	return false;
}

/* Sockets are found by who holds them: a process whose descriptors could not be read may hold any. */
static bool holders_known(const struct ev_state *state)
{
	for (const struct ev_process *process = state_next(state, NULL); process; process = state_next(state, process))
		if (!process->fds_known)
			return false;
	return true;
}

bool tally_listens(struct run_tally *tally, const struct evidence *run, const struct ev_step *step, const char *after)
{
	const struct ev_state *state = &step->after;
	size_t before = tally->finding->n_culprits;
	char time[TIME_TEXT_MAX];

	for (size_t i = 0; i < run->n_listeners && holders_known(state); i++) {
		const struct ev_listener *listener = &run->listeners[i];

		if (listener->family == EV_SOCKET_UDP ||
		    !has_listener(tally->evidence->listeners, tally->evidence->n_listeners, listener) ||
		    has_listener(state->listeners, state->n_listeners, listener))
			continue;
		finding_culprit_file(tally->finding, listener->address, "listened", "no more %s after %s",
		                     probe_time_text(run_elapsed(step->at_us, state->at_us), time), after);
	}
	return tally->finding->n_culprits == before;
}

void tally_zombies(struct run_tally *tally, const struct ev_state *state, const char *where)
{
	for (size_t i = 0; i < state->n_processes; i++) {
		const struct ev_process *process = &state->processes[i];
		const struct ev_process *parent = evidence_state_process(state, process->parent);

		if (process->state != 'Z' || !parent || !probe_alive(parent))
			continue;
		finding_culprit(tally->finding, process, "zombie", "child of %s (%d)%s", probe_or_unknown(parent->name),
		                parent->pid, where);
	}
}

/* The process that the pid file names now and did not before, if it lives. */
static const struct ev_process *successor(const struct evidence *run, const struct ev_state *after)
{
	const struct ev_process *named = evidence_state_process(after, evidence_pidfile_pid(&after->pidfile));
	const struct ev_process *main = evidence_main(run);

	return named && probe_alive(named) && !(main && main->pid == named->pid) ? named : NULL;
}

/* Whether what is left may yet go by itself: the main process hears the signal and has time for its stop; or it is
 * gone, and nobody has waited for the others to notice. */
static bool may_be_stopping(const struct run_tally *tally, const struct evidence *run, const struct ev_step *step)
{
	const struct ev_process *main = evidence_main(run), *now = main ? state_same(&step->after, main) : NULL;
	int64_t waited = run_elapsed(step->at_us, step->after.at_us), within = run_stop_within(tally->evidence);

	if (waited >= within - within / 10)
		return false;
	if (now)
		return !step->after.settled || !probe_deaf_text(now, step->signal)[0];
	return !step->after.settled || waited < tally->evidence->settle.patience_us;
}

static void missed_stop(struct run_tally *tally, const struct ev_step *step, const char *name)
{
	char time[TIME_TEXT_MAX], allowed[TIME_TEXT_MAX];

	tally_missed(tally, VERDICT_SKIP, "%s after %s some of it was still there, but it may take %s",
	             probe_time_text(run_elapsed(step->at_us, step->after.at_us), time), name,
	             probe_time_text(run_stop_within(tally->evidence), allowed));
}

static void declared_to_stop(struct run_tally *tally, const struct evidence *run, const struct ev_step *step,
                             const char *name)
{
	char time[TIME_TEXT_MAX];

	if (!state_next(&step->after, NULL))
		tally_right(tally, "%s stops it: all gone after %s", name,
		            probe_time_text(run_gone_after(step, &step->after), time));
	else if (may_be_stopping(tally, run, step))
		missed_stop(tally, step, name);
	else
		add_left(tally, step, &step->after, ", declared to stop it");
}

static void declared_to_live(struct run_tally *tally, const struct evidence *run, const struct ev_step *step,
                             const char *name)
{
	const struct ev_process *next = successor(run, &step->after);
	char after[SIGNALS_TEXT_MAX + 32];

	(void)snprintf(after, sizeof(after), next ? "%s; it came back as %d" : "%s", name, next ? next->pid : 0);
	if (tally_main_lives(tally, run, step, after))
		tally_right(tally, "%s: the main process %d lives on", name, evidence_main(run)->pid);
}

static void not_declared(struct run_tally *tally, const struct evidence *run, const struct ev_step *step,
                         const char *name)
{
	const struct ev_process *main = evidence_main(run), *next = successor(run, &step->after);
	bool same = main && state_same(&step->after, main);
	char time[TIME_TEXT_MAX], where[64];

	if (!state_next(&step->after, NULL))
		declared_to_stop(tally, run, step, name);
	else if (same && !step->after.settled)
		tally_missed(tally, VERDICT_SKIP, "it had not come to rest %s after %s",
		             probe_time_text(run_elapsed(step->at_us, step->after.at_us), time), name);
	else if (same)
		declared_to_live(tally, run, step, name);
	else if (next)
		tally_right(tally, "%s: it came back as process %d, which the pid file names", name, next->pid);
	else if (may_be_stopping(tally, run, step))
		missed_stop(tally, step, name);
	else {
		(void)snprintf(where, sizeof(where), ", without the main process %d", main ? main->pid : 0);
		add_left(tally, step, &step->after, where);
	}
}

void tally_effect(struct run_tally *tally, const struct evidence *run, enum ev_effect effect)
{
	const struct ev_step *step = tally_step(tally, run, EV_STEP_SIGNAL, NULL);
	char name[SIGNALS_TEXT_MAX];

	if (!step)
		return;
	(void)probe_signal_text(step->signal, name);
	switch (effect) {
	case EV_EFFECT_STOPS:
		declared_to_stop(tally, run, step, name);
		return;
	case EV_EFFECT_LIVES:
		declared_to_live(tally, run, step, name);
		return;
	case EV_EFFECT_UNKNOWN:
		not_declared(tally, run, step, name);
		return;
	}
}
