/* /proc/PID/limits: proc(5), fs/proc/base.c of Linux. */
#ifndef PROC_LIMITS_H
#define PROC_LIMITS_H

#include <stddef.h>
#include <stdint.h>

enum { PROC_LIMITS = 16 }; /* RLIM_NLIMITS */

/* Indexed by RLIMIT_…; UINT64_MAX: unlimited. */
struct proc_limits {
	uint64_t soft[PROC_LIMITS], hard[PROC_LIMITS];
};

/* All sixteen rows must be there, each once; rows that it does not know are passed over. Returns 0, or -EINVAL for text
 * that is not of the form, with *ret_limits untouched. */
int proc_parse_limits(const char *text, size_t length, struct proc_limits *ret_limits);

#endif
