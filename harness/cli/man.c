/* daemonck man: fills the template of the manual page, daemonck.1.in, from the tables. Hidden: the build calls it. */
#include <errno.h>
#include <string.h>

#include "cli/catalogue.h"
#include "cli/cli.h"
#include "engine/candidate_forms.h"
#include "reports/report.h"

enum { LINE_SIZE = 1024 };

static void put_roff(FILE *out, const char *text)
{
	if (*text == '.' || *text == '\'')
		(void)fputs("\\&", out);
	for (; *text; text++) {
		if (*text == '\\')
			(void)fputs("\\e", out);
		else if (*text == '-')
			(void)fputs("\\-", out);
		else if (*text == '\'')
			(void)fputs("\\(aq", out);
		else
			(void)fputc(*text, out);
	}
}

static void put_entry(FILE *out, const char *name, const char *argument, const char *text)
{
	(void)fputs(".TP\n\\fB", out);
	put_roff(out, name);
	(void)fputs("\\fR", out);
	if (argument[0]) {
		(void)fputs(" \\fI", out);
		put_roff(out, argument);
		(void)fputs("\\fR", out);
	}
	(void)fputc('\n', out);
	put_roff(out, text);
	(void)fputc('\n', out);
}

static void put_synopsis(FILE *out, const struct catalogue *catalogue)
{
	(void)catalogue;
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (!CLI_COMMANDS[i].summary)
			continue;
		(void)fprintf(out, "%s.B daemonck %s\n", i ? ".br\n" : "", CLI_COMMANDS[i].name);
		(void)fputs("[\\fIoption\\fR]...\n", out);
		if (CLI_COMMANDS[i].operands[0]) {
			put_roff(out, CLI_COMMANDS[i].operands);
			(void)fputc('\n', out);
		}
	}
}

static void put_commands(FILE *out, const struct catalogue *catalogue)
{
	(void)catalogue;
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (CLI_COMMANDS[i].summary)
			put_entry(out, CLI_COMMANDS[i].name, CLI_COMMANDS[i].operands, CLI_COMMANDS[i].summary);
	}
}

static void put_option_commands(FILE *out, const struct cli_option *option)
{
	const char *separator = "";

	if (cli_option_of(option, NULL))
		return;
	(void)fputs("Commands:\n", out);
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (!CLI_COMMANDS[i].summary || !cli_option_of(option, &CLI_COMMANDS[i]))
			continue;
		(void)fprintf(out, "%s\\fB%s\\fR", separator, CLI_COMMANDS[i].name);
		separator = ", ";
	}
	(void)fputs(".\n", out);
}

static void put_options(FILE *out, const struct catalogue *catalogue)
{
	(void)catalogue;
	for (size_t i = 0; i < N_OPTIONS; i++) {
		const struct cli_option *option = &CLI_OPTIONS[i];
		char name[64];

		if (option->letter)
			(void)snprintf(name, sizeof(name), "-%c, --%s", option->letter, option->name);
		else
			(void)snprintf(name, sizeof(name), "--%s", option->name);
		put_entry(out, name, option->argument ? option->argument : "", option->help);
		(void)fputs(".br\n", out);
		put_option_commands(out, option);
	}
}

static void put_formats(FILE *out, const struct catalogue *catalogue)
{
	(void)catalogue;
	for (size_t i = 0; i < N_REPORT_FORMATS; i++)
		put_entry(out, REPORT_FORMATS[i].name, "", REPORT_FORMATS[i].description);
}

static void put_profiles(FILE *out, const struct catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->n_profiles; i++)
		put_entry(out, catalogue->profiles[i]->name, "", catalogue->profiles[i]->title);
}

static void put_probes(FILE *out, const struct catalogue *catalogue)
{
	(void)catalogue;
	for (size_t i = 0; i < N_PROBES; i++)
		put_entry(out, PROBES[i]->id, "", PROBES[i]->title);
}

static void put_scenarios(FILE *out, const struct catalogue *catalogue)
{
	(void)catalogue;
	for (int i = 0; i < EV_SCENARIOS; i++)
		put_entry(out, evidence_scenario_name((enum ev_scenario)i), "",
		          evidence_scenario_text((enum ev_scenario)i));
}

static void put_keys(FILE *out, const struct catalogue *catalogue)
{
	(void)catalogue;
	for (size_t i = 0; i < N_CANDIDATE_KEYS; i++)
		put_entry(out, CANDIDATE_KEYS[i].path, CANDIDATE_KEYS[i].argument, CANDIDATE_KEYS[i].text);
}

static void put_examples(FILE *out, const struct catalogue *catalogue)
{
	(void)catalogue;
	(void)fputs(".nf\n", out);
	for (size_t i = 0; i < N_EXAMPLES; i++) {
		put_roff(out, CLI_EXAMPLES[i].line);
		(void)fputc('\n', out);
	}
	(void)fputs(".fi\n", out);
}

static void put_version(FILE *out, const struct catalogue *catalogue)
{
	(void)catalogue;
	(void)fputs(".TH DAEMONCK 1 \"\" \"daemonck " DAEMONCK_VERSION "\" \"User Commands\"\n", out);
}

static const struct {
	const char *line;
	void (*put)(FILE *out, const struct catalogue *catalogue);
} PARTS[] = {
    {"@TITLE@\n", put_version},     {"@SYNOPSIS@\n", put_synopsis}, {"@COMMANDS@\n", put_commands},
    {"@OPTIONS@\n", put_options},   {"@FORMATS@\n", put_formats},   {"@PROFILES@\n", put_profiles},
    {"@PROBES@\n", put_probes},     {"@KEYS@\n", put_keys},         {"@LAUNCHES@\n", put_scenarios},
    {"@EXAMPLES@\n", put_examples},
};

enum { N_PARTS = sizeof(PARTS) / sizeof(PARTS[0]) };

enum cli_exit command_man(const struct cli *cli, FILE *out)
{
	struct catalogue catalogue = {0};
	struct error error = {0};
	char line[LINE_SIZE];

	(void)cli;
	if (catalogue_load(&catalogue, &error) < 0) {
		cli_complain(&error);
		return CLI_HARNESS;
	}
	while (fgets(line, sizeof(line), stdin)) {
		size_t part = 0;

		while (part < N_PARTS && strcmp(PARTS[part].line, line) != 0)
			part++;
		if (part < N_PARTS)
			PARTS[part].put(out, &catalogue);
		else
			(void)fputs(line, out);
	}
	catalogue_clear(&catalogue);
	return CLI_HELD;
}
