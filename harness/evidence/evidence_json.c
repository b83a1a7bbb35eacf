/* Evidence to JSON, driven by the tables of fields.c; evidence_read.c is the way back. */
#include "evidence/evidence_json.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "evidence/fields.h"

static json_t *record_to_json(const struct record *record, const void *base);

static json_t *bytes_to_json(const char *bytes, size_t length)
{
	struct text text = {0};
	json_t *json;

	text_escape(&text, bytes, length);
	json = text.failed || !text.data ? NULL : json_stringn_nocheck(text.data, text.length);
	text_free(&text);
	return json;
}

/* Appends the new reference, which may be NULL after a failed allocation. */
static bool append(json_t *array, json_t *entry)
{
	return entry && json_array_append_new(array, entry) == 0;
}

static json_t *strings_to_json(char *const *strings)
{
	json_t *array = json_array();

	for (; array && *strings; strings++) {
		if (!append(array, bytes_to_json(*strings, strlen(*strings)))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *numbers_to_json(const uint32_t *numbers, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < count; i++) {
		if (!append(array, json_integer(numbers[i]))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *records_to_json(const struct record *record, const char *base, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < count; i++) {
		if (!append(array, record_to_json(record, base + i * record->size))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *uint64_to_json(uint64_t value)
{
	return value <= INT64_MAX ? json_integer((json_int_t)value) : json_sprintf("%" PRIu64, value);
}

static json_t *enum_to_json(const struct field *field, const void *member)
{
	unsigned int value, count = 0;

	memcpy(&value, member, sizeof(value));
	while (field->names[count])
		count++;
	return value < count ? json_string_nocheck(field->names[value]) : json_integer(value);
}

/* What a pointer and its count hold; the pointer is not NULL unless the count is 0. */
static json_t *pointed_to_json(const struct field *field, const void *member, const void *base)
{
	void *pointer;
	size_t count = 0;

	memcpy(&pointer, member, sizeof(pointer));
	if (field->type != FIELD_STRING && field->type != FIELD_STRINGS)
		memcpy(&count, field_count_of(field, base), sizeof(count));
	if (field->type == FIELD_STRING)
		return bytes_to_json(pointer, strlen(pointer));
	if (field->type == FIELD_BYTES)
		return bytes_to_json(pointer, count);
	if (field->type == FIELD_STRINGS)
		return strings_to_json(pointer);
	if (field->type == FIELD_NUMBERS)
		return numbers_to_json(pointer, pointer ? count : 0);
	return records_to_json(field->record, pointer, pointer ? count : 0);
}

static json_t *field_to_json(const struct field *field, const void *base)
{
	const void *member = field_of(field, base);

	switch (field->type) {
	case FIELD_KIND:
		return json_string_nocheck(field->names[0]);
	case FIELD_VERSION:
		return json_integer((json_int_t)field->maximum);
	case FIELD_BOOL:
		return json_boolean(*(const bool *)member);
	case FIELD_INT:
		return json_integer(*(const int *)member);
	case FIELD_INT64:
		return json_integer(*(const int64_t *)member);
	case FIELD_UINT32:
		return json_integer(*(const uint32_t *)member);
	case FIELD_UINT64:
		return uint64_to_json(*(const uint64_t *)member);
	case FIELD_OCTAL:
		return json_sprintf("0%03" PRIo32, *(const uint32_t *)member);
	case FIELD_SET:
		return json_sprintf("0x%" PRIx64, *(const uint64_t *)member);
	case FIELD_LETTER:
		return bytes_to_json(member, *(const char *)member != '\0');
	case FIELD_ENUM:
		return enum_to_json(field, member);
	case FIELD_STRING:
	case FIELD_BYTES:
	case FIELD_STRINGS:
	case FIELD_NUMBERS:
	case FIELD_RECORDS:
		return pointed_to_json(field, member, base);
	case FIELD_RECORD:
		return record_to_json(field->record, member);
	case FIELD_ROW:
		return records_to_json(field->record, member, field->maximum);
	}
	return NULL;
}

static bool is_absent(const struct field *field, const void *base)
{
	void *pointer;

	if (!field_is_optional(field))
		return false;
	memcpy(&pointer, field_of(field, base), sizeof(pointer));
	return !pointer;
}

static json_t *record_to_json(const struct record *record, const void *base)
{
	json_t *object = json_object();

	for (size_t i = 0; object && i < record->n_fields; i++) {
		const struct field *field = &record->fields[i];
		json_t *value;

		if (is_absent(field, base))
			continue;
		value = field_to_json(field, base);
		if (!value || json_object_set_new_nocheck(object, field->name, value)) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

json_t *evidence_to_json(const struct evidence *evidence)
{
	return record_to_json(&EVIDENCE_RECORD, evidence);
}
