/* What libcyaml says of a file that does not fit the schema. For yaml_file.c. */
#ifndef ENGINE_YAML_COMPLAINT_H
#define ENGINE_YAML_COMPLAINT_H

#include <stdarg.h>

#include "engine/yaml_file.h"

enum { YAML_FRAMES_MAX = 8, YAML_KEY_MAX = 64 };

/* One line of libcyaml's backtrace: within the value of a key, an entry of a list, or a mapping before its first key.
 */
struct yaml_frame {
	char key[YAML_KEY_MAX];
	unsigned int entry; /* from 1; 0: no list */
};

/* libcyaml tells what went wrong, and where, to its log alone. */
struct yaml_complaint {
	const struct yaml_kind *kind;
	const struct yaml_source *source;
	char what[256];                            /* its first message */
	struct yaml_frame frames[YAML_FRAMES_MAX]; /* from the innermost to the outermost */
	size_t n_frames;
	unsigned long line; /* of the innermost place; 0: none given */
};

/* The log function for libcyaml; CONTEXT is the complaint. */
void yaml_complaint_add(cyaml_log_t level, void *context, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

/* Records -EINVAL and what the complaint and libcyaml's status mean; or -ENOMEM. */
int yaml_complaint_report(const struct yaml_complaint *complaint, cyaml_err_t status, struct error *error);

#endif
