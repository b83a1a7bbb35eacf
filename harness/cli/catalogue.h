/* The requirements and profiles as list, explain, the completions and the man page tell of them. */
#ifndef CLI_CATALOGUE_H
#define CLI_CATALOGUE_H

#include <stddef.h>
#include <stdio.h>

#include "base/error.h"
#include "probes/probe.h"
#include "probes/profile.h"

struct catalogue {
	struct profile **profiles; /* all built-in ones */
	size_t n_profiles;
};

int catalogue_load(struct catalogue *ret_catalogue, struct error *error);
void catalogue_clear(struct catalogue *catalogue);

/* How a requirement is seen, in words: fills WORDS and returns how many. */
enum { CATALOGUE_SEEN_MAX = 5 };
size_t catalogue_seen(unsigned int seen, const char *words[CATALOGUE_SEEN_MAX]);

/* Prints what a set of enum profile_stdio accepts: "null, log". */
void catalogue_put_stdio(FILE *out, unsigned int stdio);

/* What the profile makes of the probe with that number. */
enum profile_need catalogue_need(const struct profile *profile, size_t number);
/* How many probes the profile requires or notes. */
size_t catalogue_count(const struct profile *profile, enum profile_need need);

/* The length of the group in an id: "detach" of "detach.no-tty". */
size_t catalogue_group(const char *id);

#endif
