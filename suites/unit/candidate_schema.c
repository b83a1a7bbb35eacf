/* reports/schema/candidate.schema.json says what the schema for libcyaml and the tables of the keys say.
 * DAEMONCK_WRITE_SCHEMA=1 in the environment writes it anew from them. */
#include <check.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "engine/candidate_forms.h"
#include "engine/candidate_yaml.h"
#include "schema_kept.h"

Suite *candidate_schema_suite(void);

enum { PATH_SIZE = 128 };

static json_t *schema_of(const cyaml_schema_value_t *value, const char *path);

static void set(json_t *object, const char *name, json_t *value)
{
	ck_assert_ptr_nonnull(value);
	ck_assert_int_eq(json_object_set_new(object, name, value), 0);
}

static void join(char path[PATH_SIZE], const char *outer, const char *key)
{
	ck_assert_int_lt(snprintf(path, PATH_SIZE, "%s%s%s", outer, outer[0] ? "." : "", key), PATH_SIZE);
}

static json_t *types_of(unsigned int types)
{
	static const char *const NAMES[] = {"string", "integer", "number", "boolean"};
	json_t *names = json_array(), *only;

	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
		if (types & 1U << i)
			ck_assert_int_eq(json_array_append_new(names, json_string(NAMES[i])), 0);
	}
	if (json_array_size(names) > 1)
		return names;
	only = json_incref(json_array_get(names, 0));
	json_decref(names);
	return only;
}

static void limit_number(json_t *schema, const struct candidate_form *form)
{
	if (!form->maximum)
		return;
	if (form->types & CANDIDATE_NUMBER)
		set(schema, "exclusiveMinimum", json_integer(form->minimum));
	else
		set(schema, "minimum", json_integer(form->minimum));
	set(schema, "maximum", json_integer(form->maximum));
}

static json_t *text_of(const cyaml_schema_value_t *value, const struct candidate_form *form)
{
	json_t *schema = json_pack("{s:o}", "type", types_of(form->types));

	limit_number(schema, form);
	if (!(form->types & CANDIDATE_STRING))
		return schema;
	if (form->pattern)
		set(schema, "pattern", json_string(form->pattern));
	if (value->string.min)
		set(schema, "minLength", json_integer(value->string.min));
	set(schema, "maxLength", json_integer(value->string.max));
	return schema;
}

static json_t *words_of(const cyaml_schema_value_t *value)
{
	json_t *words = json_array();

	if (strcmp(value->enumeration.strings[0].str, "true") == 0) {
		json_decref(words);
		return json_pack("{s:s}", "type", "boolean");
	}
	for (uint32_t i = 0; i < value->enumeration.count; i++)
		ck_assert_int_eq(json_array_append_new(words, json_string(value->enumeration.strings[i].str)), 0);
	return json_pack("{s:o}", "enum", words);
}

static json_t *list_of(const cyaml_schema_value_t *value, const char *path)
{
	return json_pack("{s:s, s:i, s:i, s:o}", "type", "array", "minItems", (int)value->sequence.min, "maxItems",
	                 (int)value->sequence.max, "items", schema_of(value->sequence.entry, path));
}

static void add_rule(json_t *schema, const struct candidate_rule *rule)
{
	json_t *choices = json_array(), *all = json_array();

	for (size_t i = 0; i < CANDIDATE_RULE_KEYS_MAX && rule->keys[i]; i++) {
		ck_assert_int_eq(json_array_append_new(choices, json_pack("{s:[s]}", "required", rule->keys[i])), 0);
		ck_assert_int_eq(json_array_append_new(all, json_string(rule->keys[i])), 0);
	}
	switch (rule->kind) {
	case CANDIDATE_JUST_ONE:
		set(schema, "oneOf", json_incref(choices));
		break;
	case CANDIDATE_AT_MOST_ONE:
		ck_assert_uint_eq(json_array_size(all), 2);
		set(schema, "not", json_pack("{s:O}", "required", all));
		break;
	case CANDIDATE_AT_LEAST_ONE:
		set(schema, "anyOf", json_incref(choices));
		break;
	}
	json_decref(choices);
	json_decref(all);
}

