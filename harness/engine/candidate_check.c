/* Goes through what was loaded as the schema describes it, with the path of each value at hand for the tables and for
 * the message. */
#include "engine/candidate_check.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/candidate_forms.h"
#include "engine/suggest.h"

struct walk {
	const struct yaml_source *source;
	struct error *error;
};

/* Where the walk is. */
struct place {
	char path[YAML_PATH_MAX]; /* "ready[0].port", for people */
	char key[YAML_PATH_MAX];  /* "ready.port", for the tables */
};

static int check_value(const struct walk *walk, const cyaml_schema_value_t *schema, const void *data,
                       const struct place *place);

static struct place place_of_field(const struct place *place, const char *key)
{
	struct place inner = *place;

	text_append(inner.path, sizeof(inner.path), "%s%s", place->path[0] ? "." : "", key);
	text_append(inner.key, sizeof(inner.key), "%s%s", place->key[0] ? "." : "", key);
	return inner;
}

static struct place place_of_entry(const struct place *place, uint64_t index)
{
	struct place inner = *place;

	text_append(inner.path, sizeof(inner.path), "[%llu]", (unsigned long long)index);
	return inner;
}

static bool matches(const char *pattern, const char *text)
{
	regex_t expression;
	bool found;

	if (regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	found = regexec(&expression, text, 0, NULL, 0) == 0;
	regfree(&expression);
	return found;
}

static bool in_range(const struct candidate_form *form, const char *text)
{
	uint64_t number;

	return form->types != CANDIDATE_INTEGER ||
	       (text_parse_number(text, 10, (uint64_t)form->maximum, &number) && number >= (uint64_t)form->minimum);
}

static const char *suggestion(const struct candidate_form *form, const char *text, char near[SUGGEST_TEXT_MAX])
{
	const char *const *known = form->known ? form->known() : NULL;
	size_t count = 0;

	near[0] = '\0';
	while (known && known[count])
		count++;
	return known ? suggest_phrase(near, text, known, count) : near;
}

static int check_text(const struct walk *walk, const char *text, const struct place *place)
{
	const struct candidate_key *key = candidate_key_find(place->key);
	const struct candidate_form *form = key ? key->form : NULL;
	char near[SUGGEST_TEXT_MAX], shown[80];

	if (!form || ((!form->pattern || matches(form->pattern, text)) && in_range(form, text) &&
	              (!form->holds || form->holds(text))))
		return 0;
	return yaml_file_error_at(walk->source, place->path, walk->error, "%s: expected %s, found '%s'%s", place->path,
	                          form->expected, text_escape_into(shown, sizeof(shown), text),
	                          suggestion(form, text, near));
}

/* The value of a field, or NULL where it is not given. */
static const void *given(const cyaml_schema_field_t *field, const void *mapping)
{
	const void *at = (const char *)mapping + field->data_offset;

	if (field->value.flags & CYAML_FLAG_POINTER)
		return *(const void *const *)at;
	if (field->value.type == CYAML_ENUM)
		return *(const int *)at ? at : NULL;
	return at;
}

static bool has(const cyaml_schema_value_t *schema, const void *mapping, const char *key)
{
	for (const cyaml_schema_field_t *field = schema->mapping.fields; field->key; field++) {
		if (strcmp(field->key, key) == 0)
			return given(field, mapping);
	}
	return false;
}

static void add_word(char *list, size_t size, const char *word)
{
	text_append(list, size, "%s%s", list[0] ? ", " : "", word);
}

static int check_rule(const struct walk *walk, const struct candidate_rule *rule, const cyaml_schema_value_t *schema,
                      const void *mapping, const struct place *place)
{
	static const char *const HOW[] = {
	    [CANDIDATE_JUST_ONE] = "just one of",
	    [CANDIDATE_AT_MOST_ONE] = "no more than one of",
	    [CANDIDATE_AT_LEAST_ONE] = "one of",
	};
	char wanted[YAML_PATH_MAX] = "", found[YAML_PATH_MAX] = "";
	size_t count = 0;

	for (size_t i = 0; i < CANDIDATE_RULE_KEYS_MAX && rule->keys[i]; i++) {
		add_word(wanted, sizeof(wanted), rule->keys[i]);
		if (has(schema, mapping, rule->keys[i])) {
			add_word(found, sizeof(found), rule->keys[i]);
			count++;
		}
	}
	if (count == 1 || (count == 0 && rule->kind == CANDIDATE_AT_MOST_ONE) ||
	    (count > 1 && rule->kind == CANDIDATE_AT_LEAST_ONE))
		return 0;
	return yaml_file_error_at(walk->source, place->path, walk->error, "%s%sexpected %s %s; found %s", place->path,
	                          place->path[0] ? ": " : "", HOW[rule->kind], wanted, count ? found : "none");
}

static int check_entries(const struct walk *walk, const cyaml_schema_field_t *field, const void *mapping,
                         const struct place *place)
{
	const cyaml_schema_value_t *entry = field->value.sequence.entry;
	const void *entries = given(field, mapping);
	unsigned int count = *(const unsigned int *)((const char *)mapping + field->count_offset);
	int r = 0;

	for (unsigned int i = 0; r == 0 && i < count; i++) {
		const struct place inner = place_of_entry(place, i);

		if (entry->flags & CYAML_FLAG_POINTER)
			r = check_value(walk, entry, ((const void *const *)entries)[i], &inner);
		else
			r = check_value(walk, entry, (const char *)entries + (size_t)i * entry->data_size, &inner);
	}
	return r;
}

static int check_mapping(const struct walk *walk, const cyaml_schema_value_t *schema, const void *mapping,
                         const struct place *place)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < N_CANDIDATE_RULES; i++) {
		if (strcmp(CANDIDATE_RULES[i].path, place->key) == 0)
			r = check_rule(walk, &CANDIDATE_RULES[i], schema, mapping, place);
	}
	for (const cyaml_schema_field_t *field = schema->mapping.fields; r == 0 && field->key; field++) {
		const struct place inner = place_of_field(place, field->key);
		const void *data = given(field, mapping);

		if (data && field->value.type == CYAML_SEQUENCE)
			r = check_entries(walk, field, mapping, &inner);
		else if (data)
			r = check_value(walk, &field->value, data, &inner);
	}
	return r;
}

/* A schema nests no deeper than its author wrote it. */
static int check_value(const struct walk *walk, const cyaml_schema_value_t *schema, const void *data,
                       const struct place *place)
{
	if (!data)
		return 0;
	if (schema->type == CYAML_MAPPING)
		return check_mapping(walk, schema, data, place);
	return schema->type == CYAML_STRING ? check_text(walk, data, place) : 0;
}

/* Two names of one signal. */
static int check_signals(const struct walk *walk, const struct candidate_yaml_signals *signals)
{
	for (int signal = 1; signals && signal < _NSIG; signal++) {
		if (signals->effects[signal] && signals->prefixed[signal])
			return yaml_file_error_at(walk->source, "signals", walk->error,
			                          "signals: %s and SIG%s are the same signal", sigabbrev_np(signal),
			                          sigabbrev_np(signal));
	}
	return 0;
}

int candidate_check(const struct yaml_source *source, const struct candidate_yaml *yaml, struct error *error)
{
	const struct walk walk = {source, error};
	const struct place top = {0};
	int r = check_value(&walk, CANDIDATE_YAML_KIND.schema, yaml, &top);

	return r < 0 ? r : check_signals(&walk, yaml->signals);
}
