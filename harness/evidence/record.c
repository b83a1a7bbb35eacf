/* Freeing what the tables describe. */
#include <stdlib.h>
#include <string.h>

#include "evidence/fields.h"

static void strings_clear(char **strings)
{
	for (char **string = strings; string && *string; string++)
		free(*string);
	free(strings);
}

static void records_clear(const struct record *record, char *base, size_t count)
{
	for (size_t i = 0; i < count; i++)
		record_clear(record, base + i * record->size);
}

static void field_clear(const struct field *field, void *base)
{
	void *pointer, *member = field_of(field, base);
	size_t count;

	switch (field->type) {
	case FIELD_RECORD:
		record_clear(field->record, member);
		return;
	case FIELD_ROW:
		records_clear(field->record, member, field->maximum);
		return;
	case FIELD_STRINGS:
		memcpy(&pointer, member, sizeof(pointer));
		strings_clear(pointer);
		return;
	case FIELD_RECORDS:
		memcpy(&pointer, member, sizeof(pointer));
		memcpy(&count, field_count_of(field, base), sizeof(count));
		if (pointer)
			records_clear(field->record, pointer, count);
		free(pointer);
		return;
	case FIELD_STRING:
	case FIELD_BYTES:
	case FIELD_NUMBERS:
		memcpy(&pointer, member, sizeof(pointer));
		free(pointer);
		return;
	case FIELD_KIND:
	case FIELD_VERSION:
	case FIELD_BOOL:
	case FIELD_INT:
	case FIELD_INT64:
	case FIELD_UINT32:
	case FIELD_UINT64:
	case FIELD_OCTAL:
	case FIELD_SET:
	case FIELD_LETTER:
	case FIELD_ENUM:
		return;
	}
}

void record_clear(const struct record *record, void *base)
{
	for (size_t i = 0; i < record->n_fields; i++)
		field_clear(&record->fields[i], base);
	memset(base, 0, record->size);
}
