/* daemonck list: the requirements or the profiles, as text or JSON. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/catalogue.h"
#include "cli/cli.h"
#include "engine/profiles.h"
#include "engine/suggest.h"

enum { ID_COLUMN = 30 };

struct listing {
	const struct catalogue *catalogue;
	const struct profile *chosen; /* --profile, or NULL */
	bool colour;
	FILE *out;
};

static void put_names(const struct listing *listing, size_t number, enum profile_need need, const char *label)
{
	const struct catalogue *catalogue = listing->catalogue;
	const char *separator = label;

	for (size_t i = 0; i < catalogue->n_profiles; i++) {
		if (catalogue_need(catalogue->profiles[i], number) != need)
			continue;
		(void)fprintf(listing->out, "%s%s", separator, catalogue->profiles[i]->name);
		separator = ", ";
	}
}

static void put_seen(FILE *out, unsigned int seen)
{
	const char *words[CATALOGUE_SEEN_MAX];
	size_t count = catalogue_seen(seen, words);

	(void)fputs("seen in: ", out);
	for (size_t i = 0; i < count; i++)
		(void)fprintf(out, "%s%s", i ? ", " : "", words[i]);
}

static void put_probe(const struct listing *listing, size_t number)
{
	const struct probe *probe = PROBES[number];
	FILE *out = listing->out;

	(void)fprintf(out, "  %-*s %s\n", ID_COLUMN, probe->id, probe->title);
	(void)fprintf(out, "  %*s %s", ID_COLUMN, "", listing->colour ? "\033[2m" : "");
	put_seen(out, probe->seen);
	if (listing->chosen) {
		(void)fputs(catalogue_need(listing->chosen, number) == NEED_REQUIRE ? "; required" : "; only noted",
		            out);
	} else {
		put_names(listing, number, NEED_REQUIRE, "; required by ");
		put_names(listing, number, NEED_NOTE, "; noted by ");
	}
	(void)fprintf(out, "%s\n", listing->colour ? "\033[0m" : "");
}

static void put_probes(const struct listing *listing)
{
	const char *group = "";

	for (size_t i = 0; i < N_PROBES; i++) {
		size_t length = catalogue_group(PROBES[i]->id);

		if (listing->chosen && catalogue_need(listing->chosen, i) == NEED_NONE)
			continue;
		if (strncmp(group, PROBES[i]->id, length + 1) != 0)
			(void)fprintf(listing->out, "%s%s%.*s%s\n", group[0] ? "\n" : "",
			              listing->colour ? "\033[1m" : "", (int)length, PROBES[i]->id,
			              listing->colour ? "\033[0m" : "");
		group = PROBES[i]->id;
		put_probe(listing, i);
	}
}

static void put_profiles(const struct listing *listing)
{
	for (size_t i = 0; i < listing->catalogue->n_profiles; i++) {
		const struct profile *profile = listing->catalogue->profiles[i];

		(void)fprintf(listing->out, "%s%-10s%s %s (%s; %zu required, %zu noted)\n",
		              listing->colour ? "\033[1m" : "", profile->name, listing->colour ? "\033[0m" : "",
		              profile->title, profile->style == PROFILE_FORKS ? "forks away" : "stays",
		              catalogue_count(profile, NEED_REQUIRE), catalogue_count(profile, NEED_NOTE));
	}
}

static json_t *ids_json(const struct profile *profile, enum profile_need need)
{
	json_t *ids = json_array();

	for (size_t i = 0; i < profile->n_needs; i++) {
		if (profile->needs[i] == need)
			(void)json_array_append_new(ids, json_string(PROBES[i]->id));
	}
	return ids;
}

static json_t *profile_json(const struct profile *profile)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "name", profile->name, "title", profile->title, "summary",
	                 profile->summary, "style", profile->style == PROFILE_FORKS ? "forks" : "stays", "require",
	                 ids_json(profile, NEED_REQUIRE), "note", ids_json(profile, NEED_NOTE));
}

static json_t *names_json(const struct listing *listing, size_t number, enum profile_need need)
{
	json_t *names = json_array();

	for (size_t i = 0; i < listing->catalogue->n_profiles; i++) {
		const struct profile *profile = listing->catalogue->profiles[i];

		if (catalogue_need(profile, number) == need)
			(void)json_array_append_new(names, json_string(profile->name));
	}
	return names;
}

