/* The table of the planted faults. */
#include "faults.h"

#include <stddef.h>
#include <string.h>

#define FAULT(name, step, function, worker, text) {name, STEP_##step, wrong_##function, worker, text},
const struct fault FAULTS[] = {
#include "faults.def"
    {NULL, STEP_ENTER, NULL, false, NULL},
};
#undef FAULT

const struct fault *fault_find(const char *name)
{
	for (const struct fault *fault = FAULTS; fault->name; fault++)
		if (strcmp(fault->name, name) == 0)
			return fault;
	return NULL;
}