static json_t *mapping_of(const cyaml_schema_value_t *value, const char *path)
{
	json_t *properties = json_object(), *required = json_array();
	json_t *schema = json_pack("{s:s, s:b}", "type", "object", "additionalProperties", 0);

	for (const cyaml_schema_field_t *field = value->mapping.fields; field->key; field++) {
		const struct candidate_key *key;
		char inner[PATH_SIZE];
		json_t *property;

		join(inner, path, field->key);
		property = schema_of(&field->value, inner);
		key = candidate_key_find(inner);
		if (key)
			set(property, "description", json_string(key->text));
		set(properties, field->key, property);
		if (!(field->value.flags & CYAML_FLAG_OPTIONAL))
			ck_assert_int_eq(json_array_append_new(required, json_string(field->key)), 0);
	}
	if (json_array_size(required) > 0)
		set(schema, "required", json_incref(required));
	json_decref(required);
	for (size_t i = 0; i < N_CANDIDATE_RULES; i++) {
		if (strcmp(CANDIDATE_RULES[i].path, path) == 0)
			add_rule(schema, &CANDIDATE_RULES[i]);
	}
	set(schema, "properties", properties);
	return schema;
}

static json_t *schema_of(const cyaml_schema_value_t *value, const char *path)
{
	const struct candidate_key *key = candidate_key_find(path);

	if (value->type == CYAML_MAPPING)
		return mapping_of(value, path);
	if (value->type == CYAML_SEQUENCE)
		return list_of(value, path);
	if (value->type == CYAML_ENUM)
		return words_of(value);
	ck_assert_int_eq(value->type, CYAML_STRING);
	ck_assert_msg(key && key->form, "candidate.def gives no form to %s", path);
	return text_of(value, key->form);
}

START_TEST(the_schema_says_what_the_tables_say)
{
	json_t *schema =
	    schema_head("daemonck candidate file", "What is declared of a daemon: daemonck run -f FILE takes it.");
	json_t *top = schema_of(CANDIDATE_YAML_KIND.schema, "");

	ck_assert_int_eq(json_object_update(schema, top), 0);
	json_decref(top);
	assert_schema_kept("candidate.schema.json", schema);
}
END_TEST

/* The value of the key, or NULL where the schema for libcyaml has none. */
static const cyaml_schema_value_t *value_of(const char *path)
{
	const cyaml_schema_value_t *value = CANDIDATE_YAML_KIND.schema;

	while (*path) {
		const cyaml_schema_field_t *field;
		size_t length = strcspn(path, ".");

		if (value->type == CYAML_SEQUENCE)
			value = value->sequence.entry;
		if (value->type != CYAML_MAPPING)
			return NULL;
		for (field = value->mapping.fields; field->key; field++) {
			if (strlen(field->key) == length && memcmp(field->key, path, length) == 0)
				break;
		}
		if (!field->key)
			return NULL;
		value = &field->value;
		path += length + (path[length] == '.');
	}
	return value;
}

static void check_described(const cyaml_schema_value_t *value, const char *path)
{
	if (value->type == CYAML_SEQUENCE)
		value = value->sequence.entry;
	if (value->type != CYAML_MAPPING || strcmp(path, "signals") == 0)
		return;
	for (const cyaml_schema_field_t *field = value->mapping.fields; field->key; field++) {
		char inner[PATH_SIZE];

		join(inner, path, field->key);
		ck_assert_msg(candidate_key_find(inner) != NULL, "candidate.def has no row for %s", inner);
		check_described(&field->value, inner);
	}
}

START_TEST(every_key_has_a_row_and_every_row_a_key)
{
	check_described(CANDIDATE_YAML_KIND.schema, "");
	for (size_t i = 0; i < N_CANDIDATE_KEYS; i++)
		ck_assert_msg(value_of(CANDIDATE_KEYS[i].path), "no key is called %s", CANDIDATE_KEYS[i].path);
	for (size_t i = 0; i < N_CANDIDATE_RULES; i++) {
		const struct candidate_rule *rule = &CANDIDATE_RULES[i];

		for (size_t j = 0; j < CANDIDATE_RULE_KEYS_MAX && rule->keys[j]; j++) {
			char inner[PATH_SIZE];

			join(inner, rule->path, rule->keys[j]);
			ck_assert_msg(value_of(inner), "no key is called %s", inner);
		}
	}
}
END_TEST

Suite *candidate_schema_suite(void)
{
	Suite *suite = suite_create("candidate files: schema");
	TCase *cases = tcase_create("schema");

	tcase_add_test(cases, the_schema_says_what_the_tables_say);
	tcase_add_test(cases, every_key_has_a_row_and_every_row_a_key);
	suite_add_tcase(suite, cases);
	return suite;
}
