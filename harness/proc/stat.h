/* /proc/PID/stat, /proc/PID/task/TID/schedstat and …/syscall: proc(5), fs/proc/array.c and fs/proc/base.c of Linux.
 *
 * All return 0, or -EINVAL for text that is not of the form; what they give back is untouched then. The text is what
 * one read from the start of the file gave, with its final newline: text that was cut is not of the form. */
#ifndef PROC_STAT_H
#define PROC_STAT_H

#include <stddef.h>
#include <stdint.h>

enum { PROC_COMM_MAX = 64 }; /* TASK_COMM_LEN is 16; workqueue threads of the kernel print up to 63 bytes */

struct proc_stat {
	int pid;
	char comm[PROC_COMM_MAX]; /* any bytes but NUL: parentheses, blanks and newlines too */
	char state;               /* R S D T t Z X I … */
	int ppid, pgrp, session;  /* pgrp and session are -1 for a process that is being released */
	int tty_nr;               /* 0: no controlling terminal; new_encode_dev otherwise, see below */
	int tpgid;                /* -1: none; 0: a group that this pid namespace does not see */
	uint32_t flags;           /* PF_… */
	int nice, num_threads;
	uint64_t starttime; /* clock ticks since boot */
	uint64_t rss_pages;
	int processor;
};

/* The name is what stands between the first and the LAST parenthesis. */
int proc_parse_stat(const char *text, size_t length, struct proc_stat *ret_stat);

/* The device numbers in tty_nr: twelve bits of major, twenty of minor. */
static inline unsigned int proc_tty_major(int tty_nr)
{
	return (unsigned int)tty_nr >> 8 & 0xfff;
}

static inline unsigned int proc_tty_minor(int tty_nr)
{
	return ((unsigned int)tty_nr & 0xff) | ((unsigned int)tty_nr >> 12 & 0xfff00);
}

/* Needs CONFIG_SCHED_INFO. A task whose timeslices and run time are the same in two looks did not run in between. */
struct proc_schedstat {
	uint64_t run_ns, wait_ns, timeslices;
};

int proc_parse_schedstat(const char *text, size_t length, struct proc_schedstat *ret_schedstat);

enum proc_syscall_kind {
	PROC_SYSCALL_RUNNING, /* "running": on a CPU or about to be */
	PROC_SYSCALL_OUTSIDE, /* "-1 SP PC": blocked, but not in a system call (a page fault, stopped, a zombie) */
	PROC_SYSCALL_IN_CALL, /* "NR A0 … A5 SP PC" */
};

struct proc_syscall {
	enum proc_syscall_kind kind;
	long nr;          /* -1 unless in a call */
	uint64_t args[6]; /* 0 unless in a call */
	uint64_t sp, pc;  /* 0 while running */
};

/* Linux 2.6.27, CONFIG_HAVE_ARCH_TRACEHOOK; reading the file takes PTRACE_MODE_ATTACH. */
int proc_parse_syscall(const char *text, size_t length, struct proc_syscall *ret_syscall);

#endif
