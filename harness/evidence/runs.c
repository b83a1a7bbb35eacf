/* Look-ups among the further launches. */
#include "evidence/evidence.h"

const struct evidence *evidence_next_run(const struct evidence *evidence, enum ev_scenario scenario,
                                         const struct evidence *previous)
{
	size_t i = previous ? (size_t)(previous - evidence->runs) + 1 : 0;

	for (; i < evidence->n_runs; i++)
		if (evidence->runs[i].scenario == scenario)
			return &evidence->runs[i];
	return NULL;
}

const struct evidence *evidence_run(const struct evidence *evidence, enum ev_scenario scenario, int variant)
{
	const struct evidence *run = NULL;

	while ((run = evidence_next_run(evidence, scenario, run)))
		if (run->variant == variant)
			return run;
	return NULL;
}

const struct ev_process *evidence_state_process(const struct ev_state *state, int pid)
{
	for (size_t i = 0; i < state->n_processes; i++)
		if (state->processes[i].pid == pid)
			return &state->processes[i];
	return NULL;
}
