/* The same processes as the host numbers them. */
#ifndef OBSERVE_HOST_PIDS_H
#define OBSERVE_HOST_PIDS_H

#include "evidence/evidence.h"
#include "sandbox/sandbox.h"

/* Fills in host_pid of every process of the evidence; 0 stays where it cannot be found out. */
void host_pids_fill(const struct sandbox *sandbox, struct evidence *evidence);

#endif
