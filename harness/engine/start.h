/* What the candidate is given: command, environment, fingerprints. */
#ifndef ENGINE_START_H
#define ENGINE_START_H

#include "base/error.h"
#include "engine/engine.h"
#include "evidence/evidence.h"
#include "terminal/leader.h"

enum { START_PLANTS = 6, START_WAYS = 8 };

/* In what one launch differs from the clean one, for which all is zero. */
struct start_options {
	struct variation variation;
	bool other_umask; /* `umask` in place of the usual one */
	mode_t umask;
	bool empty_environment;
	bool no_plants;
};

/* Everything that one launch needs besides the sandbox. The leader's plan points into it: it may not move. */
struct start {
	struct leader_plan leader;
	struct leader_plant plants[START_PLANTS];
	char **environment;
	size_t n_login;               /* of them, those that a login gives; markers and the caller's own come after */
	char *tree, *start_source;    /* absolute */
	const char *ways[START_WAYS]; /* NULL-ended: where an ordinary user's daemon keeps its files */
	char *pidfile_directory, *run_directory;
};

/* Prepares the launch and writes its side of the evidence: command, umask, plants, markers, declared pid file and user.
 * 0, or -EINVAL and the like with a message where the request cannot be met. Free with start_free in any case. */
int start_prepare(const struct engine_request *request, const struct start_options *options, struct start *ret_start,
                  struct evidence *evidence, struct error *error);
void start_free(struct start *start);

#endif
