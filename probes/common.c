/* The walk over the live processes, and how a finding is put together. */
#include "probes/common.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

bool probe_alive(const struct ev_process *process)
{
	return process->state != 'Z' && process->state != 'X' && process->state != 'x';
}

bool finding_needs_return(const struct evidence *evidence, const char *stayed, struct finding *finding)
{
	char text[OUTCOME_TEXT_MAX];

	switch (evidence->launch.outcome) {
	case EV_RETURNED:
	case EV_RESTLESS:
		return true;
	case EV_STAYED:
		finding_set(finding, VERDICT_SKIP, "%s", stayed);
		return false;
	case EV_NO_COMMAND:
		finding_set(finding, VERDICT_BROKEN, "%s", probe_outcome_text(evidence, text));
		return false;
	case EV_NEVER:
	case EV_TOO_MANY:
	case EV_TOO_MUCH:
		finding_set(finding, VERDICT_SKIP, "%s", probe_outcome_text(evidence, text));
		return false;
	}
	finding_set(finding, VERDICT_BROKEN, "the evidence has an unknown outcome");
	return false;
}

bool probe_any_alive(const struct evidence *evidence)
{
	for (size_t i = 0; i < evidence->n_processes; i++)
		if (probe_alive(&evidence->processes[i]))
			return true;
	return false;
}

const struct ev_exit *probe_last_exit(const struct evidence *evidence)
{
	const struct ev_exit *last = NULL;

	for (size_t i = 0; i < evidence->n_exits; i++) {
		const struct ev_exit *exit = &evidence->exits[i];

		if (exit->pid != evidence->launch.pid && (!last || exit->at_us >= last->at_us))
			last = exit;
	}
	return last;
}

const struct ev_process *probe_next(const struct evidence *evidence, const struct ev_process *previous)
{
	size_t i = previous ? (size_t)(previous - evidence->processes) + 1 : 0;

	for (; i < evidence->n_processes; i++)
		if (probe_alive(&evidence->processes[i]))
			return &evidence->processes[i];
	return NULL;
}

void finding_expect(struct finding *finding, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(finding->expected, sizeof(finding->expected), format, arguments);
	va_end(arguments);
}

void finding_expect_more(struct finding *finding, const char *text)
{
	text_append(finding->expected, sizeof(finding->expected), "%s", text);
}

void finding_set(struct finding *finding, enum verdict verdict, const char *format, ...)
{
	va_list arguments;

	finding->verdict = verdict;
	va_start(arguments, format);
	(void)vsnprintf(finding->seen, sizeof(finding->seen), format, arguments);
	va_end(arguments);
}

/* Counts a culprit; NULL when there is no more room to keep it. */
static struct culprit *new_culprit(struct finding *finding, int pid, const char *name, const char *field)
{
	size_t index = finding->n_culprits++;
	struct culprit *culprit;

	if (index >= FINDING_CULPRITS_MAX)
		return NULL;
	culprit = &finding->culprits[index];
	culprit->pid = pid;
	(void)snprintf(culprit->name, sizeof(culprit->name), "%s", probe_or_unknown(name));
	(void)snprintf(culprit->field, sizeof(culprit->field), "%s", field);
	return culprit;
}

void finding_culprit(struct finding *finding, const struct ev_process *process, const char *field, const char *format,
                     ...)
{
	struct culprit *culprit = new_culprit(finding, process->pid, process->name, field);
	va_list arguments;

	if (!culprit)
		return;
	va_start(arguments, format);
	(void)vsnprintf(culprit->value, sizeof(culprit->value), format, arguments);
	va_end(arguments);
}

void finding_culprit_file(struct finding *finding, const char *path, const char *field, const char *format, ...)
{
	struct culprit *culprit = new_culprit(finding, 0, path, field);
	va_list arguments;

	if (!culprit)
		return;
	va_start(arguments, format);
	(void)vsnprintf(culprit->value, sizeof(culprit->value), format, arguments);
	va_end(arguments);
}

static void append_culprit(struct finding *finding, const struct culprit *culprit)
{
	text_append(finding->seen, sizeof(finding->seen), "%s", culprit->name);
	if (culprit->pid)
		text_append(finding->seen, sizeof(finding->seen), " (%d)", culprit->pid);
	text_append(finding->seen, sizeof(finding->seen), ": %s %s", culprit->field, culprit->value);
}

void finding_fail_culprits(struct finding *finding, bool may_change)
{
	enum { TOLD = 3 };
	size_t told = finding->n_culprits < TOLD ? finding->n_culprits : TOLD;

	finding->verdict = VERDICT_FAIL;
	finding->may_change = may_change;
	finding->seen[0] = '\0';
	for (size_t i = 0; i < told; i++) {
		if (i > 0)
			text_append(finding->seen, sizeof(finding->seen), "; ");
		append_culprit(finding, &finding->culprits[i]);
	}
	if (finding->n_culprits > told)
		text_append(finding->seen, sizeof(finding->seen), "; and %zu more", finding->n_culprits - told);
}

static void add_hosted(struct judging *judging, const struct ev_process *process)
{
	if (!judging->hosted)
		judging->hosted = process;
	judging->n_hosted++;
}

static struct judging walk(const struct evidence *evidence, const struct profile *profile, struct finding *finding,
                           judge_process *judge, bool exempt_hosted)
{
	struct judging judging = {.evidence = evidence, .profile = profile, .finding = finding};

	for (const struct ev_process *process = probe_next(evidence, NULL); process;
	     process = probe_next(evidence, process)) {
		if (exempt_hosted && evidence_hosted(evidence, process))
			add_hosted(&judging, process);
		else if (judge(&judging, process))
			judging.judged++;
	}
	return judging;
}

struct judging judging_walk(const struct evidence *evidence, const struct profile *profile, struct finding *finding,
                            judge_process *judge)
{
	return walk(evidence, profile, finding, judge, false);
}

struct judging judging_walk_unhosted(const struct evidence *evidence, const struct profile *profile,
                                     struct finding *finding, judge_process *judge)
{
	return walk(evidence, profile, finding, judge, true);
}

static void tell_hosted(const struct judging *judging)
{
	struct finding *finding = judging->finding;

	text_append(finding->seen, sizeof(finding->seen), "; not judged: %s (%d)",
	            probe_or_unknown(judging->hosted->name), judging->hosted->pid);
	if (judging->n_hosted > 1)
		text_append(finding->seen, sizeof(finding->seen), " and %zu more", judging->n_hosted - 1);
	text_append(finding->seen, sizeof(finding->seen), ", on a terminal that the daemon hosts");
}

void judging_end(struct judging *judging, const char *unjudged, const char *format, ...)
{
	struct finding *finding = judging->finding;
	va_list arguments;

	if (finding->n_culprits > 0) {
		finding_fail_culprits(finding, true);
	} else if (judging->judged == 0) {
		finding_set(finding, VERDICT_SKIP, "%s", unjudged);
	} else {
		finding->verdict = VERDICT_PASS;
		va_start(arguments, format);
		(void)vsnprintf(finding->seen, sizeof(finding->seen), format, arguments);
		va_end(arguments);
	}
	if (judging->hosted)
		tell_hosted(judging);
}
