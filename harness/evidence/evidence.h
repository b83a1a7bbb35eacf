/* Evidence: the plain record of what was observed in one launch, the clean one, and in the further launches of other
 * scenarios. The harness fills it, the probes judge it, a JSON file keeps it; nothing in here decides what is right.
 *
 * Strings hold the bytes as the kernel gave them (they may be broken UTF-8 and hold controls; every writer escapes).
 * Numbers of processes, groups, sessions are those seen INSIDE the sandbox, unless a name says `host`. Times are
 * microseconds since the launch. Sets of signals have bit n-1 for signal n, as /proc prints them. Everything is owned
 * by the evidence and freed by evidence_free. */
#ifndef EVIDENCE_EVIDENCE_H
#define EVIDENCE_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/life.h"
#include "evidence/snapshot.h"

enum {
	EVIDENCE_VERSION = 2,
	EVIDENCE_PROCESSES_MAX = 4096, /* bounds on what is kept; `truncated` tells when one was hit */
	EVIDENCE_FDS_MAX = 65536,
	EVIDENCE_FILES_MAX = 16384,
	EVIDENCE_OUTPUT_MAX = 65536,
	EVIDENCE_RUNS_MAX = 1024, /* further launches */
};

/* An end of a process that the mini-init or the leader saw. */
struct ev_exit {
	int pid;
	int status; /* as wait(2) gives it */
	int64_t at_us;
};

/* How the candidate was started and what was done to it: scenarios.def. */
enum ev_scenario {
#define SCENARIO(NAME, name, text) EV_SCENARIO_##NAME,
#include "evidence/scenarios.def"
#undef SCENARIO
	EV_SCENARIOS
};
_Static_assert(EV_SCENARIOS <= 64, "a set of scenarios is a uint64_t");

/* "held-long" */
const char *evidence_scenario_name(enum ev_scenario scenario);
/* What it is, a clause. */
const char *evidence_scenario_text(enum ev_scenario scenario);

/* Variants of scenarios. */
enum ev_signals_variant { EV_SIGNALS_IGNORED, EV_SIGNALS_BLOCKED };
enum ev_null_variant { EV_NULL_MISSING, EV_NULL_FILE };
enum ev_directory_variant { EV_DIRECTORY_DELETED, EV_DIRECTORY_UNREADABLE, EV_DIRECTORY_UNMOUNTED };
enum ev_stale_variant { EV_STALE_DEAD, EV_STALE_STRANGER, EV_STALE_OWN, EV_STALE_GARBAGE, EV_STALE_INIT };
enum ev_fails_variant { EV_FAILS_PORT, EV_FAILS_PIDFILE, EV_FAILS_DECLARED /* and further ones, in their order */ };
enum ev_notify_variant { EV_NOTIFY_PATH, EV_NOTIFY_ABSTRACT };
/* EV_SCENARIO_UMASK: the umask itself. EV_SCENARIO_CLOSED: 1 to 7, bit n for descriptor n. EV_SCENARIO_NOFILE: 0 for
 * 2^20, 1 for the most that the kernel gives. EV_SCENARIO_SIGNAL: the number of the signal. AGAIN and HANGUP_RACE: the
 * how-manieth, from 0. HANGUP_RACE -1 is the one where new processes are held back as in HELD. */

/* What became of a further launch. */
enum ev_run_state {
	EV_RUN_DONE,
	EV_RUN_SKIPPED, /* it does not apply here, or could not be had: `reason` */
	EV_RUN_FAILED,  /* the harness failed in it: `reason` */
};

enum ev_outcome {
	EV_RETURNED,   /* the started process ended by itself */
	EV_STAYED,     /* it was still there when everything had settled: it runs in the foreground */
	EV_NO_COMMAND, /* it could not be executed; exec_errno tells why */
	EV_RESTLESS,   /* it returned, but what it left had not come to rest at the deadline: processes come and go */
	EV_NEVER,      /* neither ended nor settled before the deadline */
	EV_TOO_MANY,   /* it was ended because it made too many processes */
	EV_TOO_MUCH,   /* … or took too much memory */
};

/* Its name in JSON: "returned". */
const char *evidence_outcome_name(enum ev_outcome outcome);

/* One end of a pipe that the candidate was given as a standard descriptor, seen from its reader. */
struct ev_pipe {
	int number;     /* 1 or 2; the plant of the same number is its file */
	int64_t eof_us; /* when the reader saw the end of file; -1: not before everything was ended */
	uint64_t total; /* bytes that came */
};

