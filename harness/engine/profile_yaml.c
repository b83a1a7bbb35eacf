/* The schema of a profile file, for libcyaml, and the translation of libcyaml's log into one message that names the
 * file, the line, what was expected and what is there. */
#include "engine/profile_yaml.h"

#include <cyaml/cyaml.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/suggest.h"
#include "probes/probe.h"
#include "probes/profile.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { PROBES_MAX = 256, ENTRIES_MAX = 1024, NAME_LENGTH_MAX = 64, TEXT_LENGTH_MAX = 8192, VALUE_LENGTH_MAX = 4096 };

static const char *const TOP_KEYS[] = {"name", "title", "summary", "style", "require", "note", "accept"};
static const char *const ACCEPT_KEYS[] = {"umask", "cwd", "directories", "stdio", "session-leader"};

static const cyaml_strval_t STYLES[] = {{"forks", PROFILE_FORKS}, {"stays", PROFILE_STAYS}};
static const cyaml_strval_t DIRECTORIES[] = {{"own", false}, {"any", true}};
static const cyaml_strval_t BOOLEANS[] = {{"false", false}, {"true", true}};
static const cyaml_strval_t STDIO[] = {
    {"null", STDIO_NULL}, {"log", STDIO_LOG},           {"socket", STDIO_SOCKET},
    {"pipe", STDIO_PIPE}, {"terminal", STDIO_TERMINAL},
};

/* The words that a key takes, for messages. */
static const struct {
	const char *key, *words;
} CHOICES[] = {
    {"style", "forks or stays"},
    {"cwd", "own or any"},
    {"session-leader", "true or false"},
    {"stdio", "some of null, log, socket, pipe, terminal"},
};

/* What libcyaml's types and libyaml's events are called in messages. */
static const struct {
	const char *theirs, *ours;
} TYPES[] = {
    {"SEQUENCE_START", "a list"}, {"MAPPING_START", "a mapping"}, {"SCALAR", "a single value"}, {"SEQUENCE", "a list"},
    {"MAPPING", "a mapping"},     {"STRING", "a text"},           {"ENUM", "a single word"},    {"FLAGS", "a list"},
    {"ALIAS", "an alias"},
};

/* libcyaml tells what went wrong, and where, to its log alone. */
struct complaint {
	const struct profile_source *source;
	char what[256];     /* its first message */
	char field[64];     /* the innermost key */
	unsigned long line; /* of the innermost place; 0: none given */
};

/* The schema is made where it is used: the names of the probes are known only at run time. */
struct schema {
	cyaml_strval_t probe_names[PROBES_MAX];
	cyaml_schema_value_t probe, string, top;
	cyaml_schema_field_t accept[COUNT(ACCEPT_KEYS) + 1], fields[COUNT(TOP_KEYS) + 1];
};

static void schema_fill_accept(struct schema *schema)
{
	const cyaml_schema_field_t accept[COUNT(ACCEPT_KEYS) + 1] = {
	    CYAML_FIELD_SEQUENCE("umask", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct profile_yaml_accept, umask,
	                         &schema->string, 1, ENTRIES_MAX),
	    CYAML_FIELD_ENUM("cwd", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, struct profile_yaml_accept, any_directory,
	                     DIRECTORIES, COUNT(DIRECTORIES)),
	    CYAML_FIELD_SEQUENCE("directories", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct profile_yaml_accept,
	                         directories, &schema->string, 1, ENTRIES_MAX),
	    CYAML_FIELD_FLAGS_PTR("stdio", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, struct profile_yaml_accept, stdio,
	                          STDIO, COUNT(STDIO)),
	    CYAML_FIELD_ENUM("session-leader", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, struct profile_yaml_accept,
	                     leader, BOOLEANS, COUNT(BOOLEANS)),
	    CYAML_FIELD_END,
	};

	memcpy(schema->accept, accept, sizeof(accept));
}

