/* Which processes are the candidate's: all of the sandbox but init, the terminal's session leader and a stranger of
 * ours. */
#ifndef OBSERVE_PIDS_H
#define OBSERVE_PIDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "observe/stopped.h"

struct pids {
	int *items; /* ascending */
	size_t count, room;
	bool too_many; /* more than the bound: the list is cut */
};

void pids_free(struct pids *pids);

/* Where to look. */
struct pids_scope {
	int proc_fd;
	int reaper, leader; /* left out; leader 0: not known yet */
	int stranger;       /* left out, too; 0: there is none */
	bool descendants;   /* the procfs shows the whole host: only what descends from the reaper counts */
	size_t maximum;
	/* Births are held back, or calls counted: a traced stop is rest only in these, and a parent in vfork waits. */
	bool holding;
	const uint32_t *held;
	size_t n_held;
	struct stopped stopped; /* … and in these threads */
};

/* Fills *pids anew; its memory is used again. 0 or -errno. */
int pids_list(const struct pids_scope *scope, struct pids *pids);

bool pids_have(const struct pids *pids, int pid);

#endif
