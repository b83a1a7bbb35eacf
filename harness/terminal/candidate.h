/* The last steps between fork and exec: of the candidate, and of further commands that are started like it. */
#ifndef TERMINAL_CANDIDATE_H
#define TERMINAL_CANDIDATE_H

#include <stdbool.h>
#include <sys/types.h>

#include "terminal/life.h"

/* What is said to it through the gate. */
enum { CANDIDATE_PLAIN = 'p', CANDIDATE_COUNTED = 'c' };

struct candidate {
	char *const *argv, *const *environment; /* NULL-ended */
	mode_t umask;
	bool launch;      /* the candidate itself: with the plants and all that the variation says; a failed execve is
	                     reported. Otherwise it ends as a shell's command does: 127 or 126. */
	bool no_terminal; /* in a session of its own, /dev/null on 0, 1 and 2 */
	int gate;         /* says by a byte that it is there and waits for one, which tells whether its calls are to be
	                     counted; -1: it does not wait */
};

/* Gives the process what a shell gives (and the fingerprints), executes the command; reports and ends where that fails.
 * 0, 1 and 2 are the terminal already, the working directory is the start directory. */
void candidate_execute(const struct leader *leader, const struct candidate *candidate) __attribute__((noreturn));

#endif
