/* The schema of a profile file, for libcyaml. */
#include "engine/profile_yaml.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "probes/probe.h"
#include "probes/profile.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { PROBES_MAX = 256, ENTRIES_MAX = 1024, NAME_LENGTH_MAX = 64, TEXT_LENGTH_MAX = 8192, VALUE_LENGTH_MAX = 4096 };
enum { TOP_KEYS = 7, ACCEPT_KEYS = 5 };

static const cyaml_strval_t STYLES[] = {{"forks", PROFILE_FORKS}, {"stays", PROFILE_STAYS}};
static const cyaml_strval_t DIRECTORIES[] = {{"own", false}, {"any", true}};
static const cyaml_strval_t BOOLEANS[] = {{"true", true}, {"false", false}};
static const cyaml_strval_t STDIO[] = {
    {"null", STDIO_NULL}, {"log", STDIO_LOG},           {"socket", STDIO_SOCKET},
    {"pipe", STDIO_PIPE}, {"terminal", STDIO_TERMINAL},
};

const struct yaml_kind PROFILE_YAML_KIND = {
    .name = "profile",
    .top = "a mapping with name, title, summary, style, require",
    .noun = "probe",
};

/* The schema is made where it is used: the names of the probes are known only at run time. */
struct schema {
	cyaml_strval_t probe_names[PROBES_MAX];
	cyaml_schema_value_t probe, string, top;
	cyaml_schema_field_t accept[ACCEPT_KEYS + 1], fields[TOP_KEYS + 1];
};

static void schema_fill_accept(struct schema *schema)
{
	const cyaml_schema_field_t accept[ACCEPT_KEYS + 1] = {
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
	const cyaml_schema_field_t fields[TOP_KEYS + 1] = {
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

int profile_yaml_load(const struct yaml_source *source, struct profile_yaml **ret_yaml, struct error *error)
{
	struct schema schema;
	struct yaml_kind kind = PROFILE_YAML_KIND;
	void *yaml;
	int r;

	schema_fill(&schema);
	kind.schema = &schema.top;
	r = yaml_file_load(&kind, source, &yaml, error);
	if (r == 0)
		*ret_yaml = yaml;
	return r;
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
