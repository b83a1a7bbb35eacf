/* daemonck explain: one requirement, or one profile, in full. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/catalogue.h"
#include "cli/cli.h"
#include "engine/profiles.h"
#include "engine/suggest.h"

enum { WIDTH = 80, WIDTH_MIN = 40, WIDTH_MAX = 100, LABEL = 10, NAMES_MAX = 320 };

struct page {
	FILE *out;
	int width;
	const char *bold, *plain;
};

static void put_label(const struct page *page, const char *label)
{
	(void)fprintf(page->out, "%s%-*s%s", page->bold, LABEL, label, page->plain);
}

static void put_paragraph(const struct page *page, const char *label, const char *text)
{
	put_label(page, label);
	cli_wrap(page->out, text, LABEL, page->width);
}

/* A code example, its lines as they are. */
static void put_code(const struct page *page, const char *language, const char *code)
{
	(void)fprintf(page->out, "\n  %s%s%s\n", page->bold, language, page->plain);
	while (*code) {
		size_t length = strcspn(code, "\n");

		(void)fprintf(page->out, "    %.*s\n", (int)length, code);
		code += length + (code[length] == '\n');
	}
}

static void put_users(const struct page *page, const struct catalogue *catalogue, size_t number, enum profile_need need,
                      const char *label)
{
	const char *separator = "";

	put_label(page, label);
	for (size_t i = 0; i < catalogue->n_profiles; i++) {
		if (catalogue_need(catalogue->profiles[i], number) != need)
			continue;
		(void)fprintf(page->out, "%s%s", separator, catalogue->profiles[i]->name);
		separator = ", ";
	}
	(void)fprintf(page->out, "%s\n", separator[0] ? "" : "no built-in profile");
}

/* The launches that it is judged by, besides the clean one. */
static void put_scenarios(const struct page *page, const struct probe *probe)
{
	char line[NAMES_MAX];

	for (int i = 0; i < EV_SCENARIOS; i++) {
		if (!(probe->scenarios >> i & 1))
			continue;
		(void)snprintf(line, sizeof(line), "%s: %s", evidence_scenario_name((enum ev_scenario)i),
		               evidence_scenario_text((enum ev_scenario)i));
		put_paragraph(page, "launch", line);
	}
}

static void put_probe(const struct page *page, const struct catalogue *catalogue, size_t number)
{
	const struct probe *probe = PROBES[number];
	const char *words[CATALOGUE_SEEN_MAX];
	size_t count = catalogue_seen(probe->seen, words);

	(void)fprintf(page->out, "%s%s%s: %s\n\n", page->bold, probe->id, page->plain, probe->title);
	put_paragraph(page, "why", probe->why);
	put_paragraph(page, "sources", probe->sources);
	put_label(page, "seen in");
	for (size_t i = 0; i < count; i++)
		(void)fprintf(page->out, "%s%s", i ? ", " : "", words[i]);
	(void)fputc('\n', page->out);
	put_scenarios(page, probe);
	put_users(page, catalogue, number, NEED_REQUIRE, "required");
	put_users(page, catalogue, number, NEED_NOTE, "noted");
	(void)fprintf(page->out, "\n%show to mend it%s\n", page->bold, page->plain);
	put_code(page, "C", probe->mend.c);
	put_code(page, "Python", probe->mend.python);
	put_code(page, "Ruby", probe->mend.ruby);
	put_code(page, "shell", probe->mend.shell);
}

static void put_accepted(const struct page *page, const struct profile *profile)
{
	FILE *out = page->out;

	put_label(page, "umask");
	for (size_t i = 0; i < profile->n_umasks; i++)
		(void)fprintf(out, "%s%04o", i ? ", " : "", profile->umasks[i]);
	(void)fputs(profile->n_umasks ? "\n" : "any\n", out);
	put_label(page, "directory");
	(void)fputs(profile->any_directory ? "any but the caller's" : "/", out);
	for (char **directory = profile->directories; directory && *directory; directory++) {
		(void)fputs(", ", out);
		cli_put(out, *directory, false);
	}
	(void)fputc('\n', out);
	put_label(page, "stdio");
	catalogue_put_stdio(out, profile->stdio);
	(void)fputc('\n', out);
	put_label(page, "session");
	(void)fputs(profile->leader_ok ? "may lead its session\n" : "must not lead its session\n", out);
}

