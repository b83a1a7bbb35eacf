/* Comparing a schema that was made from tables with the one that is kept. */
#include "schema_kept.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/io.h"

json_t *schema_head(const char *title, const char *description)
{
	json_t *schema = json_pack("{s:s, s:s, s:s}", "$schema", "https://json-schema.org/draft/2020-12/schema",
	                           "title", title, "description", description);

	ck_assert_ptr_nonnull(schema);
	return schema;
}

void assert_schema_kept(const char *file, json_t *schema)
{
	CLEANUP_FREE char *made = json_dumps(schema, JSON_INDENT(2)), *kept = NULL, *ended = NULL, *path = NULL;

	json_decref(schema);
	ck_assert_ptr_nonnull(made);
	ck_assert_int_gt(asprintf(&ended, "%s\n", made), 0);
	ck_assert_int_gt(asprintf(&path, SOURCE_FOLDER "/reports/schema/%s", file), 0);
	if (getenv("DAEMONCK_WRITE_SCHEMA"))
		ck_assert_int_eq(io_replace_file(path, ended, strlen(ended), NULL), 0);
	ck_assert_msg(io_read_all_at(AT_FDCWD, path, 1 << 20, &kept) > 0, "cannot read %s", path);
	ck_assert_msg(strcmp(kept, ended) == 0, "%s differs; DAEMONCK_WRITE_SCHEMA=1 writes it anew", path);
}