struct ev_launch {
	enum ev_outcome outcome;
	int exec_errno;
	int pid, group;      /* the started process and its process group */
	int status;          /* EV_RETURNED: as wait(2) gives it */
	int64_t returned_us; /* EV_RETURNED: when */
	bool stopped;        /* it was stopped by a signal or the terminal when the look was taken */
	bool leader_killed;  /* the terminal's session leader was killed: the candidate signalled what is not its own */

	char *
	    output; /* what came on the terminal, at most EVIDENCE_OUTPUT_MAX bytes of it; may hold NULs: output_kept */
	uint64_t output_kept;
	uint64_t output_total;
	int64_t output_us; /* when the first of it came; 0: none did */
	/* Of the above, what came after the started process had returned. */
	char *late_output;
	uint64_t late_kept;
	uint64_t late_total;
	int64_t late_us;

	struct ev_pipe *pipes; /* EV_SCENARIO_PIPES */
	size_t n_pipes;

	int64_t cpu_us; /* processor time of the started process and of what it waited for; 0: not known */
	/* EV_SCENARIO_CLOSES (0: under a low limit, 1: under one twice as high): calls of close(2) on numbers of 64 and
	 * above, by any process, until the settled state. */
	bool closes_known;
	uint64_t closes;

	/* What listened at the instant the started process ended, where that could be seen. */
	bool listeners_known;
	struct ev_listener *listeners; /* inode 0: not known */
	size_t n_listeners;

	/* Which of the declared files, bit n for the n-th, were there then. */
	bool ready_files_known;
	uint64_t ready_files;

	/* Where new processes were held back: each birth in its order, threads not counted. */
	uint32_t *births;
	size_t n_births;
	/* The started process ended while a process that was born before still waited for its first instruction: it did
	 * not wait for the daemon. */
	bool ended_unheard;
	bool hold_gave_up; /* a process was let go though an older one had not come to rest in time */
};

struct ev_pidfile {
	char *path;              /* as declared; NULL: none was */
	struct ev_look returned; /* at the instant the started process ended */
	struct ev_look settled;  /* at the end */
	char *directory;         /* real path of the directory it lies in */
	struct ev_file directory_file;

	/* Changes of the file's name as a watcher of its directory saw them. */
	bool watched;         /* false: the directory could not be watched from the start on */
	bool seen_empty;      /* it could be opened under its name while it held nothing */
	bool seen_unfinished; /* … or no whole line */
};

struct ev_plant {
	int number;
	uint64_t device, inode;
};

struct ev_marker {
	char *name, *value;
};

/* What the candidate was given, so that what it still wears at the end can be told as inherited. */
struct ev_start {
	char **argv; /* NULL-ended */
	uint32_t umask;
	char *directory; /* where it was started */
	struct ev_file directory_file;
	bool directory_own;        /* the directory is a mount of its own, told apart by device and mount id */
	uint64_t terminal_device;  /* st_dev of the terminal's file: tty numbers collide between devpts instances */
	uint64_t terminal_special; /* its st_rdev; tty_nr is this number in the kernel's other coding */
	int terminal;              /* its tty_nr */
	int leader;                /* pid, group and session of the terminal's living session leader */
	int reaper;                /* the pid that orphans get as parent: 1, or the subreaper of the fallback */
	uint32_t uid, gid;         /* of the started process */
	uint64_t cap_effective;
	struct ev_plant *plants;
	size_t n_plants;
	struct ev_marker *markers;
	size_t n_markers;
	char *cgroup;
	/* Declared by the caller: the user that the daemon must run as. */
	char *user; /* NULL: not declared */
	uint32_t user_uid, user_gid;

	uint64_t ignored, blocked; /* signals, as the caller left them */
	uint64_t closed;           /* bit n: standard descriptor n was closed */
	uint64_t nofile;           /* soft limit of descriptors */
	int nice, oom_score_adj;   /* of the session leader, and so of the started process */
	bool oom_score_adj_known;
	bool loginuid_known;
	uint32_t loginuid;
	bool limits_known;
	struct ev_limit limits[EVIDENCE_LIMITS];
	char *
	    *given; /* NULL-ended: files that were put there before the start; they are left out of what was written */
	int stranger; /* EV_STALE_STRANGER: the process that the pid file names, one of ours that notes each signal */
	uint64_t socket; /* EV_SCENARIO_LISTEN_FDS: inode of the socket that was passed */
	char *socket_address;
};

