/* The script at work, shared by the files that do it. */
#ifndef OBSERVE_STEPS_H
#define OBSERVE_STEPS_H

#include "observe/reaction.h"
#include "observe/state.h"
#include "observe/watch.h"

struct steps {
	struct watch *watch;
	struct state_ipc ipc;
	size_t latest; /* number of the step whose state is the newest one; 0: the launch's is */
	/* Since the newest state: a look from before, whom signals were sent to, and whether somebody must run. */
	bool going_on;
	int64_t since_us;
	struct collect before;
	struct reaction_target *targets;
	size_t n_targets;
	bool expects;
	bool over; /* the sandbox had to be ended */
	/* The log, when it was renamed. */
	const char *log;
	struct ev_file old_log;
};

/* The processes and the pid file as the newest state has them. */
struct steps_present {
	const struct ev_process *processes;
	size_t n_processes;
	const struct ev_look *pidfile;
};
struct steps_present steps_present(const struct steps *steps);

/* How long the step may take. */
int64_t steps_within_us(const struct steps *steps);

/* Does what the step says, to PROCESS where it is for one (NULL: there is none), and writes down how it went. 0, or
 * -errno where the harness failed. */
int stimulus_do(struct steps *steps, const struct script_step *step, const struct ev_process *process,
                struct ev_step *record);

/* Waits for what the step awaits, and takes the state if one is to be taken. 0 or -errno. */
int await_step(struct steps *steps, const struct script_step *step, struct ev_step *record);

/* The step as a clause for people, from malloc; NULL when memory ran out. */
char *told_step(const struct steps *steps, const struct script_step *step, const struct ev_process *process);

#endif
