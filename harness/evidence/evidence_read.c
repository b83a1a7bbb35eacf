/* Evidence from JSON, driven by the tables of fields.c. Trusts nothing and names the place of a fault. */
#include "evidence/evidence_json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "evidence/fields.h"

enum {
	SHOWN_MAX = 64,       /* of a key or value in an error */
	PLACE_MAX = 200,      /* of a place in an error */
	NEAR_MAX = 3,         /* "did you mean" up to this distance */
	OCTAL_DIGITS_MIN = 4, /* "0022" */
	SET_DIGITS_MAX = 16,
};

/* Where the reader stands, as a chain on the stack: a member's name, or an entry's index where there is no name. */
struct place {
	const struct place *above;
	const char *name;
	size_t index;
};

static void place_write(const struct place *place, char *out, size_t size)
{
	if (!place)
		return;
	place_write(place->above, out, size);
	if (place->name)
		text_append(out, size, "%s%s", *out ? "." : "", place->name);
	else
		text_append(out, size, "[%zu]", place->index);
}

static int refuse(const struct place *place, struct error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int refuse(const struct place *place, struct error *error, const char *format, ...)
{
	char where[PLACE_MAX] = "", what[ERROR_TEXT_MAX];
	va_list arguments;

	place_write(place, where, sizeof(where));
	va_start(arguments, format);
	(void)vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	return error_set(error, -EINVAL, "%s: %s", *where ? where : "evidence", what);
}

static int record_from_json(const struct record *record, const json_t *json, void *base, const struct place *place,
                            struct error *error);

static int no_memory(struct error *error)
{
	return error_errno(error, -ENOMEM, "cannot read the evidence");
}

/* The text of a JSON string, or NULL for what is none or holds a NUL. */
static const char *plain_string(const json_t *json)
{
	const char *string = json_string_value(json);

	return string && strlen(string) == json_string_length(json) ? string : NULL;
}

/* Undoes the escaping of a string of at most MAXIMUM bytes into memory of its own. */
static int read_bytes(const json_t *json, uint64_t maximum, char **ret_bytes, size_t *ret_length,
                      const struct place *place, struct error *error)
{
	CLEANUP_FREE char *bytes = NULL;
	const char *string = plain_string(json);
	long length;

	if (!string)
		return refuse(place, error, "expected a string");
	bytes = strdup(string);
	if (!bytes)
		return no_memory(error);
	length = text_unescape(bytes);
	if (length < 0)
		return refuse(place, error,
		              "expected text escaped as daemonck writes it (\\\\ for a backslash, \\xNN for a byte "
		              "that is not printable)");
	if ((uint64_t)length > maximum)
		return refuse(place, error, "expected at most %" PRIu64 " bytes", maximum);
	*ret_bytes = TAKE_PTR(bytes);
	*ret_length = (size_t)length;
	return 0;
}

/* The same for what C keeps as a string. */
static int read_string(const json_t *json, uint64_t maximum, char **ret_string, const struct place *place,
                       struct error *error)
{
	CLEANUP_FREE char *string = NULL;
	size_t length = 0;
	int status = read_bytes(json, maximum, &string, &length, place, error);

	if (status)
		return status;
	if (strlen(string) != length)
		return refuse(place, error, "expected a string without NUL bytes");
	*ret_string = TAKE_PTR(string);
	return 0;
}

static int check_array(const json_t *json, uint64_t maximum, const struct place *place, struct error *error)
{
	if (!json_is_array(json))
		return refuse(place, error, "expected a list");
	if (json_array_size(json) > maximum)
		return refuse(place, error, "expected at most %" PRIu64 " entries, not %zu", maximum,
		              json_array_size(json));
	return 0;
}

static int read_strings(const struct field *field, const json_t *json, void *member, const struct place *place,
                        struct error *error)
{
	int status = check_array(json, field->maximum, place, error);
	size_t count = status ? 0 : json_array_size(json);
	char **strings;

	if (status)
		return status;
	strings = calloc(count + 1, sizeof(*strings));
	if (!strings)
		return no_memory(error);
	*(char ***)member = strings; /* freed with the record, also half-filled */
	for (size_t i = 0; i < count; i++) {
		struct place entry = {.above = place, .index = i};

		status = read_string(json_array_get(json, i), FIELD_STRING_MAX, &strings[i], &entry, error);
		if (status)
			return status;
	}
	return 0;
}

static int read_integer(const json_t *json, int64_t minimum, int64_t maximum, int64_t *ret_value,
                        const struct place *place, struct error *error)
{
	json_int_t value = json_integer_value(json);

	if (!json_is_integer(json) || value < minimum || value > maximum)
		return refuse(place, error, "expected an integer from %" PRId64 " to %" PRId64, minimum, maximum);
	*ret_value = value;
	return 0;
}

static int read_uint64(const json_t *json, uint64_t *ret_value, const struct place *place, struct error *error)
{
	const char *string = plain_string(json);

	if (json_is_integer(json) && json_integer_value(json) >= 0) {
		*ret_value = (uint64_t)json_integer_value(json);
		return 0;
	}
	if (string && text_parse_number(string, 10, UINT64_MAX, ret_value))
		return 0;
	return refuse(place, error, "expected an integer from 0 to %" PRIu64 ", or its digits as a string", UINT64_MAX);
}

static int read_octal(const json_t *json, uint32_t *ret_value, const struct place *place, struct error *error)
{
	const char *string = plain_string(json);
	uint64_t value;

	if (!string || string[0] != '0' || strlen(string) < OCTAL_DIGITS_MIN ||
	    !text_parse_number(string, 8, UINT32_MAX, &value))
		return refuse(place, error, "expected an octal number in a string, as in \"0022\"");
	*ret_value = (uint32_t)value;
	return 0;
}

static int read_set(const json_t *json, uint64_t *ret_value, const struct place *place, struct error *error)
{
	const char *string = plain_string(json);
	size_t digits = string && strncmp(string, "0x", 2) == 0 ? strlen(string + 2) : 0;

	if (!digits || digits > SET_DIGITS_MAX || strspn(string + 2, "0123456789abcdef") != digits)
		return refuse(place, error, "expected a hexadecimal number in a string, as in \"0x1f\"");
	*ret_value = strtoull(string + 2, NULL, 16);
	return 0;
}

static int read_letter(const json_t *json, char *ret_letter, const struct place *place, struct error *error)
{
	CLEANUP_FREE char *bytes = NULL;
	size_t length = 0;
	int status = read_bytes(json, 1, &bytes, &length, place, error);

	if (status)
		return status;
	*ret_letter = bytes[0];
	return 0;
}

static int read_enum(const struct field *field, const json_t *json, void *member, const struct place *place,
                     struct error *error)
{
	const char *string = plain_string(json);
	char known[PLACE_MAX] = "";

	for (unsigned int i = 0; field->names[i]; i++) {
		if (string && strcmp(string, field->names[i]) == 0) {
			memcpy(member, &i, sizeof(i));
			return 0;
		}
		text_append(known, sizeof(known), "%s\"%s\"", i ? ", " : "", field->names[i]);
	}
	return refuse(place, error, "expected one of %s", known);
}

static int read_numbers(const struct field *field, const json_t *json, void *base, const struct place *place,
                        struct error *error)
{
	int status = check_array(json, field->maximum, place, error);
	size_t count = status ? 0 : json_array_size(json);
	uint32_t *numbers;

	if (status || !count)
		return status;
	numbers = calloc(count, sizeof(*numbers));
	if (!numbers)
		return no_memory(error);
	*(uint32_t **)field_of(field, base) = numbers;
	*(size_t *)field_count_of(field, base) = count;
	for (size_t i = 0; i < count; i++) {
		struct place entry = {.above = place, .index = i};
		int64_t value = 0;

		status = read_integer(json_array_get(json, i), 0, UINT32_MAX, &value, &entry, error);
		if (status)
			return status;
		numbers[i] = (uint32_t)value;
	}
	return 0;
}

static int read_entries(const struct record *record, const json_t *json, char *base, const struct place *place,
                        struct error *error)
{
	int status = 0;

	for (size_t i = 0; !status && i < json_array_size(json); i++) {
		struct place entry = {.above = place, .index = i};

		status = record_from_json(record, json_array_get(json, i), base + i * record->size, &entry, error);
	}
	return status;
}

static int read_records(const struct field *field, const json_t *json, void *base, const struct place *place,
                        struct error *error)
{
	int status = check_array(json, field->maximum, place, error);
	size_t count = status ? 0 : json_array_size(json);
	void *entries;

	if (status || !count)
		return status;
	entries = calloc(count, field->record->size);
	if (!entries)
		return no_memory(error);
	memcpy(field_of(field, base), &entries, sizeof(entries));
	memcpy(field_count_of(field, base), &count, sizeof(count));
	return read_entries(field->record, json, entries, place, error);
}

static int read_row(const struct field *field, const json_t *json, void *base, const struct place *place,
                    struct error *error)
{
	if (!json_is_array(json) || json_array_size(json) != field->maximum)
		return refuse(place, error, "expected a list of %" PRIu64 " entries", field->maximum);
	return read_entries(field->record, json, field_of(field, base), place, error);
}

static int read_number(const struct field *field, const json_t *json, void *member, const struct place *place,
                       struct error *error)
{
	int64_t minimum = field->type == FIELD_INT ? field->minimum : 0, maximum = UINT32_MAX, value = 0;
	int status;

	if (field->type == FIELD_INT)
		maximum = (int64_t)field->maximum;
	status = read_integer(json, minimum, maximum, &value, place, error);
	if (status)
		return status;
	if (field->type == FIELD_INT)
		*(int *)member = (int)value;
	else
		*(uint32_t *)member = (uint32_t)value;
	return 0;
}

static int field_from_json(const struct field *field, const json_t *json, void *base, const struct place *place,
                           struct error *error)
{
	void *member = field_of(field, base);
	size_t length = 0;
	int status;

	switch (field->type) {
	case FIELD_KIND:
		if (!plain_string(json) || strcmp(plain_string(json), field->names[0]) != 0)
			return refuse(place, error, "expected \"%s\"", field->names[0]);
		return 0;
	case FIELD_VERSION:
		if (!json_is_integer(json) || json_integer_value(json) != (json_int_t)field->maximum)
			return refuse(place, error, "expected %" PRIu64 ", the version that this program reads",
			              field->maximum);
		return 0;
	case FIELD_BOOL:
		if (!json_is_boolean(json))
			return refuse(place, error, "expected true or false");
		*(bool *)member = json_is_true(json);
		return 0;
	case FIELD_INT:
	case FIELD_UINT32:
		return read_number(field, json, member, place, error);
	case FIELD_INT64:
		return read_integer(json, INT64_MIN, INT64_MAX, member, place, error);
	case FIELD_UINT64:
		return read_uint64(json, member, place, error);
	case FIELD_OCTAL:
		return read_octal(json, member, place, error);
	case FIELD_SET:
		return read_set(json, member, place, error);
	case FIELD_LETTER:
		return read_letter(json, member, place, error);
	case FIELD_ENUM:
		return read_enum(field, json, member, place, error);
	case FIELD_STRING:
		return read_string(json, field->maximum, member, place, error);
	case FIELD_BYTES:
		status = read_bytes(json, field->maximum, member, &length, place, error);
		*(uint64_t *)field_count_of(field, base) = length;
		return status;
	case FIELD_STRINGS:
		return read_strings(field, json, member, place, error);
	case FIELD_NUMBERS:
		return read_numbers(field, json, base, place, error);
	case FIELD_RECORD:
		return record_from_json(field->record, json, member, place, error);
	case FIELD_RECORDS:
		return read_records(field, json, base, place, error);
	case FIELD_ROW:
		return read_row(field, json, base, place, error);
	}
	return refuse(place, error, "a type that this program does not know");
}

static int refuse_unknown(const struct record *record, const char *key, const struct place *place, struct error *error)
{
	const char *nearest = NULL;
	size_t best = NEAR_MAX + 1;
	char shown[SHOWN_MAX];

	for (size_t i = 0; i < record->n_fields; i++) {
		size_t distance = text_distance(key, record->fields[i].name);

		if (distance < best) {
			best = distance;
			nearest = record->fields[i].name;
		}
	}
	text_escape_into(shown, sizeof(shown), key);
	if (nearest)
		return refuse(place, error, "unknown key \"%s\"; did you mean \"%s\"?", shown, nearest);
	return refuse(place, error, "unknown key \"%s\"", shown);
}

static int check_keys(const struct record *record, const json_t *json, const struct place *place, struct error *error)
{
	const char *key;
	json_t *value;

	/* jansson's loop takes no const; it changes nothing. */
	json_object_foreach ((json_t *)json, key, value) {
		size_t i = 0;

		while (i < record->n_fields && strcmp(record->fields[i].name, key) != 0)
			i++;
		if (i == record->n_fields)
			return refuse_unknown(record, key, place, error);
	}
	return 0;
}

static int member_from_json(const struct field *field, const json_t *json, void *base, const struct place *place,
                            struct error *error)
{
	const json_t *value = json_object_get(json, field->name);
	struct place here = {.above = place, .name = field->name};

	if (!value && field_is_optional(field))
		return 0;
	if (!value)
		return refuse(&here, error, "missing");
	return field_from_json(field, value, base, &here, error);
}

static bool is_head(const struct field *field)
{
	return field->type == FIELD_KIND || field->type == FIELD_VERSION;
}

/* Kind and version first, so that a file of another kind is called that; then the keys, so that a misspelt one is not
 * told as missing. */
static int record_from_json(const struct record *record, const json_t *json, void *base, const struct place *place,
                            struct error *error)
{
	size_t i = 0;
	int status = 0;

	if (!json_is_object(json))
		return refuse(place, error, "expected an object");
	for (; !status && i < record->n_fields && is_head(&record->fields[i]); i++)
		status = member_from_json(&record->fields[i], json, base, place, error);
	if (!status)
		status = check_keys(record, json, place, error);
	for (; !status && i < record->n_fields; i++)
		status = member_from_json(&record->fields[i], json, base, place, error);
	return status;
}

int evidence_from_json(const json_t *json, struct evidence **ret_evidence, struct error *error)
{
	CLEANUP_EVIDENCE struct evidence *evidence = evidence_new();
	int status;

	if (!evidence)
		return no_memory(error);
	status = record_from_json(&EVIDENCE_RECORD, json, evidence, NULL, error);
	if (status)
		return status;
	*ret_evidence = TAKE_PTR(evidence);
	return 0;
}
