/* Whether a daemon was ready when its launcher ended, and what it listens on: what the probes of readiness, of failing
 * starts and of further starts share. Nothing in here allocates or makes a system call. */
#ifndef PROBES_READY_H
#define PROBES_READY_H

#include "probes/runs.h"

/* "tcp 127.0.0.1:80", "unix /run/x", cut where it is too long. BUFFER is returned. */
enum { LISTENER_TEXT_MAX = 96 };
const char *listener_text(const struct ev_listener *listener, char buffer[LISTENER_TEXT_MAX]);

/* Whether the very same address is among them. */
bool listener_among(const struct ev_listener *listener, const struct ev_listener *listeners, size_t count);
/* Whether a client of that address reaches one of them: the same, or one that is bound to every address of the host. */
bool listener_answers(const struct ev_listener *listener, const struct ev_listener *listeners, size_t count);
/* Whether the daemon chose the address itself: it is there in every plain launch that could be compared. A port that
 * the kernel chose is another one each time. */
bool listener_lasts(const struct evidence *evidence, const struct ev_listener *listener);
/* The first of the clean launch's lasting listeners that is not in the state, or NULL. Sockets are found by who holds
 * them: where a process's descriptors could not be read, none is taken for missing. */
const struct ev_listener *listener_missing(const struct evidence *evidence, const struct ev_state *state);

/* The first process that came after the launch had settled and is no child of one of the daemon's, where there are more
 * of that kind than before: a second daemon. NULL: there is none. */
const struct ev_process *state_newcomer(const struct evidence *run, const struct ev_state *state);
/* Whether both looks read the same bytes. */
bool look_same_content(const struct ev_look *a, const struct ev_look *b);
/* Whether there is nothing under the pid file's name. */
bool look_is_gone(const struct ev_look *look);
/* Whether the daemon writes a pid file, in the clean launch, that names one of its processes. */
bool writes_pidfile(const struct evidence *evidence);

/* Whether the clean launch came to what makes readiness a question: its launcher returned with 0 and left a daemon.
 * Otherwise the finding says why not. */
bool ready_needs_launcher(const struct evidence *evidence, const struct profile *profile, struct finding *finding);

/* As run_needed, for a launch in which new processes are held back: where one still is at the end of all, the harness
 * failed. */
const struct evidence *held_needed(const struct evidence *evidence, enum ev_scenario scenario, struct finding *finding);

/* Whether what makes the daemon ready was there at the instant when the launcher ended: the pid file, the declared
 * files, the declared sockets, or else those of the settled clean launch. */
enum ready { READY_UNSEEN, READY_YES, READY_NO };

/* Whether there is anything of the kind. */
bool ready_known(const struct evidence *evidence);
/* In LAUNCH, the top itself or one of its runs. */
enum ready ready_in(const struct evidence *evidence, const struct evidence *launch);
/* "tcp 0.0.0.0:80 and /run/x.pid": all of them, or with MISSING those that were not there in LAUNCH. */
enum { READY_TEXT_MAX = 160 };
const char *ready_text(const struct evidence *evidence, const struct evidence *launch, bool missing,
                       char buffer[READY_TEXT_MAX]);

/* How often it was ready in the clean launch and those again; and the first in which it was not. */
struct ready_rate {
	unsigned int ready, seen;
	const struct evidence *unready; /* NULL: none */
};
struct ready_rate ready_rate(const struct evidence *evidence);

#endif
