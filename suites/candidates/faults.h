/* The planted faults: each is one step of the plan done wrong. faults.def is the table, wrong_*.c does the wrong. */
#ifndef CANDIDATES_FAULTS_H
#define CANDIDATES_FAULTS_H

#include <stdbool.h>

#include "plan.h"

struct fault {
	const char *name;
	enum step step;   /* the step that it replaces */
	step_fn *instead; /* what is done in its place */
	bool worker;      /* a worker can have it while the main process is right */
	const char *text; /* what is wrong (or only unusual), a clause */
};

/* Ends with a row without a name. */
extern const struct fault FAULTS[];

/* NULL where there is none of that name. */
const struct fault *fault_find(const char *name);

#define FAULT(name, step, function, worker, text) step_fn wrong_##function;
#include "faults.def"
#undef FAULT

#endif
