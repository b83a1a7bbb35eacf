/* The sockets of the sandbox that wait for somebody. */
#ifndef OBSERVE_LISTENERS_H
#define OBSERVE_LISTENERS_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/evidence.h"

/* Fills evidence->listeners from the net namespace of the first process that holds a socket; only sockets that some
 * process of the evidence holds count. 0 or -ENOMEM. */
int listeners_read(int proc_fd, struct evidence *evidence);

/* Whether all of WANTED that are TCP or Unix sockets listen in the net namespace of PID at this moment. Addresses that
 * the kernel made up are another one each time: they do not count. */
bool listeners_all(int proc_fd, int pid, const struct ev_listener *wanted, size_t n_wanted);

#endif
