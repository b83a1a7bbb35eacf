/* A YAML file that libcyaml checks against a schema, and one good message for what does not fit: the file, the line,
 * what was expected and what is there. Keys and words in the messages come from the schema. */
#ifndef ENGINE_YAML_FILE_H
#define ENGINE_YAML_FILE_H

#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { YAML_PATH_MAX = 160 };

/* The text of a file and what messages call it. */
struct yaml_source {
	const char *label;
	const char *text;
	size_t length;
};

/* What is to stand in such a file. */
struct yaml_kind {
	const char *name;                   /* "profile" */
	const char *top;                    /* "a mapping with name, title" */
	const char *noun;                   /* what the words of a long enumeration are: "probe"; NULL: there is none */
	const cyaml_schema_value_t *schema; /* of the top: a pointer to a mapping */
	bool whole_paths;                   /* messages name "stop.within", not "within" */
};

/* Reads the file, up to 1 MiB; *ret_text is the caller's. What cannot be read is -EINVAL, too. */
int yaml_file_read(const struct yaml_kind *kind, const char *path, char **ret_text, size_t *ret_length,
                   struct error *error);

/* Loads what the schema describes. Errors are -EINVAL or -ENOMEM. The caller frees it with yaml_file_free, which passes
 * over pointers that were taken out. */
int yaml_file_load(const struct yaml_kind *kind, const struct yaml_source *source, void **ret_data,
                   struct error *error);
void yaml_file_free(const struct yaml_kind *kind, void *data);

/* Records -EINVAL and "LABEL:LINE: MESSAGE". */
int yaml_file_error(const struct yaml_source *source, unsigned long line, struct error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same for the value at PATH ("accept.umask[1]"), which the message names where the format does. */
int yaml_file_error_at(const struct yaml_source *source, const char *path, struct error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
