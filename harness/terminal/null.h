/* /dev/null as a candidate should not expect it. */
#ifndef TERMINAL_NULL_H
#define TERMINAL_NULL_H

#include "base/error.h"
#include "terminal/variation.h"

/* In a mount namespace of the sandbox, by mounts over what is there: the mounts below are locked. */
int null_prepare(enum variation_null kind, struct error *error);

#endif
