/* A profile file as YAML: the schema, and one good message for what does not fit it. For profiles.c alone. */
#ifndef ENGINE_PROFILE_YAML_H
#define ENGINE_PROFILE_YAML_H

#include <stddef.h>

#include "base/error.h"

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

/* The text of a file and what messages call it. */
struct profile_source {
	const char *label;
	const char *text;
	size_t length;
};

/* Parses the source. The result is freed with profile_yaml_free. Errors are -EINVAL or -ENOMEM. */
int profile_yaml_load(const struct profile_source *source, struct profile_yaml **ret_yaml, struct error *error);
void profile_yaml_free(struct profile_yaml *yaml);

/* The line of the last place where WORD stands by itself outside of a comment; 1 where it stands nowhere. */
unsigned long profile_source_line(const struct profile_source *source, const char *word);

/* Records -EINVAL and "LABEL:LINE: MESSAGE". */
int profile_source_error(const struct profile_source *source, unsigned long line, struct error *error,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
