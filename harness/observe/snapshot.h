/* A snapshot of everything that a final state tells. */
#ifndef OBSERVE_SNAPSHOT_H
#define OBSERVE_SNAPSHOT_H

#include "evidence/evidence.h"
#include "observe/watch.h"

/* Reads those of the watch's last look anew into the evidence: processes, listeners, written files and the pid file;
 * what an earlier snapshot had is dropped. A process that goes meanwhile is left out. 0 or -ENOMEM. */
int snapshot_read(const struct watch *watch, struct evidence *evidence);

/* Drops what a snapshot read. */
void snapshot_clear(struct evidence *evidence);

#endif
