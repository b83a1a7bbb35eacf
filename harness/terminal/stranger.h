/* A process of ours that has nothing to do with the daemon and notes every signal it gets: a stale pid file names it.
 */
#ifndef TERMINAL_STRANGER_H
#define TERMINAL_STRANGER_H

#include <sys/types.h>

/* The pid or -errno. NULL_FD is for its standard descriptors. */
pid_t stranger_start(int report, int null_fd);

/* To the harness: the stranger got a signal. */
void stranger_tell(int report, pid_t stranger, int signal);

#endif
