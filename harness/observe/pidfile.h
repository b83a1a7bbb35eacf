/* The declared pid file, seen from outside. */
#ifndef OBSERVE_PIDFILE_H
#define OBSERVE_PIDFILE_H

#include "evidence/evidence.h"
#include "terminal/look.h"

/* Looks at evidence->pidfile.path inside the root DIRECTORY_FD; a relative path starts at the start directory. 0 or
 * -ENOMEM. */
int pidfile_read(int directory_fd, struct evidence *evidence);

/* Takes a look over into the evidence's form. 0 or -ENOMEM. */
int pidfile_take_look(const struct look *look, struct ev_look *ret_look);

#endif
