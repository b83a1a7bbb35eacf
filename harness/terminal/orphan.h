/* An orphan under a PID 1 that is the candidate. */
#ifndef TERMINAL_ORPHAN_H
#define TERMINAL_ORPHAN_H

#include <sys/types.h>

/* Lets a process that nobody but the PID 1 of INIT's pid namespace can reap end there, and waits until it has. 0 or
 * -errno. */
int orphan_end(pid_t init);

#endif
