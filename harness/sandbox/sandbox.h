/* The sandbox: namespaces of its own, a mini-init as PID 1, an overlay root, and inside it one process, the terminal's
 * session leader, under which the candidate runs.
 *
 *   harness ── init (PID 1, reaps and reports) ── leader ── candidate
 *
 * As root the init keeps the initial user namespace and prepares everything with its rights; the leader, and so the
 * candidate, live in a user namespace below it (full identity map) and in a copy of the mounts that this locks: what is
 * read-only stays so, whatever capabilities they hold there. An ordinary user has one user namespace with one id.
 * Killing the harness ends init (parent death signal, and end of file on its socket), and with PID 1 the kernel ends
 * everything else; the mounts live in the namespace alone. Nothing is ever made on the host's file systems. */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "sandbox/root.h"

struct sandbox;

enum sandbox_level {
	SANDBOX_FULL,       /* made by root: user namespace with the full identity map */
	SANDBOX_USER,       /* made by an ordinary user: user namespace with one id */
	SANDBOX_PRIVILEGED, /* namespaces, but real root */
	SANDBOX_REAPER,     /* no namespaces: init is a child subreaper */
};

/* What the leader finds when it starts. */
struct sandbox_inside {
	enum sandbox_level level;
	int report;           /* for messages to the harness */
	bool start_directory; /* ROOT_START_DIRECTORY is there */
};

struct sandbox_plan {
	const char *tree;         /* root tree, absolute; "/" for the host's */
	const char *start_source; /* absolute */
	/* Called once while the inside is busy with its set-up; NULL: nothing is to be done meanwhile. */
	void (*meanwhile)(void *data);
	void *meanwhile_data;
	/* Called when the root stands, before the leader does anything; NULL: the leader begins at once. */
	void (*prepared)(const struct sandbox *sandbox, void *data);
	void *prepared_data;
	const char *const *ways; /* directories that must be writable: root.h */
	bool privileged;
	bool must_work; /* no falling back to SANDBOX_REAPER */
	/* Runs in the leader's process and never returns; must end with spawn_end. */
	void (*leader)(const struct sandbox_inside *inside, void *data);
	void *leader_data;
};

struct sandbox {
	enum sandbox_level level;
	pid_t init; /* host pid */
	int init_pidfd;
	int report;       /* messages from inside: sandbox/message.h */
	int proc_fd;      /* a procfs that shows the inside's pids (SANDBOX_REAPER: the host's) */
	int directory_fd; /* the inside's root directory */
	int reaper;       /* pid of init as the inside sees it */
	struct root root; /* layers and notes; its directory descriptors */
};

/* Starts the best sandbox that is to be had. Less than a full one says why in root.notes. */
int sandbox_start(const struct sandbox_plan *plan, struct sandbox *ret_sandbox, struct error *error);

/* Sends SIGKILL to everything inside, without waiting. */
void sandbox_kill(struct sandbox *sandbox);

/* Ends everything inside, waits until it is gone and closes the descriptors. A sandbox that never started is left
 * alone. */
void sandbox_stop(struct sandbox *sandbox);

#endif
