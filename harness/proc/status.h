/* /proc/PID/status and /proc/PID/task/TID/status: proc(5), fs/proc/array.c of Linux. */
#ifndef PROC_STATUS_H
#define PROC_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct proc_ids {
	uint32_t real, effective, saved, filesystem;
};

/* Sets of signals and capabilities have bit n-1 for signal n and bit n for capability n, as the kernel prints them. */
struct proc_status {
	int tgid, pid;
	int inner_pid; /* the last of NSpid (Linux 4.1): in the innermost pid namespace; 0 where the line is missing */
	int threads;   /* 0 for a zombie that is being released */

	bool umask_known; /* the line is there since Linux 4.7, and missing for zombies and kernel threads */
	uint32_t umask;

	struct proc_ids uid, gid;
	size_t n_groups; /* all that the process has, even where the caller's array holds fewer */

	uint64_t pending, shared_pending, blocked, ignored, caught; /* SigPnd ShdPnd SigBlk SigIgn SigCgt */
	uint64_t cap_inheritable, cap_permitted, cap_effective, cap_bounding;
	uint64_t cap_ambient;   /* Linux 4.3; 0 before */
	bool no_new_privileges; /* Linux 4.10; false before */
	int seccomp;            /* 0 off, 1 strict, 2 filter; 0 where the kernel has none */
};

/* Stores at most GROUPS_ROOM of the supplementary groups in GROUPS (NULL with no room). The name of the process stands
 * in this file too; it is escaped by the kernel, and not looked at. Returns 0, or -EINVAL for text that is not of the
 * form: a line is cut, a needed one is missing, or one comes twice. GROUPS and *ret_status are untouched then. */
int proc_parse_status(const char *text, size_t length, uint32_t *groups, size_t groups_room,
                      struct proc_status *ret_status);

#endif
