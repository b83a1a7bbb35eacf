/* The sockets of the sandbox that wait for somebody. */
#ifndef OBSERVE_LISTENERS_H
#define OBSERVE_LISTENERS_H

#include "evidence/evidence.h"

/* Fills evidence->listeners from the net namespace of the first process that holds a socket; only sockets that some
 * process of the evidence holds count. 0 or -ENOMEM. */
int listeners_read(int proc_fd, struct evidence *evidence);

#endif
