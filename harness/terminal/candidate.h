/* The last steps between fork and exec. */
#ifndef TERMINAL_CANDIDATE_H
#define TERMINAL_CANDIDATE_H

#include "terminal/leader.h"

/* Gives the process what a shell gives (and the fingerprints), executes the command; reports and ends where that fails.
 * 0, 1 and 2 are the terminal already, the working directory is the start directory. */
void candidate_execute(const struct leader_plan *plan, int report) __attribute__((noreturn));

#endif
