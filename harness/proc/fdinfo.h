/* /proc/PID/fdinfo/FD: proc(5), fs/proc/fd.c of Linux. */
#ifndef PROC_FDINFO_H
#define PROC_FDINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct proc_fdinfo {
	int64_t pos;
	uint32_t flags; /* O_…, O_CLOEXEC and O_PATH among them */
	int mount;      /* mnt_id; 0 before Linux 3.15 */
	uint64_t inode; /* 0 before Linux 5.14 */
	bool locked;    /* a lock or lease was taken through this descriptor (Linux 4.1) */
};

/* The kernel's own lines come first, then the locks, then what the file's driver adds: those last may hold text of
 * anybody's choosing (the name of a dma-buf) and are not looked at. Returns 0, or -EINVAL for text that is not of the
 * form, with *ret_fdinfo untouched. */
int proc_parse_fdinfo(const char *text, size_t length, struct proc_fdinfo *ret_fdinfo);

#endif
