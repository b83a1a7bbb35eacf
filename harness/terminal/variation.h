/* In what a launch differs from the clean one, as data: the session leader and the last steps before exec apply it. All
 * zero is the clean launch. Pointers are the caller's and live as long as the launch. */
#ifndef TERMINAL_VARIATION_H
#define TERMINAL_VARIATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum variation_directory {
	VARIATION_DIRECTORY_GIVEN,
	VARIATION_DIRECTORY_MOUNT, /* a mount of the leader's own (a bind of the directory on itself): can be unmounted
	                            */
	VARIATION_DIRECTORY_DELETED,    /* an empty directory that is removed when the candidate stands in it */
	VARIATION_DIRECTORY_UNREADABLE, /* mode 0 */
};

enum variation_null {
	VARIATION_NULL_DEVICE,
	VARIATION_NULL_MISSING, /* a /dev with all entries but null */
	VARIATION_NULL_FILE,    /* an empty regular file bound over it */
};

enum variation_notify { VARIATION_NOTIFY_NONE, VARIATION_NOTIFY_PATH, VARIATION_NOTIFY_ABSTRACT };

/* What is then in NOTIFY_SOCKET; the other path where /run cannot be written to. */
#define VARIATION_NOTIFY_SOCKET "/run/daemonck-notify"
#define VARIATION_NOTIFY_OTHER  "/tmp/daemonck-notify"
#define VARIATION_NOTIFY_NAME   "@daemonck-notify"

/* A file that is put into the sandbox, as the candidate's user, before the start; missing directories are made. */
struct variation_file {
	const char *path; /* absolute, or relative to the start directory */
	const char *content;
	size_t size;
	uint32_t mode;  /* permissions; 0: 0644, or 0755 for a directory */
	bool directory; /* an empty directory */
	bool stranger;  /* the content is the stranger's pid and a newline */
};

struct variation {
	uint64_t ignored, blocked; /* signals that the candidate finds ignored and blocked; bit n-1 for signal n */
	unsigned int closed;       /* bit n: standard descriptor n is closed */
	bool pipes;                /* standard output and error are pipes, a plant each under the numbers 1 and 2 */
	enum variation_null null;
	enum variation_directory directory;
	bool count_closes;    /* calls of close(2) on numbers from 64 up are counted: leader_counted */
	uint64_t nofile;      /* soft limit of descriptors; 0: the usual; UINT64_MAX: the hard limit */
	bool hold;            /* births are held back: MESSAGE_BORN, LEADER_RELEASE */
	bool session_leader;  /* the candidate is itself the session leader of a terminal of its own, which is hung up
	                         when it ends */
	bool keep_foreground; /* the shell does not take the terminal back by itself when the candidate ended */
	bool pid1;            /* PID 1 of a pid namespace of its own */
	bool stranger;        /* a process of ours that notes every signal it gets: MESSAGE_SIGNALLED */
	enum variation_notify notify; /* NOTIFY_SOCKET, and WATCHDOG_USEC, WATCHDOG_PID where that is not 0 */
	int64_t watchdog_us;
	const char *listen; /* LISTEN_FDS=1: a TCP socket that listens on "127.0.0.1:PORT" (port 0: any), passed as 3 */
	bool s6;            /* the write end of a pipe is passed as `s6_number` */
	int s6_number;
	const struct variation_file *files;
	size_t n_files;
	const char *const *setup;  /* NULL-ended shell commands, run one after the other before the start */
	const char *const *occupy; /* NULL-ended listeners "tcp 127.0.0.1:80", "udp [::]:53", "unix /run/x" that are
	                              bound by ours before the start; what is taken already is an error of the launch */
};

#endif
