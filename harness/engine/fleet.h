/* The further launches, side by side: each in a worker process of its own, which hands its evidence back. */
#ifndef ENGINE_FLEET_H
#define ENGINE_FLEET_H

#include <stdint.h>

#include "engine/engine.h"

/* Runs every launch of the set SCENARIOS (of SCENARIO_BIT) that makes sense for what the clean launch in TOP showed,
 * and puts them below TOP; those that do not make sense are there with the reason. SIGINT, SIGTERM and SIGHUP end it
 * early: what is done by then is kept, and top->interrupted is set. 0, or -errno where the harness cannot go on. */
int fleet_run(const struct engine_request *request, uint64_t scenarios, struct evidence *top, struct error *error);

#endif
