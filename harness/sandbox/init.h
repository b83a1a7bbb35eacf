/* The mini-init: PID 1 of the sandbox. */
#ifndef SANDBOX_INIT_H
#define SANDBOX_INIT_H

#include "sandbox/sandbox.h"

struct init_plan {
	const struct sandbox_plan *sandbox;
	enum sandbox_level level;
	int report; /* its end of the socket */
	uid_t uid;  /* of the caller, for the maps of SANDBOX_USER */
	gid_t gid;
};

/* Which namespaces init itself and, in a further step, the leader are given at that level. */
uint64_t init_namespaces(enum sandbox_level level);

/* Builds the root, starts the leader, reaps at once and reports every exit until the harness goes away. */
void init_run(const struct init_plan *plan) __attribute__((noreturn));

#endif
