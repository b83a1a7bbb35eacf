/* Translates libcyaml's log, which alone tells what went wrong and where, into one message. Keys and words come from
 * the schema. */
#include "engine/yaml_complaint.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/suggest.h"
#include "engine/yaml_place.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
	NAMES_MAX = 256, /* keys of a mapping or words of an enumeration that are offered */
	WORDS_MAX = 8,   /* an enumeration with more is not told whole */
};

/* What libcyaml's types and libyaml's events are called in messages. */
static const struct {
	const char *theirs, *ours;
} TYPES[] = {
    {"SEQUENCE_START", "a list"}, {"MAPPING_START", "a mapping"}, {"SCALAR", "a single value"}, {"SEQUENCE", "a list"},
    {"MAPPING", "a mapping"},     {"STRING", "a text"},           {"ENUM", "a single word"},    {"FLAGS", "a list"},
    {"ALIAS", "an alias"},
};

static void complaint_add_frame(struct yaml_complaint *complaint, const char *message)
{
	struct yaml_frame frame = {0};
	const char *place = strstr(message, "(line: ");
	unsigned long line;

	if (sscanf(message, "  in mapping field '%63[^']'", frame.key) != 1)
		(void)sscanf(message, "  in sequence entry '%u'", &frame.entry);
	if (complaint->n_frames < YAML_FRAMES_MAX)
		complaint->frames[complaint->n_frames++] = frame;
	if (!complaint->line && place && sscanf(place, "(line: %lu", &line) == 1)
		complaint->line = line;
}

void yaml_complaint_add(cyaml_log_t level, void *context, const char *format, va_list arguments)
{
	struct yaml_complaint *complaint = context;
	char message[sizeof(complaint->what)];

	(void)level;
	(void)vsnprintf(message, sizeof(message), format, arguments);
	if (strncmp(message, "  in ", 5) == 0)
		complaint_add_frame(complaint, message);
	else if (!complaint->what[0] && strncmp(message, "Load: Backtrace:", 16) != 0)
		(void)snprintf(complaint->what, sizeof(complaint->what), "%.*s", (int)strcspn(message, "\n"), message);
}

/* What follows PREFIX in libcyaml's message, or NULL where it says something else. */
static const char *complaint_after(const struct yaml_complaint *complaint, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(complaint->what, prefix, length) == 0 ? complaint->what + length : NULL;
}

/* Where it went wrong without the INNER innermost frames: "files[1].mode". */
static const char *complaint_path(const struct yaml_complaint *complaint, size_t inner, char path[YAML_PATH_MAX])
{
	path[0] = '\0';
	for (size_t i = complaint->n_frames; i > inner; i--) {
		const struct yaml_frame *frame = &complaint->frames[i - 1];

		if (frame->entry)
			text_append(path, YAML_PATH_MAX, "[%u]", frame->entry - 1);
		else if (frame->key[0])
			text_append(path, YAML_PATH_MAX, "%s%s", path[0] ? "." : "", frame->key);
	}
	return path;
}

/* The same as a message names it. */
static const char *complaint_name(const struct yaml_complaint *complaint, size_t inner, char path[YAML_PATH_MAX])
{
	if (complaint->kind->whole_paths)
		return complaint_path(complaint, inner, path);
	for (size_t i = inner; i < complaint->n_frames; i++) {
		if (complaint->frames[i].key[0])
			return complaint->frames[i].key;
	}
	return "";
}

/* The name and ": ", or nothing at the top. */
static const char *complaint_prefix(const struct yaml_complaint *complaint, size_t inner, char prefix[YAML_PATH_MAX])
{
	char path[YAML_PATH_MAX];
	const char *name = complaint_name(complaint, inner, path);

	(void)snprintf(prefix, YAML_PATH_MAX, "%.*s%s", YAML_PATH_MAX - 3, name, name[0] ? ": " : "");
	return prefix;
}