static void schema_fill(struct schema *schema)
{
	uint32_t n_probes = N_PROBES < PROBES_MAX ? (uint32_t)N_PROBES : PROBES_MAX;
	const cyaml_schema_field_t fields[COUNT(TOP_KEYS) + 1] = {
	    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct profile_yaml, name, 1, NAME_LENGTH_MAX),
	    CYAML_FIELD_STRING_PTR("title", CYAML_FLAG_POINTER, struct profile_yaml, title, 1, TEXT_LENGTH_MAX),
	    CYAML_FIELD_STRING_PTR("summary", CYAML_FLAG_POINTER, struct profile_yaml, summary, 1, TEXT_LENGTH_MAX),
	    CYAML_FIELD_ENUM("style", CYAML_FLAG_STRICT, struct profile_yaml, style, STYLES, COUNT(STYLES)),
	    CYAML_FIELD_SEQUENCE("require", CYAML_FLAG_POINTER, struct profile_yaml, require, &schema->probe, 0,
	                         ENTRIES_MAX),
	    CYAML_FIELD_SEQUENCE("note", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct profile_yaml, note,
	                         &schema->probe, 0, ENTRIES_MAX),
	    CYAML_FIELD_MAPPING("accept", CYAML_FLAG_OPTIONAL, struct profile_yaml, accept, schema->accept),
	    CYAML_FIELD_END,
	};

	for (uint32_t i = 0; i < n_probes; i++)
		schema->probe_names[i] = (cyaml_strval_t){PROBES[i]->id, i};
	schema->probe = (cyaml_schema_value_t){
	    CYAML_VALUE_ENUM(CYAML_FLAG_STRICT, int, schema->probe_names, n_probes),
	};
	schema->string = (cyaml_schema_value_t){
	    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, VALUE_LENGTH_MAX),
	};
	schema->top = (cyaml_schema_value_t){
	    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct profile_yaml, schema->fields),
	};
	memcpy(schema->fields, fields, sizeof(fields));
	schema_fill_accept(schema);
}

int profile_source_error(const struct profile_source *source, unsigned long line, struct error *error,
                         const char *format, ...)
{
	char label[128], message[ERROR_TEXT_MAX / 2];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	return error_set(error, -EINVAL, "%s:%lu: %s", text_escape_into(label, sizeof(label), source->label),
	                 line ? line : 1, message);
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
	       c == '_' || c == '/';
}

unsigned long profile_source_line(const struct profile_source *source, const char *word)
{
	size_t length = strlen(word);
	unsigned long line = 1, found = 1;
	bool comment = false;

	for (size_t i = 0; i < source->length; i++) {
		char c = source->text[i], before = i ? source->text[i - 1] : '\n';

		if (c == '\n') {
			line++;
			comment = false;
		} else if (c == '#' && (before == ' ' || before == '\t' || before == '\n')) {
			comment = true;
		}
		if (!comment && !is_word(before) && source->length - i >= length &&
		    memcmp(source->text + i, word, length) == 0 &&
		    (i + length == source->length || !is_word(source->text[i + length])))
			found = line;
	}
	return found;
}

__attribute__((format(printf, 3, 0))) static void complaint_add(cyaml_log_t level, void *context, const char *format,
                                                                va_list arguments)
{
	struct complaint *complaint = context;
	char message[sizeof(complaint->what)];
	const char *place;
	char key[sizeof(complaint->field)];
	unsigned long line;

	(void)level;
	(void)vsnprintf(message, sizeof(message), format, arguments);
	place = strstr(message, "(line: ");
	if (strncmp(message, "  in ", 5) != 0) {
		if (!complaint->what[0] && !strstr(message, "Backtrace:"))
			(void)snprintf(complaint->what, sizeof(complaint->what), "%.*s", (int)strcspn(message, "\n"),
			               message);
		return;
	}
	if (!complaint->field[0] && sscanf(message, "  in mapping field '%63[^']'", key) == 1)
		(void)snprintf(complaint->field, sizeof(complaint->field), "%s", key);
	if (!complaint->line && place && sscanf(place, "(line: %lu", &line) == 1)
		complaint->line = line;
}

