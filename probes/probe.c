/* The registry of probes, made from probes.def, and the judging that is the same for all of them. */
#include "probes/probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "probes/common.h"

const struct probe *const PROBES[] = {
#define PROBE(group, name) &probe_##group##_##name,
#include "probes/probes.def"
#undef PROBE
};
const size_t N_PROBES = sizeof(PROBES) / sizeof(PROBES[0]);

const struct probe *probe_find(const char *id)
{
	for (size_t i = 0; i < N_PROBES; i++)
		if (strcmp(PROBES[i]->id, id) == 0)
			return PROBES[i];
	return NULL;
}

static enum profile_need need_at(const struct profile *profile, size_t index)
{
	return index < profile->n_needs ? profile->needs[index] : NEED_NONE;
}

static enum profile_need need_of(const struct profile *profile, const struct probe *probe)
{
	for (size_t i = 0; i < N_PROBES; i++)
		if (PROBES[i] == probe)
			return need_at(profile, i);
	return NEED_NONE;
}

static void skip_nothing_left(const struct evidence *evidence, struct finding *finding)
{
	const struct ev_exit *exit = probe_last_exit(evidence);
	char end[END_TEXT_MAX];

	if (exit)
		finding_set(finding, VERDICT_SKIP, "no process of it is left: the last one, %d, %s", exit->pid,
		            probe_end_text(exit->status, end));
	else if (evidence->launch.outcome == EV_RETURNED)
		finding_set(finding, VERDICT_SKIP, "no process of it is left: it %s",
		            probe_end_text(evidence->launch.status, end));
	else
		finding_set(finding, VERDICT_SKIP, "no process of it is left");
}

/* Whether there is a daemon to look at; otherwise the finding says why not. */
static bool is_judgeable(const struct evidence *evidence, struct finding *finding)
{
	char text[OUTCOME_TEXT_MAX];

	switch (evidence->launch.outcome) {
	case EV_RETURNED:
	case EV_STAYED:
		if (probe_any_alive(evidence))
			return true;
		skip_nothing_left(evidence, finding);
		return false;
	case EV_RESTLESS:
		finding_set(finding, VERDICT_BROKEN, "%s", probe_outcome_text(evidence, text));
		return false;
	case EV_NO_COMMAND:
	case EV_NEVER:
	case EV_TOO_MANY:
	case EV_TOO_MUCH:
		finding_set(finding, VERDICT_SKIP, "%s", probe_outcome_text(evidence, text));
		return false;
	}
	finding_set(finding, VERDICT_BROKEN, "the evidence has an unknown outcome");
	return false;
}

static bool is_of_launch(const struct probe *probe)
{
	return strncmp(probe->id, "launch.", strlen("launch.")) == 0;
}

void probe_judge(const struct probe *probe, const struct evidence *evidence, const struct profile *profile,
                 struct finding *ret_finding)
{
	*ret_finding = (struct finding){.probe = probe};
	if (is_of_launch(probe) || is_judgeable(evidence, ret_finding))
		probe->judge(evidence, profile, ret_finding);
	if (ret_finding->verdict == VERDICT_FAIL && need_of(profile, probe) == NEED_NOTE)
		ret_finding->verdict = VERDICT_NOTE;
}

static size_t count_asked(const struct profile *profile)
{
	size_t count = 0;

	for (size_t i = 0; i < N_PROBES; i++)
		count += need_at(profile, i) != NEED_NONE;
	return count;
}

uint64_t findings_scenarios(const struct profile *profile)
{
	uint64_t set = 0;

	for (size_t i = 0; i < N_PROBES; i++)
		if (need_at(profile, i) != NEED_NONE)
			set |= PROBES[i]->scenarios;
	return set;
}

int findings_judge(const struct evidence *evidence, const struct profile *profile, struct findings *ret_findings)
{
	size_t asked = count_asked(profile);
	struct findings findings = {0};

	findings.items = calloc(asked ? asked : 1, sizeof(findings.items[0]));
	if (!findings.items)
		return -ENOMEM;
	for (size_t i = 0; i < N_PROBES; i++) {
		struct finding *finding = &findings.items[findings.count];

		if (need_at(profile, i) == NEED_NONE)
			continue;
		probe_judge(PROBES[i], evidence, profile, finding);
		findings.by_verdict[finding->verdict]++;
		findings.count++;
	}
	*ret_findings = findings;
	return 0;
}

void findings_free(struct findings *findings)
{
	free(findings->items);
	*findings = (struct findings){0};
}

bool findings_pending(const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].verdict != VERDICT_PASS && findings->items[i].may_change)
			return true;
	return false;
}
