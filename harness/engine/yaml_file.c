/* Reads a YAML file and has it loaded by libcyaml, after the checks that libcyaml does not make. */
#include "engine/yaml_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/text.h"
#include "engine/yaml_complaint.h"
#include "engine/yaml_place.h"

enum { FILE_SIZE_MAX = 1024 * 1024 };

static int error_set_at(const struct yaml_source *source, unsigned long line, struct error *error, const char *format,
                        va_list arguments) __attribute__((format(printf, 4, 0)));

static int error_set_at(const struct yaml_source *source, unsigned long line, struct error *error, const char *format,
                        va_list arguments)
{
	char label[128], message[ERROR_TEXT_MAX - 160];

	(void)vsnprintf(message, sizeof(message), format, arguments);
	return error_set(error, -EINVAL, "%s:%lu: %s", text_escape_into(label, sizeof(label), source->label),
	                 line ? line : 1, message);
}

int yaml_file_error(const struct yaml_source *source, unsigned long line, struct error *error, const char *format, ...)
{
	va_list arguments;
	int r;

	va_start(arguments, format);
	r = error_set_at(source, line, error, format, arguments);
	va_end(arguments);
	return r;
}

int yaml_file_error_at(const struct yaml_source *source, const char *path, struct error *error, const char *format, ...)
{
	va_list arguments;
	int r;

	va_start(arguments, format);
	r = error_set_at(source, yaml_place_of(source->text, source->length, path), error, format, arguments);
	va_end(arguments);
	return r;
}

int yaml_file_read(const struct yaml_kind *kind, const char *path, char **ret_text, size_t *ret_length,
                   struct error *error)
{
	char shown[160];
	ssize_t length = io_read_all_at(AT_FDCWD, path, FILE_SIZE_MAX, ret_text);

	(void)text_escape_into(shown, sizeof(shown), path);
	if (length == -EFBIG)
		return error_set(error, -EINVAL, "%s: a %s is no larger than 1 MiB", shown, kind->name);
	if (length == -ENOMEM)
		return error_set(error, -ENOMEM, "out of memory");
	if (length < 0) {
		(void)error_errno(error, (int)length, "cannot read the %s %s", kind->name, shown);
		if (error)
			error->status = -EINVAL;
		return -EINVAL;
	}
	*ret_length = (size_t)length;
	return 0;
}

/* libyaml names no line for bytes that no YAML file may hold, so they are looked for here. */
static int check_bytes(const struct yaml_source *source, struct error *error)
{
	unsigned long line = 1;

	for (size_t i = 0; i < source->length;) {
		int32_t c = text_decode_utf8(source->text, source->length, &i);

		if (c == '\n')
			line++;
		else if (c < 0)
			return yaml_file_error(source, line, error, "not valid UTF-8");
		else if ((c < ' ' && c != '\t' && c != '\r') || c == 0x7f)
			return yaml_file_error(source, line, error, "the control character %02x", (unsigned int)c);
	}
	return 0;
}

static bool is_mark(const char *line, size_t length)
{
	return length >= 3 && (memcmp(line, "---", 3) == 0 || memcmp(line, "...", 3) == 0) &&
	       (length == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\r');
}

/* Whether something stands in the line but a comment or a directive. */
static bool is_content(const char *line, size_t length)
{
	size_t indent = 0;

	while (indent < length && strchr(" \t\r", line[indent]))
		indent++;
	return indent < length && line[indent] != '#' && line[0] != '%';
}

/* libcyaml reads the first document of a file and passes over the others without a word. */
static int check_single(const struct yaml_kind *kind, const struct yaml_source *source, struct error *error)
{
	const char *end = source->text + source->length;
	unsigned long number = 1;
	bool content = false;

	for (const char *line = source->text; line < end; number++) {
		const char *next = memchr(line, '\n', (size_t)(end - line));
		size_t length = (size_t)((next ? next : end) - line), skipped = is_mark(line, length) ? 3 : 0;

		if (skipped && content)
			return yaml_file_error(source, number, error, "a %s is a single YAML document", kind->name);
		content |= is_content(line + skipped, length - skipped);
		line += length + 1;
	}
	return 0;
}

/* libcyaml would take a text up to its first NUL for the whole. */
static int check_nuls(const struct yaml_source *source, struct error *error)
{
	unsigned long line = 0;

	if (memchr(source->text, '\\', source->length))
		line = yaml_place_of_nul(source->text, source->length);
	return line ? yaml_file_error(source, line, error, "a text must not hold a NUL") : 0;
}

static cyaml_config_t configuration(struct yaml_complaint *complaint)
{
	return (cyaml_config_t){
	    .log_fn = yaml_complaint_add,
	    .log_ctx = complaint,
	    .log_level = CYAML_LOG_ERROR,
	    .mem_fn = cyaml_mem,
	    .flags = CYAML_CFG_NO_ALIAS,
	};
}

int yaml_file_load(const struct yaml_kind *kind, const struct yaml_source *source, void **ret_data, struct error *error)
{
	struct yaml_complaint complaint = {.kind = kind, .source = source};
	cyaml_config_t config = configuration(&complaint);
	void *data = NULL;
	cyaml_err_t status;
	int r = check_bytes(source, error);

	if (r == 0)
		r = check_single(kind, source, error);
	if (r == 0)
		r = check_nuls(source, error);
	if (r < 0)
		return r;
	status = cyaml_load_data((const uint8_t *)source->text, source->length, &config, kind->schema, &data, NULL);
	if (status != CYAML_OK)
		return yaml_complaint_report(&complaint, status, error);
	if (!data)
		return yaml_file_error(source, 1, error, "the file is empty");
	*ret_data = data;
	return 0;
}

void yaml_file_free(const struct yaml_kind *kind, void *data)
{
	struct yaml_complaint ignored = {.kind = kind};
	cyaml_config_t config = configuration(&ignored);

	(void)cyaml_free(&config, kind->schema, data, 0);
}
