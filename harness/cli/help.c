/* Help and version, from the tables. */
#include <string.h>

#include "cli/cli.h"
#include "probes/probe.h"
#include "reports/report.h"

enum { HELP_WIDTH = 80, HELP_WIDTH_MIN = 40, HELP_WIDTH_MAX = 100, NAME_INDENT = 2, TEXT_INDENT = 30, ROOM = 64 };

static int help_width(const struct cli *cli)
{
	int width = cli_width(cli);

	if (!width)
		return HELP_WIDTH;
	return width < HELP_WIDTH_MIN ? HELP_WIDTH_MIN : width > HELP_WIDTH_MAX ? HELP_WIDTH_MAX : width;
}

/* A name and its text beside it, or below it where the name is long. */
static void put_entry(FILE *out, const char *name, const char *text, int text_indent, int width)
{
	int length = (int)strlen(name);

	(void)fprintf(out, "%*s%s", NAME_INDENT, "", name);
	if (NAME_INDENT + length + 2 > text_indent)
		(void)fprintf(out, "\n%*s", text_indent, "");
	else
		(void)fprintf(out, "%*s", text_indent - NAME_INDENT - length, "");
	cli_wrap(out, text, text_indent, width);
}

static void put_options(FILE *out, const struct cli_command *command, int width)
{
	for (size_t i = 0; i < N_OPTIONS; i++) {
		const struct cli_option *option = &CLI_OPTIONS[i];
		char name[ROOM], letter[] = "-?, ";

		if (!cli_option_of(option, command))
			continue;
		letter[1] = option->letter;
		(void)snprintf(name, sizeof(name), "%s--%s%s%s", option->letter ? letter : "    ", option->name,
		               option->argument ? " " : "", option->argument ? option->argument : "");
		put_entry(out, name, option->help, TEXT_INDENT, width);
	}
}

static void put_formats(FILE *out, int width)
{
	(void)fputs("\nFormats:\n", out);
	for (size_t i = 0; i < N_REPORT_FORMATS; i++)
		put_entry(out, REPORT_FORMATS[i].name, REPORT_FORMATS[i].description, TEXT_INDENT, width);
}

static void put_examples(FILE *out, const struct cli_command *command)
{
	bool any = false;

	for (size_t i = 0; i < N_EXAMPLES; i++) {
		if (command != &CLI_COMMANDS[CLI_EXAMPLES[i].command])
			continue;
		(void)fprintf(out, "%s  %s\n", any ? "" : "\nExamples:\n", CLI_EXAMPLES[i].line);
		any = true;
	}
}

static void put_general(FILE *out, int width)
{
	(void)fputs("Usage: daemonck COMMAND [OPTION]... [OPERAND]...\n\n"
	            "Tells whether a program is a well-behaved daemon: starts it in a sandbox as a\n"
	            "person at a terminal would, watches it detach, and judges what it saw.\n\nCommands:\n",
	            out);
	for (size_t i = 0; i < N_COMMANDS; i++) {
		char name[ROOM];

		if (!CLI_COMMANDS[i].summary)
			continue;
		(void)snprintf(name, sizeof(name), "%s %s", CLI_COMMANDS[i].name, CLI_COMMANDS[i].operands);
		put_entry(out, name, CLI_COMMANDS[i].summary, TEXT_INDENT + 4, width);
	}
	(void)fputs("\nOptions:\n", out);
	put_options(out, NULL, width);
	(void)fputs("\nExit status:\n"
	            "  0  all that the profile requires holds\n"
	            "  1  some of it does not\n"
	            "  2  wrong usage, or a bad input file\n"
	            "  3  daemonck could not do its work\n\n"
	            "'daemonck COMMAND --help' shows the options of a command.\n",
	            out);
}

static void put_command(FILE *out, const struct cli_command *command, int width)
{
	const struct cli_option *format = &CLI_OPTIONS[OPTION_FORMAT];

	(void)fprintf(out, "Usage: daemonck %s [OPTION]...%s%s\n\n%c", command->name, command->operands[0] ? " " : "",
	              command->operands, command->summary[0] - 'a' + 'A');
	cli_wrap(out, command->summary + 1, 0, width);
	(void)fputs("\nOptions:\n", out);
	put_options(out, command, width);
	if (command == &CLI_COMMANDS[COMMAND_NUMBER_LIST])
		(void)fputs("\nFormats: text, json\n", out);
	else if (cli_option_of(format, command))
		put_formats(out, width);
	put_examples(out, command);
}

enum cli_exit command_help(const struct cli *cli, FILE *out)
{
	const struct cli_command *command = cli->command;
	struct error error = {0};

	if (!cli->help) {
		if (cli->n_operands > 1)
			return cli_usage("'help' takes one command");
		command = cli->n_operands ? cli_find_command(cli->operands[0], &error) : NULL;
	}
	if (error.status) {
		cli_complain(&error);
		return CLI_USAGE;
	}
	if (command && command->summary)
		put_command(out, command, help_width(cli));
	else
		put_general(out, help_width(cli));
	return CLI_HELD;
}

enum cli_exit command_version(const struct cli *cli, FILE *out)
{
	if (cli->n_operands)
		return cli_usage("'version' takes no operands");
	(void)fprintf(out, "daemonck %s, %zu requirements\n", DAEMONCK_VERSION, N_PROBES);
	return CLI_HELD;
}
