/* Evidence as JSON, version 1: reports/schema/evidence.schema.json. What is written is read back the same. */
#ifndef EVIDENCE_EVIDENCE_JSON_H
#define EVIDENCE_EVIDENCE_JSON_H

#include <jansson.h>

#include "base/error.h"
#include "evidence/evidence.h"

/* A new reference, or NULL when memory ran out. */
json_t *evidence_to_json(const struct evidence *evidence);

/* Takes nothing on trust: types, ranges and the bounds of evidence.h are checked; an error names the place
 * ("processes[3].fds[1].number: expected an integer from 0 to 2147483647"). -EINVAL for bad input. */
int evidence_from_json(const json_t *json, struct evidence **ret_evidence, struct error *error);

#endif
