/* Which launches there are to be, and what each of them needs that is known only now. */
#ifndef ENGINE_PLAN_H
#define ENGINE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/engine.h"
#include "engine/scenarios.h"

struct job {
	const struct scenario *scenario;
	int variant;
	const char *reason; /* why it is not to be done; NULL: it is. Static */
};

struct jobs {
	struct job *items;
	size_t count;
};

/* The launches of the set, in the order of the table. 0 or -ENOMEM. */
int plan_jobs(const struct engine_request *request, uint64_t scenarios, const struct evidence *top,
              struct jobs *ret_jobs);
void plan_free(struct jobs *jobs);

/* Whether the job has to wait for the launch HELD; and once that is there, why it cannot be done, or NULL. */
bool plan_waits(const struct job *job);
const char *plan_reason_now(const struct job *job, const struct evidence *top);

/* Which birth of the launch HELD became the main process, counted from 1; 0: not known. */
int plan_birth(const struct evidence *top);

/* Whether a step of a script makes sense. */
bool plan_step_applies(const struct engine_request *request, const struct evidence *top,
                       const struct scenario_step *step);

/* The first listener of the clean launch on a fixed port after PREVIOUS (NULL: of all), or NULL. A port from the range
 * of ephemeral ones is another one each time. */
const struct ev_listener *plan_next_port(const struct evidence *top, const struct ev_listener *previous);

#endif
