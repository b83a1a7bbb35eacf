/* What is declared of a daemon's life, and what was done to it: notices, steps, and the states after them. A part of
 * evidence.h, whose rules hold. */
#ifndef EVIDENCE_LIFE_H
#define EVIDENCE_LIFE_H

#include "evidence/snapshot.h"

enum {
	EVIDENCE_REPLY_MAX = 4096,
	EVIDENCE_STEPS_MAX = 1024,
	EVIDENCE_STOP_WITHIN_US = 10000000, /* how long a stop may take where nothing is declared */
};

/* What is declared of the daemon, by a candidate file or by options; what is not declared is at its default, and what
 * can be seen honestly is detected. */
enum ev_effect {
	EV_EFFECT_UNKNOWN, /* not declared */
	EV_EFFECT_STOPS,
	EV_EFFECT_LIVES, /* it reloads, or does nothing: the same main process goes on */
};

struct ev_signal_effect {
	int signal;
	enum ev_effect effect;
};

enum ev_second { EV_SECOND_UNKNOWN, EV_SECOND_REFUSED, EV_SECOND_SUCCEEDS, EV_SECOND_RUNS };

struct ev_declared {
	char *name;                /* of the daemon; NULL: not declared */
	struct ev_listener *ready; /* must answer when the start returns; inode 0 */
	size_t n_ready;
	char **ready_files; /* NULL-ended, at most 64: must be there when the start returns */
	int stop_signal;    /* TERM unless declared */
	int64_t stop_within_us;
	int stop_status;                  /* exit status that a stop is to end with; -1: 0, or death by the signal */
	int reload_signal;                /* 0: not declared */
	struct ev_signal_effect *effects; /* of HUP, INT, QUIT … */
	size_t n_effects;
	char *log; /* NULL: not declared */
	int log_signal;
	enum ev_second second;
	char *worker;          /* name of the workers; NULL: not declared */
	int workers;           /* how many there must be; -1: not declared */
	char *request_address; /* a client's request; NULL: not declared */
	char *request_expect;  /* a part of the reply; NULL: any reply */
	char **failures;       /* names of the declared failing starts, NULL-ended */
	bool notify;           /* readiness is told to NOTIFY_SOCKET */
	bool sockets;          /* it takes passed sockets (LISTEN_FDS) */
	int s6;                /* number of the readiness descriptor; -1: not declared */
	int64_t watchdog_us;   /* 0: not declared */
};

/* One datagram to NOTIFY_SOCKET. */
struct ev_notice {
	int64_t at_us;
	int pid;       /* of the sender; 0: not known */
	char *text;    /* at most 4096 bytes; lines of NAME=VALUE */
	uint64_t size; /* it may hold NULs */
	/* Whether what is declared, or was seen in the clean launch, listened when it came. */
	bool listening;
	int64_t starved_us; /* how long all tasks together had waited for a processor by then */
};

/* The stimuli. */
enum ev_step_kind {
	EV_STEP_SIGNAL,     /* a signal to `pid` */
	EV_STEP_KEY,        /* a key: `signal` is what it stands for */
	EV_STEP_FOREGROUND, /* the shell takes its terminal back */
	EV_STEP_HANGUP,     /* the master is closed, then the session leader dies */
	EV_STEP_RUN,        /* a command, at the terminal like the first: a second start, an action of an init script */
	EV_STEP_CONNECT,    /* a client connects */
	EV_STEP_SEND,       /* … sends the first part of its request */
	EV_STEP_FINISH,     /* … sends the rest and reads the reply to its end */
	EV_STEP_BREAK,      /* … breaks off with a reset */
	EV_STEP_RENAME,     /* the log is renamed */
	EV_STEP_WRITE,      /* a file is replaced */
	EV_STEP_UNMOUNT,    /* the file system of the start directory is unmounted */
	EV_STEP_ORPHAN,     /* an orphan ends under the namespace's PID 1 */
	EV_STEP_WAIT,       /* nothing is done: the step waits for what it is to see */
};

/* What there was when a step had had its effect: everything at rest, or gone, or the bound reached. */
struct ev_state {
	bool taken;   /* false: the step went on to the next without a look */
	bool settled; /* at rest or gone; false: the bound was reached before */
	int64_t at_us;
	int64_t gone_us;              /* when the last process of the daemon had ended; 0: some are there */
	struct ev_process *processes; /* all but init, the leader and our own */
	size_t n_processes;
	struct ev_listener *listeners;
	size_t n_listeners;
	struct ev_written *written;
	size_t n_written;
	struct ev_look pidfile;
	struct ev_file log;                         /* the file that has the log's name now */
	uint64_t shared_memory, semaphores, queues; /* System V objects */
};

struct ev_step {
	enum ev_step_kind kind;
	char *what; /* "signal TERM to the main process 5", "/etc/init.d/x status" */
	int signal;
	int pid;            /* to whom it was done; 0: there was none */
	int error_number;   /* it could not be done: errno */
	int64_t at_us;      /* when it was done */
	int64_t starved_us; /* how long all tasks together had waited for a processor by then */
	int64_t done_us;    /* RUN: when the command ended; FINISH: when the reply ended; 0: it did not */
	int status;         /* RUN: as wait(2) gives it */
	int command;        /* RUN: its pid */
	bool reset;         /* FINISH: the connection broke */
	char *reply; /* RUN: what came on the terminal meanwhile; FINISH: the reply; at most EVIDENCE_REPLY_MAX */
	uint64_t reply_kept, reply_total;
	uint64_t signalled; /* signals that the stranger got since the step before */
	struct ev_state after;
};

#endif
