/* A profile file as YAML: the schema. For profiles.c alone. */
#ifndef ENGINE_PROFILE_YAML_H
#define ENGINE_PROFILE_YAML_H

#include <stddef.h>

#include "base/error.h"
#include "engine/yaml_file.h"

/* What stands under "accept". */
struct profile_yaml_accept {
	char **umask, **directories;
	unsigned int umask_count, directories_count;
	int any_directory;
	unsigned int *stdio; /* set of enum profile_stdio; NULL: not given */
	int leader;
};

/* What stands in the file, unchecked beyond the schema. Everything is owned and comes from malloc. */
struct profile_yaml {
	char *name, *title, *summary;
	int style;           /* enum profile_style */
	int *require, *note; /* indices into PROBES */
	unsigned int require_count, note_count;
	struct profile_yaml_accept accept;
};

/* What messages call it; without a schema, which names the probes. */
extern const struct yaml_kind PROFILE_YAML_KIND;

/* Parses the source. The result is freed with profile_yaml_free. Errors are -EINVAL or -ENOMEM. */
int profile_yaml_load(const struct yaml_source *source, struct profile_yaml **ret_yaml, struct error *error);
void profile_yaml_free(struct profile_yaml *yaml);

#endif
