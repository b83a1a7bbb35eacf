/* Profile files made for a test. */
#ifndef UNIT_PROFILES_FILE_H
#define UNIT_PROFILES_FILE_H

#include <stddef.h>

#include "base/error.h"
#include "probes/profile.h"

/* What profiles_load makes of a file with this content; the file is called profile.yaml in the messages. */
int profiles_try(const char *content, size_t size, struct profile **ret_profile, struct error *error);

/* The head of a good profile, four lines. */
#define PROFILE_HEAD "name: mine\ntitle: Mine\nsummary: For a test.\nstyle: forks\n"
/* A good one, five lines. */
#define PROFILE_GOOD PROFILE_HEAD "require: [launch.returns]\n"

#endif
