/* /proc/PID/cgroup: cgroups(7), kernel/cgroup/cgroup.c of Linux. */
#ifndef PROC_CGROUP_H
#define PROC_CGROUP_H

#include <stddef.h>

/* Where the process stands: the path of the version 2 line ("/user.slice/…" of "0::/user.slice/…"); on a machine that
 * has none, the whole line of the hierarchy name=systemd ("1:name=systemd:/user.slice/…"), which cannot be taken for a
 * path. *ret_name points into TEXT and is not NUL-ended; the kernel lets no newline into the name of a cgroup, and adds
 * " (deleted)" to one that was removed. Returns 0; -ENODATA where there is neither line; -EINVAL for text that is not
 * of the form. What it gives back is untouched after an error. */
int proc_parse_cgroup(const char *text, size_t length, const char **ret_name, size_t *ret_length);

#endif
