/* Profiles from YAML (libcyaml, schema-checked): built into the program from suites/profiles, or read from a file. */
#ifndef ENGINE_PROFILES_H
#define ENGINE_PROFILES_H

#include "base/error.h"
#include "probes/profile.h"

/* The built-in names in the order of suites/profiles/order.txt, NULL-ended; static. */
const char *const *profiles_names(void);

/* Loads the built-in profile NAME; where there is none of that name and NAME has a slash or ends in .yaml, the file.
 * An unknown name is -EINVAL with the nearest known one; a bad file names file, line and what was expected; an unknown
 * probe id names the nearest known one. */
int profiles_load(const char *name, struct profile **ret_profile, struct error *error);

#endif
