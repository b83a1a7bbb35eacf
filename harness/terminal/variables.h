/* The environment variables that a variation adds. */
#ifndef TERMINAL_VARIABLES_H
#define TERMINAL_VARIABLES_H

#include "terminal/life.h"

/* The plan's environment and what the protocols of the variation say, for the process that calls; NULL-ended, never
 * freed: the caller executes a command with it. NULL where there is no memory. */
char *const *variables_build(const struct leader *leader);

#endif