enum ev_isolation_level {
	EV_ISOLATION_FULL,       /* namespaces made as root, user namespace with the full identity map */
	EV_ISOLATION_USER,       /* namespaces made by an ordinary user: one uid */
	EV_ISOLATION_PRIVILEGED, /* --privileged: namespaces, but real root */
	EV_ISOLATION_REAPER,     /* no namespaces: a child subreaper */
};

struct ev_isolation {
	enum ev_isolation_level level;
	bool pid_namespace, user_namespace, mount_namespace, net_namespace, ipc_namespace, uts_namespace;
	bool overlay;   /* the root is an overlay: `written` is complete */
	char **missing; /* NULL-ended: what could not be isolated or seen here, a sentence each */
};

struct ev_host {
	char *tool_version, *kernel, *machine;
	char *time; /* UTC, ISO 8601 */
};

struct ev_settle {
	bool settled;        /* two looks proved that no task ran between them */
	int64_t at_us;       /* when the snapshot was taken */
	int64_t window_us;   /* how long nothing had changed then */
	int64_t patience_us; /* the H in force: a negative finding waited at least so long */
	uint64_t looks;
};

struct evidence {
	enum ev_scenario scenario; /* EV_SCENARIO_CLEAN at the top */
	int variant;
	enum ev_run_state state;
	char *reason; /* why it was not done */
	struct ev_host host;
	struct ev_isolation isolation;
	struct ev_start start;
	struct ev_launch launch;
	struct ev_settle settle;
	struct ev_pidfile pidfile;
	struct ev_process *processes; /* all but init and the leader, by pid */
	size_t n_processes;
	struct ev_listener *listeners;
	size_t n_listeners;
	struct ev_written *written;
	size_t n_written;
	struct ev_exit *exits;
	size_t n_exits;
	bool truncated; /* one of the bounds above cut something off */
	struct ev_notice *notices;
	size_t n_notices;
	int64_t s6_newline_us, s6_eof_us; /* EV_SCENARIO_S6: when they came; 0: they did not */
	struct ev_step *steps;            /* what was done after the launch had settled, in order */
	size_t n_steps;

	/* Only at the top. */
	struct ev_declared declared;
	bool interrupted;      /* some of what was planned was not done: the user stopped it */
	struct evidence *runs; /* the further launches, in the order of scenarios.def; they have no runs of their own */
	size_t n_runs;
};

/* An empty evidence with the defaults of what is not declared, or NULL. */
struct evidence *evidence_new(void);
void evidence_free(struct evidence *evidence);
static inline void cleanup_evidence(struct evidence **evidence)
{
	evidence_free(*evidence);
}
#define CLEANUP_EVIDENCE __attribute__((cleanup(cleanup_evidence)))

/* Frees what a process record owns, not the record. */
void evidence_process_clear(struct ev_process *process);
/* Frees a NULL-ended list of strings. */
void evidence_strings_free(char **strings);

/* The process with that inside pid, or NULL. */
const struct ev_process *evidence_process(const struct evidence *evidence, int pid);

/* The first launch of the scenario after PREVIOUS (NULL: of all), whatever its state; NULL: there is none more. The
 * clean launch is not among them. */
const struct evidence *evidence_next_run(const struct evidence *evidence, enum ev_scenario scenario,
                                         const struct evidence *previous);
/* The launch of that scenario and variant, whatever its state, or NULL. */
const struct evidence *evidence_run(const struct evidence *evidence, enum ev_scenario scenario, int variant);

/* The process in what was seen after a step, or NULL. */
const struct ev_process *evidence_state_process(const struct ev_state *state, int pid);

/* The main process: the one that the pid file names if it is among the daemon's, else the started process if it still
 * lives, else the lowest pid whose parent is the reaper; NULL when nothing lives. Zombies do not count. */
const struct ev_process *evidence_main(const struct evidence *evidence);

/* The pid in a pid file's content: digits, then optional white space or further lines; -1 when it holds none. */
int evidence_pidfile_pid(const struct ev_look *look);

/* The descriptor with that number, or NULL. */
const struct ev_fd *evidence_fd(const struct ev_process *process, int number);

/* Whether the process sits on a terminal other than the launch's, whose master another process of the daemon may hold:
 * a session that the daemon hosts (tmux, sshd), not one that it failed to leave. */
bool evidence_hosted(const struct evidence *evidence, const struct ev_process *process);

/* Whether F is the character device 1:3 itself. */
bool evidence_is_null(const struct ev_file *file);
/* Whether F is the terminal that the candidate was started on. */
bool evidence_is_launch_terminal(const struct evidence *evidence, const struct ev_file *file);

#endif
