/* The reference daemon as a plan: daemon(7)'s steps in order, then those of its life, each a function. A planted fault
 * replaces one of them. */
#ifndef CANDIDATES_PLAN_H
#define CANDIDATES_PLAN_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum step {
	STEP_ENTER,       /* before anything else, in the started process */
	STEP_FILL,        /* descriptors 0 to 2 are made to be open, so that no file lands there */
	STEP_PASSED,      /* takes what the caller passed by a protocol */
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
	STEP_SIGNALS,     /* its own handlers; until here a signal simply ends it, and nothing is there to be left */
	STEP_CONFIG,      /* reads its configuration */
	STEP_LOG,         /* opens its log */
	STEP_PIDFILE,     /* 12; from here on no other one runs */
	STEP_LISTEN,      /* binds its socket, or takes the passed one */
	STEP_PRIVILEGES,  /* 13 */
	STEP_WORKERS,     /* starts its workers and waits until they run */
	STEP_NOTIFY,      /* tells the service manager that it is ready: NOTIFY_SOCKET */
	STEP_S6,          /* … the newline of s6 */
	STEP_READY,       /* 14 */
	STEP_SERVE,       /* what the daemon is for: does not come back */

	STEP_RETURN, /* 15: the started process waits for step 14, then exits */

	STEP_WORK,     /* in a worker; does not come back */
	STEP_ANSWER,   /* there is something to read from plan->client */
	STEP_STOP,     /* TERM, INT or QUIT came: no new work */
	STEP_END,      /* the work is done: leaves nothing, does not come back */
	STEP_RELOAD,   /* HUP */
	STEP_REOPEN,   /* USR1: the log by its name, and a part of the reload */
	STEP_REAP,     /* a child ended */
	STEP_WATCHDOG, /* half of the watchdog's time is over */
	STEPS
};

enum { WORKERS_MAX = 16, CLIENTS_MAX = 32 };

struct plan;
typedef void step_fn(struct plan *plan);

struct client {
	int fd; /* -1: none */
	bool begun;
};

struct plan {
	step_fn *steps[STEPS];
	/* What is asked for. Paths are absolute. */
	const char *pidfile;   /* NULL: none is written */
	const char *user;      /* NULL: stays who it is */
	const char *directory; /* where faults create their files */
	const char *listen;    /* a port of 127.0.0.1, or the path of a socket; NULL: does not listen */
	const char *log;       /* NULL: none, or standard error in the foreground */
	const char *config;    /* must contain "good"; NULL: none */
	int workers;
	bool foreground, notify, sockets;
	int s6; /* -1: none */
	/* What comes of it. */
	pid_t launcher;            /* the started process */
	bool contained;            /* started by daemonck: what would take a machine down may be done */
	int ready[2];              /* connects the launcher and the daemon: that it is ready, or why not; -1: none */
	int pidfile_fd;            /* kept open for its lock; -1: none */
	int listener;              /* -1: none */
	bool passed;               /* … was passed by the caller */
	bool bound;                /* … has made the socket at the path `listen` */
	int log_fd;                /* -1: none */
	pid_t worker[WORKERS_MAX]; /* 0: none */
	struct client clients[CLIENTS_MAX];
	struct client *client; /* STEP_ANSWER */
	bool stopping;
	int64_t stop_by_us;     /* requests that are not at their end by then are given up */
	char notify_path[108];  /* "": none */
	int64_t watchdog_us;    /* half of the watchdog's time; 0: none */
	int64_t watchdog_at_us; /* when it is told again */
};

/* The right way to do each step. */
extern step_fn *const RIGHT_STEPS[STEPS];

/* Everything at its default. */
void plan_make(struct plan *plan);

/* Leaves out what is a supervisor's to do. */
void plan_stay_in_foreground(struct plan *plan);

/* Takes the steps in order; does not come back. */
void plan_run(struct plan *plan) __attribute__((noreturn));

/* One step done right, for faults that add something to it. */
void plan_right(struct plan *plan, enum step step);

/* Ends a start that fails: leaves nothing, and tells why: to the launcher, which prints it, or on standard error. With
 * errno 0 the text is WHAT alone. */
void plan_die(const char *what) __attribute__((noreturn));

/* Ends the workers and removes what the daemon made. */
void plan_clean(struct plan *plan);

/* Makes plan->ready, before the first fork. */
void plan_open_ready(struct plan *plan);

/* The launcher's wait: 1 and "\0" is success, and the launcher then cannot be stopped any more; a text tells what
 * failed, 0 means that the daemon died. */
enum { PLAN_TEXT_MAX = 256 };
ssize_t plan_await(const struct plan *plan, char text[PLAN_TEXT_MAX]);

/* fork(2) that must work. The daemon's own handlers are not in force in the child. */
pid_t plan_fork(void);

/* The descriptor under a number above 2, close-on-exec, and no other. */
int plan_above_stdio(int fd);

/* Opens /dev/null, which must be the device; dies otherwise. */
int plan_open_null(void);

/* Writes PATH with CONTENT and MODE (exactly, whatever the umask), renamed into place and locked; returns the
 * descriptor, which is close-on-exec and above 2. Dies where another process has the file locked. */
int plan_write_pidfile(const char *path, const char *content, mode_t mode);

/* What belongs in a pid file; static storage. */
const char *plan_pid_line(pid_t pid);

/* Whether PATH names the file that is open as FD. */
bool plan_same_file(int fd, const char *path);

/* Waits for signals for ever. */
void plan_idle(void) __attribute__((noreturn));

#endif
