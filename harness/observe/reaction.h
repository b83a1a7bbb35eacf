/* Whether a process has reacted to a signal yet, or cannot. */
#ifndef OBSERVE_REACTION_H
#define OBSERVE_REACTION_H

#include "observe/watch.h"

/* A signal that was sent. */
struct reaction_target {
	int pid, signal;
	bool deaf; /* it could do nothing with it even then */
};

enum reaction {
	REACTION_DUE,  /* it has not run since */
	REACTION_DONE, /* it has run since, or is gone */
	REACTION_NONE, /* it ignores the signal, or all of its threads block it: nothing comes of it */
};

/* Whom a signal is just about to be sent to. */
struct reaction_target reaction_prepare(const struct watch *watch, int pid, int signal);

/* BEFORE is a look from before the signal, the watch's last look one from after. */
enum reaction reaction_of(const struct watch *watch, const struct collect *before,
                          const struct reaction_target *target);

/* Whether the process has run between the look BEFORE and the watch's last one, or is gone. */
bool reaction_ran(const struct watch *watch, const struct collect *before, int pid);

/* Whether anybody at all has run between the look BEFORE and the watch's last one. */
bool reaction_any(const struct watch *watch, const struct collect *before);

#endif
