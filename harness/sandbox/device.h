/* A private, minimal /dev. */
#ifndef SANDBOX_DEVICE_H
#define SANDBOX_DEVICE_H

#include <stdbool.h>

#include "base/error.h"

/* Mounts it on TARGET (absolute or relative path of an existing directory): null, zero, full, random, urandom, tty, a
 * devpts instance and a shm of its own. With BIND the nodes are the host's own, bound one by one, since an ordinary
 * user cannot make any. */
int device_mount(const char *target, bool bind, struct error *error);

#endif