/* What follows PREFIX in libcyaml's message, or NULL where it says something else. */
static const char *complaint_after(const struct complaint *complaint, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(complaint->what, prefix, length) == 0 ? complaint->what + length : NULL;
}

static const char *type_name(const char *theirs, size_t length)
{
	for (size_t i = 0; i < COUNT(TYPES); i++) {
		if (strlen(TYPES[i].theirs) == length && memcmp(TYPES[i].theirs, theirs, length) == 0)
			return TYPES[i].ours;
	}
	return "something else";
}

static int report_unknown_key(const struct complaint *complaint, const char *key, struct error *error)
{
	bool inner = strcmp(complaint->field, "accept") == 0;
	const char *const *keys = inner ? ACCEPT_KEYS : TOP_KEYS;
	char near[SUGGEST_TEXT_MAX], shown[80];

	return profile_source_error(complaint->source, profile_source_line(complaint->source, key), error,
	                            "unknown key '%s'%s%s", text_escape_into(shown, sizeof(shown), key),
	                            inner ? " under 'accept'" : "",
	                            suggest_phrase(near, key, keys, inner ? COUNT(ACCEPT_KEYS) : COUNT(TOP_KEYS)));
}

static int report_value(const struct complaint *complaint, const char *value, struct error *error)
{
	const char *names[PROBES_MAX];
	char near[SUGGEST_TEXT_MAX], shown[80];
	size_t count = 0;

	(void)text_escape_into(shown, sizeof(shown), value);
	for (size_t i = 0; i < COUNT(CHOICES); i++) {
		if (strcmp(complaint->field, CHOICES[i].key) == 0)
			return profile_source_error(complaint->source, complaint->line, error,
			                            "%s: expected %s, found '%s'", CHOICES[i].key, CHOICES[i].words,
			                            shown);
	}
	for (; count < N_PROBES && count < PROBES_MAX; count++)
		names[count] = PROBES[count]->id;
	return profile_source_error(complaint->source, complaint->line, error, "%s: no probe is called '%s'%s",
	                            complaint->field, shown, suggest_phrase(near, value, names, count));
}

static int report_type(const struct complaint *complaint, const char *types, struct error *error)
{
	size_t length = strcspn(types, ",");
	const char *event = strstr(types, "got event: ");
	const char *expected = type_name(types, length), *found = "something else";

	if (event)
		found = type_name(event + strlen("got event: "), strlen(event + strlen("got event: ")));
	if (!complaint->field[0])
		return profile_source_error(complaint->source, complaint->line, error,
		                            "expected a mapping with name, title, summary, style, require; found %s",
		                            found);
	return profile_source_error(complaint->source, complaint->line, error, "%s: expected %s, found %s",
	                            complaint->field, expected, found);
}

static const char *status_text(cyaml_err_t status)
{
	/* An enum of libcyaml's, of which only a few can come from a file: the rest keep its own words. */
	if (status == CYAML_ERR_STRING_LENGTH_MIN)
		return "must not be empty";
	if (status == CYAML_ERR_STRING_LENGTH_MAX)
		return "is too long";
	if (status == CYAML_ERR_SEQUENCE_ENTRIES_MIN)
		return "needs at least one entry";
	if (status == CYAML_ERR_SEQUENCE_ENTRIES_MAX)
		return "has too many entries";
	if (status == CYAML_ERR_ALIAS)
		return "aliases are not supported";
	return cyaml_strerror(status);
}

