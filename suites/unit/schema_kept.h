/* A schema for editors that is kept beside the tables which it says the same as. */
#ifndef UNIT_SCHEMA_KEPT_H
#define UNIT_SCHEMA_KEPT_H

#include <jansson.h>

/* The schema's head: what it is of, and what that is for. */
json_t *schema_head(const char *title, const char *description);

/* Fails where reports/schema/FILE is not SCHEMA, which it takes over. DAEMONCK_WRITE_SCHEMA=1 in the environment writes
 * the file anew instead. */
void assert_schema_kept(const char *file, json_t *schema);

#endif
