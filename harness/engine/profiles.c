/* Profiles: which file is meant, and what the schema cannot check. */
#include "engine/profiles.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "engine/profile_yaml.h"
#include "engine/profiles_builtin.h"
#include "engine/suggest.h"
#include "probes/probe.h"

enum { UMASK_MAX = 0777 };

static void cleanup_yaml(struct profile_yaml **yaml)
{
	profile_yaml_free(*yaml);
}

const char *const *profiles_names(void)
{
	return PROFILE_NAMES;
}

static int check_name(const struct yaml_source *source, const char *name, struct error *error)
{
	if (name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0')
		return 0;
	return yaml_file_error_at(source, "name", error, "name: expected lower-case letters, digits and dashes");
}

/* Sets the need of each probe in the list; an id stands once in the whole profile. */
static int take_needs(const struct yaml_source *source, struct profile *profile, const int *indices, size_t count,
                      enum profile_need need, struct error *error)
{
	char path[YAML_PATH_MAX];

	for (size_t i = 0; i < count; i++) {
		size_t index = (size_t)indices[i];
		const char *id = PROBES[index]->id;

		if (profile->needs[index] == NEED_NONE) {
			profile->needs[index] = need;
			continue;
		}
		(void)snprintf(path, sizeof(path), "%s[%zu]", need == NEED_REQUIRE ? "require" : "note", i);
		return yaml_file_error_at(source, path, error,
		                          profile->needs[index] == need ? "'%s' stands here a second time"
		                                                        : "'%s' is both required and noted",
		                          id);
	}
	return 0;
}

static int take_umasks(const struct yaml_source *source, struct profile *profile,
                       const struct profile_yaml_accept *accept, struct error *error)
{
	if (!accept->umask_count)
		return 0;
	profile->umasks = calloc(accept->umask_count, sizeof(*profile->umasks));
	if (!profile->umasks)
		return error_set(error, -ENOMEM, "out of memory");
	for (unsigned int i = 0; i < accept->umask_count; i++) {
		uint64_t value;
		char shown[40], path[YAML_PATH_MAX];

		(void)snprintf(path, sizeof(path), "accept.umask[%u]", i);
		if (!text_parse_number(accept->umask[i], 8, UMASK_MAX, &value))
			return yaml_file_error_at(source, path, error,
			                          "umask: expected an octal number from 0000 to 0777, found '%s'",
			                          text_escape_into(shown, sizeof(shown), accept->umask[i]));
		profile->umasks[profile->n_umasks++] = (uint32_t)value;
	}
	return 0;
}

static int take_directories(const struct yaml_source *source, struct profile *profile,
                            struct profile_yaml_accept *accept, struct error *error)
{
	profile->any_directory = accept->any_directory;
	profile->directories = calloc(accept->directories_count + 1, sizeof(*profile->directories));
	if (!profile->directories)
		return error_set(error, -ENOMEM, "out of memory");
	for (unsigned int i = 0; i < accept->directories_count; i++) {
		char shown[80], path[YAML_PATH_MAX];

		(void)snprintf(path, sizeof(path), "accept.directories[%u]", i);
		if (accept->directories[i][0] != '/')
			return yaml_file_error_at(source, path, error,
			                          "directories: expected an absolute path, found '%s'",
			                          text_escape_into(shown, sizeof(shown), accept->directories[i]));
		profile->directories[i] = TAKE_PTR(accept->directories[i]);
	}
	return 0;
}

static int take_accept(const struct yaml_source *source, struct profile *profile, struct profile_yaml_accept *accept,
                       struct error *error)
{
	int r;

	profile->leader_ok = accept->leader;
	profile->stdio = accept->stdio ? *accept->stdio : STDIO_NULL;
	if (!profile->stdio)
		return yaml_file_error_at(source, "accept.stdio", error, "stdio: needs at least one entry");
	r = take_umasks(source, profile, accept, error);
	return r < 0 ? r : take_directories(source, profile, accept, error);
}

static struct profile *profile_new(void)
{
	struct profile *profile = calloc(1, sizeof(*profile));

	if (!profile)
		return NULL;
	profile->needs = calloc(N_PROBES, sizeof(*profile->needs));
	if (!profile->needs) {
		free(profile);
		return NULL;
	}
	profile->n_needs = N_PROBES;
	return profile;
}

static int load(const struct yaml_source *source, struct profile **ret_profile, struct error *error)
{
	__attribute__((cleanup(cleanup_yaml))) struct profile_yaml *yaml = NULL;
	CLEANUP_PROFILE struct profile *profile = profile_new();
	int r;

	if (!profile)
		return error_set(error, -ENOMEM, "out of memory");
	r = profile_yaml_load(source, &yaml, error);
	if (r < 0)
		return r;
	profile->style = (enum profile_style)yaml->style;
	r = check_name(source, yaml->name, error);
	if (r == 0)
		r = take_needs(source, profile, yaml->require, yaml->require_count, NEED_REQUIRE, error);
	if (r == 0)
		r = take_needs(source, profile, yaml->note, yaml->note_count, NEED_NOTE, error);
	if (r == 0)
		r = take_accept(source, profile, &yaml->accept, error);
	if (r < 0)
		return r;
	profile->name = TAKE_PTR(yaml->name);
	profile->title = TAKE_PTR(yaml->title);
	profile->summary = TAKE_PTR(yaml->summary);
	*ret_profile = TAKE_PTR(profile);
	return 0;
}

static int load_file(const char *path, struct profile **ret_profile, struct error *error)
{
	CLEANUP_FREE char *text = NULL;
	size_t length;
	int r = yaml_file_read(&PROFILE_YAML_KIND, path, &text, &length, error);

	return r < 0 ? r : load(&(struct yaml_source){path, text, length}, ret_profile, error);
}

static int unknown(const char *name, struct error *error)
{
	char near[SUGGEST_TEXT_MAX], shown[80];

	return error_set(error, -EINVAL, "no profile is called '%s'%s", text_escape_into(shown, sizeof(shown), name),
	                 suggest_phrase(near, name, PROFILE_NAMES, N_PROFILES_BUILTIN));
}

int profiles_load(const char *name, struct profile **ret_profile, struct error *error)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < N_PROFILES_BUILTIN; i++) {
		const struct profile_builtin *builtin = &PROFILES_BUILTIN[i];

		if (strcmp(name, PROFILE_NAMES[i]) == 0)
			return load(&(struct yaml_source){builtin->file, builtin->bytes, builtin->size}, ret_profile,
			            error);
	}
	if (strchr(name, '/') || (length > 5 && strcmp(name + length - 5, ".yaml") == 0))
		return load_file(name, ret_profile, error);
	return unknown(name, error);
}
