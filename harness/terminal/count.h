/* Calls counted: close(2) of numbers from COUNT_FROM on, by the launched process and all its descendants, from exec on.
 * A filter (seccomp(2)) stops them at such a call, the leader counts and lets them go on: nothing is held back, and
 * calls that are not counted cost next to nothing. Whoever has the filter may never go on untraced: without a tracer
 * the call fails (as it does for who was made with CLONE_UNTRACED). */
#ifndef TERMINAL_COUNT_H
#define TERMINAL_COUNT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct leader;
struct leader_counted;

/* A power of two. */
enum { COUNT_FROM = 64 };

struct count {
	bool works;    /* the call that tries the filter was seen */
	bool executed; /* … and what is counted is the candidate's own */
	uint64_t closes;
};

/* Traces the launched process, which waits for that. 0 or -errno. */
int count_seize(struct leader *leader, pid_t pid, struct error *error);

/* In the candidate's process, traced and about to execute the command: installs the filter and tries it. Where the
 * system does not allow it all is as before, and nothing is counted. */
void count_install(void);

/* A traced thread stopped, with that status of wait(2): it goes on. */
void count_stopped(struct leader *leader, pid_t tid, int status);

/* 0, or -EOPNOTSUPP where calls are not counted. */
int count_tell(const struct count *count, struct leader_counted *ret_counted);

#endif
