/* The files of suites/profiles as bytes; cmake/Embed.cmake writes the table. */
#ifndef ENGINE_PROFILES_BUILTIN_H
#define ENGINE_PROFILES_BUILTIN_H

#include <stddef.h>

struct profile_builtin {
	const char *file; /* "suites/profiles/sysv.yaml", for messages */
	const char *bytes;
	size_t size;
};

/* In the order of suites/profiles/order.txt. PROFILE_NAMES is NULL-ended. */
extern const struct profile_builtin PROFILES_BUILTIN[];
extern const char *const PROFILE_NAMES[];
extern const size_t N_PROFILES_BUILTIN;

#endif