/* The schema of the value that is within the frames but the INNER innermost ones. */
static const cyaml_schema_value_t *complaint_schema(const struct yaml_complaint *complaint, size_t inner)
{
	const cyaml_schema_value_t *schema = complaint->kind->schema;

	for (size_t i = complaint->n_frames; i > inner; i--) {
		const struct yaml_frame *frame = &complaint->frames[i - 1];

		if (frame->entry && schema->type == CYAML_SEQUENCE) {
			schema = schema->sequence.entry;
		} else if (frame->key[0] && schema->type == CYAML_MAPPING) {
			const cyaml_schema_field_t *field = schema->mapping.fields;

			while (field->key && strcmp(field->key, frame->key) != 0)
				field++;
			if (!field->key)
				return schema;
			schema = &field->value;
		}
	}
	return schema;
}

static const char *type_name(const char *theirs, size_t length)
{
	for (size_t i = 0; i < COUNT(TYPES); i++) {
		if (strlen(TYPES[i].theirs) == length && memcmp(TYPES[i].theirs, theirs, length) == 0)
			return TYPES[i].ours;
	}
	return "something else";
}

static int report_unknown_key(const struct yaml_complaint *complaint, const char *key, struct error *error)
{
	const struct yaml_source *source = complaint->source;
	const cyaml_schema_value_t *schema = complaint_schema(complaint, 1);
	const char *names[NAMES_MAX] = {NULL};
	char path[YAML_PATH_MAX], name[YAML_PATH_MAX], near[SUGGEST_TEXT_MAX], shown[80];
	const char *under = complaint_name(complaint, 1, name);
	size_t count = 0;

	for (const cyaml_schema_field_t *field = schema->mapping.fields; field->key && count < NAMES_MAX; field++)
		names[count++] = field->key;
	return yaml_file_error(
	    source, yaml_place_of_key(source->text, source->length, complaint_path(complaint, 1, path), key, 1), error,
	    "unknown key '%s'%s%s%s%s", text_escape_into(shown, sizeof(shown), key), under[0] ? " under '" : "", under,
	    under[0] ? "'" : "", suggest_phrase(near, key, names, count));
}

static int report_key_again(const struct yaml_complaint *complaint, const char *key, struct error *error)
{
	const struct yaml_source *source = complaint->source;
	char path[YAML_PATH_MAX];

	return yaml_file_error(
	    source, yaml_place_of_key(source->text, source->length, complaint_path(complaint, 1, path), key, 2), error,
	    "the key '%s' stands here a second time", key);
}

static int report_key_missing(const struct yaml_complaint *complaint, const char *key, struct error *error)
{
	char path[YAML_PATH_MAX], name[YAML_PATH_MAX];
	const char *within = complaint_name(complaint, 1, name);

	if (!within[0])
		return yaml_file_error(complaint->source, 1, error, "the key '%s' is missing", key);
	return yaml_file_error_at(complaint->source, complaint_path(complaint, 1, path), error,
	                          "the key '%s' is missing under '%s'", key, within);
}

static void list_words(const cyaml_schema_value_t *schema, char *buffer, size_t size)
{
	const char *last = schema->type == CYAML_FLAGS ? ", " : " or ";

	buffer[0] = '\0';
	for (uint32_t i = 0; i < schema->enumeration.count; i++)
		text_append(buffer, size, "%s%s",
		            i == 0                              ? ""
		            : i + 1 < schema->enumeration.count ? ", "
		                                                : last,
		            schema->enumeration.strings[i].str);
}

/* A word that is none of those that there are. */
static int report_word(const struct yaml_complaint *complaint, const char *value, struct error *error)
{
	const cyaml_schema_value_t *schema = complaint_schema(complaint, 0);
	const char *names[NAMES_MAX] = {NULL};
	char near[SUGGEST_TEXT_MAX], shown[80], words[160], prefix[YAML_PATH_MAX];
	size_t count = 0;

	(void)complaint_prefix(complaint, 0, prefix);
	(void)text_escape_into(shown, sizeof(shown), value);
	if (schema->type != CYAML_ENUM && schema->type != CYAML_FLAGS)
		return yaml_file_error(complaint->source, complaint->line, error, "%sunexpected value '%s'", prefix,
		                       shown);
	if (schema->enumeration.count <= WORDS_MAX) {
		list_words(schema, words, sizeof(words));
		return yaml_file_error(complaint->source, complaint->line, error, "%sexpected %s%s, found '%s'", prefix,
		                       schema->type == CYAML_FLAGS ? "some of " : "", words, shown);
	}
	for (; count < schema->enumeration.count && count < NAMES_MAX; count++)
		names[count] = schema->enumeration.strings[count].str;
	return yaml_file_error(complaint->source, complaint->line, error, "%sno %s is called '%s'%s", prefix,
	                       complaint->kind->noun, shown, suggest_phrase(near, value, names, count));
}

