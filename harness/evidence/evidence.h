/* Evidence: the plain record of what was observed in one launch. The harness fills it, the probes judge it, a JSON file
 * keeps it; nothing in here decides what is right.
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

enum {
	EVIDENCE_VERSION = 1,
	EVIDENCE_LIMITS = 16,          /* RLIM_NLIMITS */
	EVIDENCE_PROCESSES_MAX = 4096, /* bounds on what is kept; `truncated` tells when one was hit */
	EVIDENCE_FDS_MAX = 65536,
	EVIDENCE_FILES_MAX = 16384,
	EVIDENCE_OUTPUT_MAX = 65536,
};

/* A file's identity and what stat tells of it. */
struct ev_file {
	bool known;      /* false: it could not be looked at, the rest means nothing */
	uint64_t device; /* st_dev */
	uint64_t inode;
	uint64_t special; /* st_rdev, for devices */
	uint64_t mount;   /* statx mount id; 0 where the kernel has none */
	uint32_t mode;    /* st_mode, with the type */
	uint32_t links;   /* st_nlink: 0 for what was deleted */
	uint32_t uid, gid;
};

struct ev_fd {
	int number;
	char *target; /* the link's text, "/dev/null", "socket:[1234]" */
	struct ev_file file;
	uint32_t flags; /* O_… of fdinfo, O_CLOEXEC and O_PATH among them */
	bool locked;    /* fdinfo shows a lock taken through this descriptor */
	int planted;    /* the number under which the harness planted this very file; -1: not ours */
};

struct ev_thread {
	int tid;
	uint64_t blocked; /* SigBlk */
	uint64_t pending; /* SigPnd */
	bool sigwait;     /* waits in rt_sigtimedwait: the kernel unblocks what is awaited meanwhile */
};

struct ev_limit {
	uint64_t soft, hard; /* UINT64_MAX: unlimited */
};

struct ev_ids {
	uint32_t real, effective, saved, filesystem;
};

struct ev_process {
	int pid, host_pid; /* host_pid 0 where it is not known */
	int parent, group, session;
	int terminal;         /* tty_nr of /proc/PID/stat; 0: none */
	int terminal_group;   /* tpgid; -1: none */
	char state;           /* R S D Z T t … */
	uint64_t flags;       /* PF_… of stat */
	uint64_t start_ticks; /* start time, in clock ticks since boot */
	uint64_t rss_kib;
	int nice;

	char *name;             /* comm */
	char **argv;            /* NULL-ended; NULL where it could not be read */
	char *exe, *cwd, *root; /* the links' texts; NULL where unreadable */
	struct ev_file exe_file, cwd_file, root_file;

	bool umask_known;
	uint32_t umask;

	bool ids_known;
	struct ev_ids uid, gid;
	uint32_t *groups;
	size_t n_groups;

	uint64_t cap_inheritable, cap_permitted, cap_effective, cap_bounding, cap_ambient;
	bool no_new_privileges;
	int seccomp;

	uint64_t ignored, caught, pending; /* SigIgn, SigCgt, ShdPnd */
	struct ev_thread *threads;
	size_t n_threads;

	bool fds_known; /* the descriptor table could be read whole */
	struct ev_fd *fds;
	size_t n_fds;

	bool limits_known;
	struct ev_limit limits[EVIDENCE_LIMITS];
	char *cgroup;
	bool oom_score_adj_known;
	int oom_score_adj;
	bool loginuid_known;
	uint32_t loginuid;

	/* The environment as it is NOW (what environ points to), where that could be found in the process's memory, and
	 * the one it was last executed with. NULL-ended; NULL where unreadable. */
	char **environment, **environment_at_exec;
};

enum ev_socket_family { EV_SOCKET_TCP, EV_SOCKET_UDP, EV_SOCKET_UNIX };

/* A socket that listens (TCP, Unix) or is bound (UDP). */
struct ev_listener {
	enum ev_socket_family family;
	uint64_t inode;
	char *address; /* "127.0.0.1:80", "[::]:80", the path as it was bound, "@abstract" */
};

/* A path that the candidate created or changed: the upper layer of the sandbox's root, and its private tmpfs. */
struct ev_written {
	char *path;
	struct ev_file file;
	bool created; /* false: it was there before and changed */
};

/* An end of a process that the mini-init or the leader saw. */
struct ev_exit {
	int pid;
	int status; /* as wait(2) gives it */
	int64_t at_us;
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
};

enum ev_look_state { EV_LOOK_NONE, EV_LOOK_READ, EV_LOOK_FAILED };

/* One look at the declared pid file. */
struct ev_look {
	enum ev_look_state state;
	int error_number;    /* EV_LOOK_FAILED: errno */
	char *content;       /* at most 4096 bytes */
	uint64_t size;       /* bytes in content: it may hold NULs */
	struct ev_file file; /* of the file itself, by lstat: a symbolic link shows as one */
};

struct ev_pidfile {
	char *path;              /* as declared; NULL: none was */
	struct ev_look returned; /* at the instant the started process ended */
	struct ev_look settled;  /* at the end */
	char *directory;         /* real path of the directory it lies in */
	struct ev_file directory_file;
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
};

/* An empty evidence, or NULL. */
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