static void put_asked(const struct page *page, const struct profile *profile, enum profile_need need, const char *title)
{
	if (!catalogue_count(profile, need))
		return;
	(void)fprintf(page->out, "\n%s%s%s\n", page->bold, title, page->plain);
	for (size_t i = 0; i < profile->n_needs; i++) {
		if (profile->needs[i] == need)
			(void)fprintf(page->out, "  %-30s %s\n", PROBES[i]->id, PROBES[i]->title);
	}
}

static void put_escaped(const struct page *page, const char *string)
{
	struct text text = {0};

	/* Line feeds are only layout in YAML: the escaped words are wrapped again. */
	for (const char *rest = string; *rest;) {
		size_t length = strcspn(rest, "\n");

		text_escape(&text, rest, length);
		rest += length;
		if (*rest) {
			text_puts(&text, "\n");
			rest++;
		}
	}
	cli_wrap(page->out, text.data ? text.data : "", 0, page->width);
	text_free(&text);
}

static void put_profile(const struct page *page, const struct profile *profile)
{
	(void)fprintf(page->out, "%s%s%s: ", page->bold, profile->name, page->plain);
	cli_put(page->out, profile->title, false);
	(void)fputs("\n\n", page->out);
	put_escaped(page, profile->summary);
	(void)fputc('\n', page->out);
	put_label(page, "style");
	(void)fputs(profile->style == PROFILE_FORKS ? "the started process returns and the daemon lives on\n"
	                                            : "the started process is the daemon\n",
	            page->out);
	put_accepted(page, profile);
	put_asked(page, profile, NEED_REQUIRE, "required");
	put_asked(page, profile, NEED_NOTE, "noted");
}

static int unknown(const char *name, struct error *error)
{
	const char *names[NAMES_MAX];
	char near[SUGGEST_TEXT_MAX], shown[80];
	size_t count = 0;

	for (const char *const *profile = profiles_names(); *profile && count < NAMES_MAX; profile++)
		names[count++] = *profile;
	for (size_t i = 0; i < N_PROBES && count < NAMES_MAX; i++)
		names[count++] = PROBES[i]->id;
	return error_set(error, -EINVAL, "neither a requirement nor a profile is called '%s'%s",
	                 text_escape_into(shown, sizeof(shown), name), suggest_phrase(near, name, names, count));
}

static bool is_profile(const char *name)
{
	for (const char *const *profile = profiles_names(); *profile; profile++) {
		if (strcmp(*profile, name) == 0)
			return true;
	}
	return strchr(name, '/') || (strlen(name) > 5 && strcmp(name + strlen(name) - 5, ".yaml") == 0);
}

static int explain(const struct page *page, const char *name, struct error *error)
{
	CLEANUP_PROFILE struct profile *profile = NULL;
	struct catalogue catalogue = {0};
	int r;

	for (size_t i = 0; i < N_PROBES; i++) {
		if (strcmp(PROBES[i]->id, name) != 0)
			continue;
		r = catalogue_load(&catalogue, error);
		if (r == 0)
			put_probe(page, &catalogue, i);
		catalogue_clear(&catalogue);
		return r;
	}
	r = is_profile(name) ? profiles_load(name, &profile, error) : unknown(name, error);
	if (profile)
		put_profile(page, profile);
	return r;
}

enum cli_exit command_explain(const struct cli *cli, FILE *out)
{
	int width = cli_width(cli);
	bool colour = cli_colour(cli);
	struct page page = {out, WIDTH, colour ? "\033[1m" : "", colour ? "\033[0m" : ""};
	struct error error = {0};

	if (cli->n_operands != 1)
		return cli_usage("'explain' takes the id of one requirement, or one profile");
	if (width)
		page.width = width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
	if (explain(&page, cli->operands[0], &error) < 0) {
		cli_complain(&error);
		return error.status == -EINVAL ? CLI_USAGE : CLI_HARNESS;
	}
	return CLI_HELD;
}