static int report_type(const struct yaml_complaint *complaint, const char *types, struct error *error)
{
	const char *event = strstr(types, "got event: ");
	const char *expected = type_name(types, strcspn(types, ",")), *found = "something else";
	char prefix[YAML_PATH_MAX];

	if (event)
		found = type_name(event + strlen("got event: "), strlen(event + strlen("got event: ")));
	(void)complaint_prefix(complaint, 0, prefix);
	return yaml_file_error(complaint->source, complaint->line, error, "%sexpected %s%s found %s", prefix,
	                       prefix[0] ? expected : complaint->kind->top, prefix[0] ? "," : ";", found);
}

/* Statuses of libcyaml's of which only a few can come from a file: the rest keep its own words. */
static int report_status(const struct yaml_complaint *complaint, cyaml_err_t status, struct error *error)
{
	static const struct {
		cyaml_err_t status;
		size_t inner; /* frames that name what is not at fault */
		const char *text;
	} TEXTS[] = {
	    {CYAML_ERR_STRING_LENGTH_MIN, 0, "must not be empty"},
	    {CYAML_ERR_STRING_LENGTH_MAX, 0, "is too long"},
	    {CYAML_ERR_SEQUENCE_ENTRIES_MIN, 1, "needs at least one entry"},
	    {CYAML_ERR_SEQUENCE_ENTRIES_MAX, 1, "has too many entries"},
	    {CYAML_ERR_ALIAS, 0, "aliases are not supported"},
	    {CYAML_ERR_INTERNAL_ERROR, 1, "a key must be a single word"},
	};
	char prefix[YAML_PATH_MAX];

	for (size_t i = 0; i < COUNT(TEXTS); i++) {
		if (TEXTS[i].status == status)
			return yaml_file_error(complaint->source, complaint->line, error, "%s%s",
			                       complaint_prefix(complaint, TEXTS[i].inner, prefix), TEXTS[i].text);
	}
	return yaml_file_error(complaint->source, complaint->line, error, "%s%s",
	                       complaint_prefix(complaint, 0, prefix), cyaml_strerror(status));
}

int yaml_complaint_report(const struct yaml_complaint *complaint, cyaml_err_t status, struct error *error)
{
	static const struct {
		const char *prefix;
		int (*report)(const struct yaml_complaint *complaint, const char *rest, struct error *error);
	} REPORTS[] = {
	    {"Load: Unexpected key: ", report_unknown_key},
	    {"Load: Invalid ENUM value: ", report_word},
	    {"Load: Unknown flag: ", report_word},
	    {"Load: Expecting ", report_type},
	    {"Load: Missing required mapping field: ", report_key_missing},
	    {"Load: Mapping field already seen: ", report_key_again},
	};
	const char *rest;
	char shown[160];

	if (status == CYAML_ERR_OOM)
		return error_set(error, -ENOMEM, "out of memory");
	for (size_t i = 0; i < COUNT(REPORTS); i++) {
		rest = complaint_after(complaint, REPORTS[i].prefix);
		if (rest)
			return REPORTS[i].report(complaint, rest, error);
	}
	rest = complaint_after(complaint, "Load: libyaml: ");
	if (rest)
		return yaml_file_error(complaint->source, complaint->line, error, "not valid YAML: %s",
		                       text_escape_into(shown, sizeof(shown), rest));
	return report_status(complaint, status, error);
}
