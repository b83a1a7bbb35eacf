/* What the schema of libcyaml cannot say of a candidate file. */
#ifndef ENGINE_CANDIDATE_CHECK_H
#define ENGINE_CANDIDATE_CHECK_H

#include "engine/candidate_yaml.h"

/* Whether every text has the form that candidate.def gives it, and the keys go together.
 * Errors are -EINVAL. */
int candidate_check(const struct yaml_source *source, const struct candidate_yaml *yaml, struct error *error);

#endif