static int report(const struct complaint *complaint, cyaml_err_t status, struct error *error)
{
	const struct profile_source *source = complaint->source;
	const char *rest;
	char shown[160];

	if (status == CYAML_ERR_OOM)
		return error_set(error, -ENOMEM, "out of memory");
	rest = complaint_after(complaint, "Load: Unexpected key: ");
	if (rest)
		return report_unknown_key(complaint, rest, error);
	rest = complaint_after(complaint, "Load: Invalid ENUM value: ");
	rest = rest ? rest : complaint_after(complaint, "Load: Unknown flag: ");
	if (rest)
		return report_value(complaint, rest, error);
	rest = complaint_after(complaint, "Load: Expecting ");
	if (rest)
		return report_type(complaint, rest, error);
	rest = complaint_after(complaint, "Load: Missing required mapping field: ");
	if (rest)
		return profile_source_error(source, 1, error, "the key '%s' is missing", rest);
	rest = complaint_after(complaint, "Load: Mapping field already seen: ");
	if (rest)
		return profile_source_error(source, profile_source_line(source, rest), error,
		                            "the key '%s' stands here a second time", rest);
	rest = complaint_after(complaint, "Load: libyaml: ");
	if (rest)
		return profile_source_error(source, complaint->line, error, "not valid YAML: %s",
		                            text_escape_into(shown, sizeof(shown), rest));
	return profile_source_error(source, complaint->line, error, "%s%s%s", complaint->field,
	                            complaint->field[0] ? ": " : "", status_text(status));
}

/* libyaml names no line for bytes that no YAML file may hold, so they are looked for here. */
static int check_bytes(const struct profile_source *source, struct error *error)
{
	unsigned long line = 1;

	for (size_t i = 0; i < source->length;) {
		int32_t c = text_decode_utf8(source->text, source->length, &i);

		if (c == '\n')
			line++;
		else if (c < 0)
			return profile_source_error(source, line, error, "not valid UTF-8");
		else if ((c < ' ' && c != '\t' && c != '\r') || c == 0x7f)
			return profile_source_error(source, line, error, "the control character %02x", (unsigned int)c);
	}
	return 0;
}

/* libcyaml reads the first document of a file and passes over the others without a word. */
static int check_single(const struct profile_source *source, struct error *error)
{
	const char *end = source->text + source->length;
	unsigned long number = 1;
	bool content = false;

	for (const char *line = source->text; line < end; number++) {
		const char *next = memchr(line, '\n', (size_t)(end - line));
		size_t length = (size_t)((next ? next : end) - line);
		bool mark = length >= 3 && (memcmp(line, "---", 3) == 0 || memcmp(line, "...", 3) == 0) &&
		            (length == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\r');

		if (mark && content)
			return profile_source_error(source, number, error, "a profile is a single YAML document");
		if (!mark && length > strspn(line, " \t\r") && line[strspn(line, " \t")] != '#' && line[0] != '%')
			content = true;
		line += length + 1;
	}
	return 0;
}

static cyaml_config_t configuration(struct complaint *complaint)
{
	return (cyaml_config_t){
	    .log_fn = complaint_add,
	    .log_ctx = complaint,
	    .log_level = CYAML_LOG_ERROR,
	    .mem_fn = cyaml_mem,
	    .flags = CYAML_CFG_NO_ALIAS,
	};
}

int profile_yaml_load(const struct profile_source *source, struct profile_yaml **ret_yaml, struct error *error)
{
	struct complaint complaint = {.source = source};
	cyaml_config_t config = configuration(&complaint);
	struct profile_yaml *yaml = NULL;
	struct schema schema;
	cyaml_err_t status;
	int r;

	r = check_bytes(source, error);
	if (r == 0)
		r = check_single(source, error);
	if (r < 0)
		return r;
	schema_fill(&schema);
	status = cyaml_load_data((const uint8_t *)source->text, source->length, &config, &schema.top,
	                         (cyaml_data_t **)&yaml, NULL);
	if (status != CYAML_OK)
		return report(&complaint, status, error);
	if (!yaml)
		return profile_source_error(source, 1, error, "the file is empty");
	*ret_yaml = yaml;
	return 0;
}

static void free_strings(char **strings, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		free(strings[i]);
	free(strings);
}

/* Without cyaml_free, so that parts can be taken out; cyaml_mem is realloc and free. */
void profile_yaml_free(struct profile_yaml *yaml)
{
	if (!yaml)
		return;
	free(yaml->name);
	free(yaml->title);
	free(yaml->summary);
	free(yaml->require);
	free(yaml->note);
	free_strings(yaml->accept.umask, yaml->accept.umask_count);
	free_strings(yaml->accept.directories, yaml->accept.directories_count);
	free(yaml->accept.stdio);
	free(yaml);
}
