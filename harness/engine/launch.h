/* One launch: the sandbox, the start and the watch put together. */
#ifndef ENGINE_LAUNCH_H
#define ENGINE_LAUNCH_H

#include "engine/engine.h"
#include "engine/start.h"
#include "observe/observe.h"
#include "sandbox/sandbox.h"

struct launch {
	const struct engine_request *request;
	struct start start;
	struct sandbox sandbox;
	struct evidence *evidence; /* owned until it is taken */
	struct observe_times times;
	int64_t begun_us;
	struct pidfile_watch pidfile_watch;
};

/* What is done besides starting and watching. */
struct launch_plan {
	struct start_options options;
	void (*meanwhile)(void *data); /* while the sandbox is being set up; NULL: nothing */
	void *meanwhile_data;
	int (*judge)(struct evidence *evidence, struct observe_opinion *ret_opinion, void *data); /* observe.h */
	void *judge_data;
	struct script script;
	struct script_hold hold;
	const struct evidence *top; /* observe.h */
};

/* Starts the candidate and watches it to the end of the script; everything still runs then. Give it to launch_end in
 * any case. 0 or a negative errno and a message. */
int launch_run(const struct engine_request *request, const struct launch_plan *plan, struct launch *ret_launch,
               struct error *error);

/* Ends everything and waits until it is gone. */
void launch_end(struct launch *launch);

#endif
