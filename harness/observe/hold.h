/* Births that are held back: each new process is stopped before its first instruction and let go, the oldest first,
 * when all others are at rest. So whatever the launcher does not wait for has not happened yet when it ends, without
 * any luck. */
#ifndef OBSERVE_HOLD_H
#define OBSERVE_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct watch;

/* The births themselves are in the evidence, in order; they are let go in that order. */
struct hold {
	size_t released;   /* so many of them have been let go */
	bool ending;       /* the started process has ended … */
	size_t heard;      /* … and so many of them had been let go before */
	int64_t oldest_us; /* since when the oldest of the others has been waiting, CLOCK_MONOTONIC */
};

/* Whether somebody is held. */
bool hold_waits(const struct watch *watch);

/* A process was born. */
void hold_born(struct watch *watch, int pid);

/* The started process is about to end, with everything stopped. */
void hold_ending(struct watch *watch);

/* Tells whether the started process ended before the daemon had run, when the daemon is known. */
void hold_conclude(const struct watch *watch);

/* Lets the oldest go if it is time: PROVEN tells whether two looks have shown that all others are at rest. Returns
 * whether it did. */
bool hold_consider(struct watch *watch, bool proven);

#endif