static json_t *probe_json(const struct listing *listing, size_t number)
{
	const struct probe *probe = PROBES[number];
	const char *words[CATALOGUE_SEEN_MAX];
	size_t count = catalogue_seen(probe->seen, words);
	json_t *seen = json_array();

	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(seen, json_string(words[i]));
	return json_pack("{s:s, s:s#, s:s, s:o, s:s, s:s, s:{s:s, s:s, s:s, s:s}, s:o, s:o}", "id", probe->id, "group",
	                 probe->id, (int)catalogue_group(probe->id), "title", probe->title, "seen", seen, "sources",
	                 probe->sources, "why", probe->why, "mend", "c", probe->mend.c, "python", probe->mend.python,
	                 "ruby", probe->mend.ruby, "shell", probe->mend.shell, "required_by",
	                 names_json(listing, number, NEED_REQUIRE), "noted_by", names_json(listing, number, NEED_NOTE));
}

static json_t *probes_json(const struct listing *listing)
{
	json_t *probes = json_array();

	for (size_t i = 0; i < N_PROBES; i++) {
		enum profile_need need = listing->chosen ? catalogue_need(listing->chosen, i) : NEED_NOTE;
		json_t *probe;

		if (need == NEED_NONE)
			continue;
		probe = probe_json(listing, i);
		if (probe && listing->chosen)
			(void)json_object_set_new(probe, "need",
			                          json_string(need == NEED_REQUIRE ? "require" : "note"));
		(void)json_array_append_new(probes, probe);
	}
	return probes;
}

static enum cli_exit put_json(const struct listing *listing, bool profiles)
{
	json_t *list = profiles ? json_array() : probes_json(listing);
	json_t *root;
	int r;

	for (size_t i = 0; profiles && i < listing->catalogue->n_profiles; i++)
		(void)json_array_append_new(list, profile_json(listing->catalogue->profiles[i]));
	root = json_pack("{s:s, s:o}", "version", DAEMONCK_VERSION, profiles ? "profiles" : "probes", list);
	r = root ? json_dumpf(root, listing->out, JSON_INDENT(2)) : -1;
	json_decref(root);
	if (r < 0) {
		cli_complain(&(struct error){-ENOMEM, "out of memory"});
		return CLI_HARNESS;
	}
	(void)fputc('\n', listing->out);
	return CLI_HELD;
}

static int check(const struct cli *cli, struct error *error)
{
	static const char *const FORMATS[] = {"text", "json"};
	char near[SUGGEST_TEXT_MAX], shown[40];

	if (cli->n_operands)
		return error_set(error, -EINVAL, "'list' takes no operands");
	if (cli->profiles && cli->profile)
		return error_set(error, -EINVAL, "--profiles and --profile exclude each other");
	if (cli->format && strcmp(cli->format, "text") != 0 && strcmp(cli->format, "json") != 0)
		return error_set(error, -EINVAL, "'list' has no format '%s'%s",
		                 text_escape_into(shown, sizeof(shown), cli->format),
		                 suggest_phrase(near, cli->format, FORMATS, 2));
	return 0;
}

enum cli_exit command_list(const struct cli *cli, FILE *out)
{
	CLEANUP_PROFILE struct profile *chosen = NULL;
	struct catalogue catalogue = {0};
	struct listing listing = {&catalogue, NULL, cli_colour(cli), out};
	enum cli_exit status = CLI_HELD;
	struct error error = {0};

	if (check(cli, &error) < 0 || (cli->profile && profiles_load(cli->profile, &chosen, &error) < 0) ||
	    catalogue_load(&catalogue, &error) < 0) {
		cli_complain(&error);
		return error.status == -EINVAL ? CLI_USAGE : CLI_HARNESS;
	}
	listing.chosen = chosen;
	if (cli->format && strcmp(cli->format, "json") == 0)
		status = put_json(&listing, cli->profiles);
	else if (cli->profiles)
		put_profiles(&listing);
	else
		put_probes(&listing);
	catalogue_clear(&catalogue);
	return status;
}
