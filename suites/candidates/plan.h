/* The reference daemon as a plan: daemon(7)'s steps in order, each a function. A planted fault replaces one of them. */
#ifndef CANDIDATES_PLAN_H
#define CANDIDATES_PLAN_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

enum step {
	STEP_ENTER,       /* before anything else, in the started process */
	STEP_CLOSE,       /* 1 */
	STEP_HANDLERS,    /* 2 */
	STEP_MASK,        /* 3 */
	STEP_ENVIRONMENT, /* 4 */
	STEP_FORK,        /* 5: only the child comes back; the started process goes to STEP_RETURN */
	STEP_SESSION,     /* 6 */
	STEP_FORK_AGAIN,  /* 7, 8: only the child comes back */
	STEP_STDIO,       /* 9 */
	STEP_UMASK,       /* 10 */
	STEP_DIRECTORY,   /* 11 */
	STEP_PIDFILE,     /* 12 */
	STEP_PRIVILEGES,  /* 13 */
	STEP_READY,       /* 14 */
	STEP_SERVE,       /* what the daemon is for: does not come back */
	STEP_RETURN,      /* 15: the started process waits for step 14, then exits */
	STEPS
};

struct plan;
typedef void step_fn(struct plan *plan);

struct plan {
	step_fn *steps[STEPS];
	const char *pidfile;   /* NULL: none is written */
	const char *user;      /* NULL: stays who it is */
	const char *directory; /* where faults create their files */
	pid_t launcher;        /* the started process */
	bool contained;        /* started by daemonck: what would take a machine down may be done */
	int ready[2];          /* the pipe on which the daemon tells the launcher that it is ready */
	int pidfile_fd;        /* kept open for its lock; -1: none */
};

/* The right way to do each step. */
extern step_fn *const RIGHT_STEPS[STEPS];

/* Takes the steps in order; does not come back. */
void plan_run(struct plan *plan) __attribute__((noreturn));

/* One step done right, for faults that add something to it. */
void plan_right(struct plan *plan, enum step step);

/* Ends the process with a message: something that no fault planned. Never used once stdio is away. */
void plan_die(const char *what) __attribute__((noreturn));

/* fork(2) that must work. */
pid_t plan_fork(void);

/* Writes PATH with CONTENT and MODE (exactly, whatever the umask), renamed into place and locked; returns the
 * descriptor, which is close-on-exec and above 2. */
int plan_write_pidfile(const char *path, const char *content, mode_t mode);

/* What belongs in a pid file; static storage. */
const char *plan_pid_line(pid_t pid);

/* Waits for signals for ever. */
void plan_idle(void) __attribute__((noreturn));

#endif
