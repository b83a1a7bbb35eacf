/* A candidate file: what is declared of a daemon, in YAML (libcyaml, schema-checked). candidate.def tells each key.
 *
 * The command line has the last word on command, environment, directory, user, profile, pidfile and privileged: the
 * request holds what came of it, and the engine takes these from there. */
#ifndef ENGINE_CANDIDATE_H
#define ENGINE_CANDIDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "evidence/evidence.h"
#include "probes/profile.h"

enum { CANDIDATE_STYLE_UNKNOWN = -1 };

/* A file that is put into the sandbox, as struct variation_file wants it. */
struct candidate_file {
	char *path;     /* absolute; NULL: there is no such file */
	char *content;  /* NULL for a directory */
	size_t size;    /* bytes of the content */
	uint32_t mode;  /* permissions; 0: 0644, or 0755 for a directory */
	bool directory; /* an empty directory */
};

struct candidate_failure {
	char *name;
	struct candidate_file file; /* with it the start must fail */
};

/* A client's request, in two parts: a stop signal comes between them. */
struct candidate_request {
	char *address; /* "tcp 127.0.0.1:80", "unix /run/x": what connects; NULL: no request is declared */
	char *send, *rest;
	char *expect; /* a part of the reply; NULL: any reply */
	int *drains;  /* signals that must let it be finished; none: the stop signal */
	size_t n_drains;
};

/* Strings are NULL, and lists NULL or empty, where nothing is declared; everything is owned. */
struct candidate {
	char *name, *summary;
	char **command;     /* NULL-ended */
	char **environment; /* NULL-ended NAME=VALUE */
	char *directory, *user;
	char *profile; /* name or file; a relative file is one beside the candidate file, and is told so here */
	char *pidfile;
	int style; /* enum profile_style, or CANDIDATE_STYLE_UNKNOWN: what the default profile depends on */
	bool privileged;

	struct candidate_file *files;
	size_t n_files;
	char **setup; /* NULL-ended shell commands */

	struct ev_listener *ready; /* inode 0; the host of an address is "*" where only the port is declared */
	size_t n_ready;
	char **ready_files; /* NULL-ended */
	bool notify;
	int s6; /* number of the readiness descriptor; -1: not declared */

	int stop_signal; /* TERM unless declared */
	int64_t stop_within_us;
	int stop_status;                  /* -1: not declared */
	struct ev_signal_effect *effects; /* by the number of the signal */
	size_t n_effects;
	int reload_signal; /* 0: not declared */
	struct candidate_file reload_break;
	char *log;
	int log_signal;
	enum ev_second second;
	char *worker;
	int workers; /* -1: not declared */
	struct candidate_request request;
	struct candidate_failure *failures;
	size_t n_failures;
	int64_t watchdog_us; /* 0: not declared */
	bool sockets;
};

/* Reads the file. Errors are -EINVAL, with file, line and what was expected, or -ENOMEM. */
int candidate_load(const char *path, struct candidate **ret_candidate, struct error *error);

/* The same from the text of a file; PATH is its name in messages, and where a profile's file is looked for. */
int candidate_parse(const char *path, const char *text, size_t length, struct candidate **ret_candidate,
                    struct error *error);

void candidate_free(struct candidate *candidate);
static inline void cleanup_candidate(struct candidate **candidate)
{
	candidate_free(*candidate);
}
#define CLEANUP_CANDIDATE __attribute__((cleanup(cleanup_candidate)))

#endif
