/* A candidate file as YAML: the schema, and what is loaded by it. For candidate.c, candidate_check.c and the tests. */
#ifndef ENGINE_CANDIDATE_YAML_H
#define ENGINE_CANDIDATE_YAML_H

#include <signal.h>

#include "engine/yaml_file.h"

enum { CANDIDATE_YAML_NO = 1, CANDIDATE_YAML_YES }; /* 0 in an enumeration: not given */

struct candidate_yaml_file {
	char *path, *content, *mode;
	int directory;
};

struct candidate_yaml_ready {
	char *port, *tcp, *udp, *socket, *file, *s6;
	int notify;
};

struct candidate_yaml_stop {
	char *signal, *within, *status;
};

/* By the number of the signal: enum ev_effect for "HUP" and for "SIGHUP". */
struct candidate_yaml_signals {
	int effects[_NSIG], prefixed[_NSIG];
};

struct candidate_yaml_reload {
	char *signal;
	struct candidate_yaml_file *broken;
};

struct candidate_yaml_log {
	char *path, *signal;
};

struct candidate_yaml_workers {
	char *name, *count;
};

struct candidate_yaml_request {
	char *port, *address, *send, *rest, *expect, **drains;
	unsigned int drains_count;
};

struct candidate_yaml_failure {
	char *name;
	struct candidate_yaml_file file;
};

/* What stands in the file; NULL or 0 where it does not. */
struct candidate_yaml {
	char *name, *summary, *directory, *user, *profile, *pidfile, *watchdog;
	char **command, **environment, **setup;
	unsigned int command_count, environment_count, setup_count;
	int style; /* enum profile_style + 1 */
	int privileged, second, sockets;
	struct candidate_yaml_file *files;
	struct candidate_yaml_ready *ready;
	struct candidate_yaml_failure *fails;
	unsigned int files_count, ready_count, fails_count;
	struct candidate_yaml_stop *stop;
	struct candidate_yaml_signals *signals;
	struct candidate_yaml_reload *reload;
	struct candidate_yaml_log *log;
	struct candidate_yaml_workers *workers;
	struct candidate_yaml_request *request;
};

/* Its schema is that of a struct candidate_yaml. */
extern const struct yaml_kind CANDIDATE_YAML_KIND;

#endif
