/* The kernel's own file systems inside the sandbox: a procfs of its pid namespace and the host's sysfs, both so that
 * the inside cannot change the host through them. Under the full identity map the inside root is the host's uid 0, and
 * /proc/sys checks that uid, not a capability: so what is writable there becomes read-only before the user namespace is
 * made, and is locked by it. */
#ifndef SANDBOX_KERNEL_H
#define SANDBOX_KERNEL_H

#include "base/error.h"

/* Mounts a procfs on TARGET and protects all but the processes' own directories. *ret_proc_fd is the mount. */
int kernel_mount_proc(const char *target, int *ret_proc_fd, struct error *error);

/* Binds the host's /sys, read-only, on TARGET. */
int kernel_mount_sys(const char *target, struct error *error);

/* In the new user namespace, while the caller's /proc is still there: no cgroup namespaces below it, through which a
 * cgroup hierarchy could be mounted and directories be left behind in it. Best effort. */
void kernel_forbid_cgroup_namespaces(void);

#endif
