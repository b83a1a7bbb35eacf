/* What a variation puts in place before the candidate starts: limits, the start directory, files and commands. */
#ifndef TERMINAL_PREPARE_H
#define TERMINAL_PREPARE_H

#include "base/error.h"
#include "terminal/life.h"

/* Whether the sandbox has what the variation needs: without namespaces nothing may be mounted, made or taken. */
int prepare_check(const struct variation *variation, enum sandbox_level level, struct error *error);

/* The leader's own limit of descriptors, which the candidate inherits. */
int prepare_limit(uint64_t wanted, struct error *error);

/* Makes the start directory what the variation says and enters it. */
int prepare_directory(struct leader *leader, struct error *error);
/* The last step before the candidate is forked: nothing is made in the start directory any more. */
int prepare_directory_last(const struct leader *leader, struct error *error);

int prepare_files(const struct leader *leader, struct error *error);
/* Runs the commands one after the other. */
int prepare_setup(const struct leader *leader, struct error *error);

/* Makes the directories on the way to PATH that are missing. 0 or -errno. */
int prepare_parents(const char *path);

#endif
