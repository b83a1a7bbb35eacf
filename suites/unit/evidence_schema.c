/* reports/schema/evidence.schema.json says what the tables of the evidence say. DAEMONCK_WRITE_SCHEMA=1 in the
 * environment writes it anew from the tables. */
#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "evidence/fields.h"
#include "schema_kept.h"

Suite *evidence_schema_suite(void);

static void define(json_t *definitions, const struct record *record);

static json_t *pattern(const char *expression)
{
	return json_pack("{s:s, s:s}", "type", "string", "pattern", expression);
}

static json_t *range(int64_t minimum, int64_t maximum)
{
	return json_pack("{s:s, s:I, s:I}", "type", "integer", "minimum", (json_int_t)minimum, "maximum",
	                 (json_int_t)maximum);
}

static json_t *list(json_t *items, uint64_t maximum)
{
	return json_pack("{s:s, s:o, s:I}", "type", "array", "items", items, "maxItems", (json_int_t)maximum);
}

static json_t *reference(const char *name)
{
	return json_pack("{s:s+}", "$ref", "#/$defs/", name);
}

static json_t *names_of(const struct field *field)
{
	json_t *names = json_array();

	for (const char *const *name = field->names; *name; name++)
		ck_assert_int_eq(json_array_append_new(names, json_string(*name)), 0);
	return json_pack("{s:o}", "enum", names);
}

static json_t *row_of(const struct field *field)
{
	json_t *row = list(reference(field->record->name), field->maximum);

	ck_assert_int_eq(json_object_set_new(row, "minItems", json_integer((json_int_t)field->maximum)), 0);
	return row;
}

static json_t *schema_of(const struct field *field)
{
	switch (field->type) {
	case FIELD_KIND:
		return json_pack("{s:s}", "const", field->names[0]);
	case FIELD_VERSION:
		return json_pack("{s:I}", "const", (json_int_t)field->maximum);
	case FIELD_BOOL:
		return json_pack("{s:s}", "type", "boolean");
	case FIELD_INT:
		return range(field->minimum, (int64_t)field->maximum);
	case FIELD_INT64:
		return json_pack("{s:s}", "type", "integer");
	case FIELD_UINT32:
		return range(0, UINT32_MAX);
	case FIELD_UINT64:
		return reference("uint64");
	case FIELD_OCTAL:
		return pattern("^0[0-7]{3,}$");
	case FIELD_SET:
		return pattern("^0x[0-9a-f]{1,16}$");
	case FIELD_LETTER:
		return json_pack("{s:s, s:i}", "type", "string", "maxLength", 4);
	case FIELD_ENUM:
		return names_of(field);
	case FIELD_STRING:
	case FIELD_BYTES:
		return reference("text");
	case FIELD_STRINGS:
		return list(reference("text"), field->maximum);
	case FIELD_NUMBERS:
		return list(range(0, UINT32_MAX), field->maximum);
	case FIELD_RECORD:
		return reference(field->record->name);
	case FIELD_RECORDS:
		return list(reference(field->record->name), field->maximum);
	case FIELD_ROW:
		return row_of(field);
	}
	return NULL;
}

static json_t *object_of(const struct record *record, json_t *definitions)
{
	json_t *properties = json_object(), *required = json_array();

	for (size_t i = 0; i < record->n_fields; i++) {
		const struct field *field = &record->fields[i];

		if (field->record)
			define(definitions, field->record);
		ck_assert_int_eq(json_object_set_new(properties, field->name, schema_of(field)), 0);
		if (!field_is_optional(field))
			ck_assert_int_eq(json_array_append_new(required, json_string(field->name)), 0);
	}
	return json_pack("{s:s, s:b, s:o, s:o}", "type", "object", "additionalProperties", 0, "required", required,
	                 "properties", properties);
}

static void define(json_t *definitions, const struct record *record)
{
	if (!json_object_get(definitions, record->name))
		ck_assert_int_eq(json_object_set_new(definitions, record->name, object_of(record, definitions)), 0);
}

START_TEST(the_schema_says_what_the_tables_say)
{
	json_t *definitions = json_pack("{s:{s:s, s:s}, s:{s:s, s:[{s:s, s:i}, {s:s, s:s}]}}", "text", "type", "string",
	                                "$comment", "\\\\ is a backslash, \\xNN a byte that is not printable", "uint64",
	                                "$comment", "a string of digits from 2^63 up", "anyOf", "type", "integer",
	                                "minimum", 0, "type", "string", "pattern", "^[0-9]+$");
	json_t *schema =
	    schema_head("daemonck evidence, version 2", "What was observed in the launches of a daemon: daemonck run "
	                                                "--save-evidence writes it, daemonck judge reads it.");
	json_t *top = object_of(&EVIDENCE_RECORD, definitions);

	ck_assert_int_eq(json_object_update(schema, top), 0);
	ck_assert_int_eq(json_object_set_new(schema, "$defs", definitions), 0);
	json_decref(top);
	assert_schema_kept("evidence.schema.json", schema);
}
END_TEST

Suite *evidence_schema_suite(void)
{
	Suite *suite = suite_create("evidence/schema");
	TCase *cases = tcase_create("schema");

	tcase_add_test(cases, the_schema_says_what_the_tables_say);
	suite_add_tcase(suite, cases);
	return suite;
}
