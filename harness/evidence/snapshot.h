/* What one look at the system shows: files, processes, sockets. A part of evidence.h, whose rules hold. */
#ifndef EVIDENCE_SNAPSHOT_H
#define EVIDENCE_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EVIDENCE_LIMITS = 16 }; /* RLIM_NLIMITS */

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

enum ev_look_state { EV_LOOK_NONE, EV_LOOK_READ, EV_LOOK_FAILED };

/* One look at the declared pid file. */
struct ev_look {
	enum ev_look_state state;
	int error_number;    /* EV_LOOK_FAILED: errno */
	char *content;       /* at most 4096 bytes */
	uint64_t size;       /* bytes in content: it may hold NULs */
	struct ev_file file; /* of the file itself, by lstat: a symbolic link shows as one */
};

#endif
