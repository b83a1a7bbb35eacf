/* What listens in the sandbox's network at this instant. */
#ifndef TERMINAL_LISTENING_H
#define TERMINAL_LISTENING_H

#include "terminal/life.h"

/* Fills listeners, n_listeners and listeners_known, without the sockets that are ours. Not known where there is no net
 * namespace, or where there are more than fit. */
void listening_read(const struct leader *leader, struct leader_returned *returned);

#endif
