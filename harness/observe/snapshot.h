/* A snapshot of everything that a final state tells. */
#ifndef OBSERVE_SNAPSHOT_H
#define OBSERVE_SNAPSHOT_H

#include "evidence/evidence.h"
#include "observe/pids.h"
#include "sandbox/sandbox.h"

/* Reads PIDS anew into the evidence: processes, listeners, written files and the pid file; what an earlier snapshot had
 * is dropped. A process that goes meanwhile is left out. 0 or -ENOMEM. */
int snapshot_read(const struct sandbox *sandbox, const char *tree, const struct pids *pids, struct evidence *evidence);

/* Drops what a snapshot read. */
void snapshot_clear(struct evidence *evidence);

#endif
