/* One look at every task: is all at rest, and has anything run since the last look? Two looks with the same tasks and
 * the same schedstat prove that none ran in between: what was read between them is a consistent snapshot, without
 * anything having been stopped. */
#ifndef OBSERVE_COLLECT_H
#define OBSERVE_COLLECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "observe/pids.h"
#include "proc/stat.h"

struct collect_task {
	int pid, tid;
	bool stopped; /* no timer wakes it */
	uint64_t timeslices, run_ns;
	struct proc_syscall call;
};

struct collect {
	struct pids pids;
	struct collect_task *tasks;
	size_t n_tasks, tasks_room;
	bool quiet;       /* every task is in an idle wait, stopped, or dead */
	bool disk;        /* a task sleeps uninterruptibly: on a disk, or in vfork */
	bool alive;       /* there is a process that is no zombie */
	size_t n_live;    /* so many are none */
	uint64_t token;   /* equal in two quiet looks: nothing ran in between */
	uint64_t run_ns;  /* run time of all tasks */
	uint64_t wait_ns; /* time that tasks were ready to run and got no processor */
	uint64_t rss_kib; /* memory of all processes */
};

void collect_free(struct collect *collect);

/* Takes a look; memory is used again. 0 or -errno. */
int collect_look(const struct pids_scope *scope, struct collect *collect);

#endif
