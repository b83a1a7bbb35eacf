/* daemonck completion: completions for bash, zsh and fish. The words come from the tables; only the frame around them
 * is written here. */
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "engine/profiles.h"
#include "engine/suggest.h"
#include "probes/probe.h"
#include "reports/report.h"

/* What an option's argument or a command's operand is. */
enum kind { KIND_NONE, KIND_FILE, KIND_DIRECTORY, KIND_USER, KIND_COMMAND, KIND_WORDS };

enum { N_SHELLS = 3 };

struct shell {
	const char *name;
	void (*put)(FILE *out);
};

static const struct shell SHELLS[N_SHELLS];

/* What stands at one place of the command line. */
struct place {
	enum kind kind;
	struct text words; /* KIND_WORDS: separated and followed by a space */
};

static bool is_command(const struct cli_command *command, enum cli_command_number number)
{
	return command == &CLI_COMMANDS[number];
}

static void add_profiles(struct text *words)
{
	for (const char *const *name = profiles_names(); *name; name++)
		text_printf(words, "%s ", *name);
}

static void add_commands(struct text *words)
{
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (CLI_COMMANDS[i].summary)
			text_printf(words, "%s ", CLI_COMMANDS[i].name);
	}
}

static void add_options(struct text *words, const struct cli_command *command)
{
	for (size_t i = 0; i < N_OPTIONS; i++) {
		if (cli_option_of(&CLI_OPTIONS[i], command))
			text_printf(words, "--%s ", CLI_OPTIONS[i].name);
	}
}

static void add_formats(struct text *words, const struct cli_command *command)
{
	if (is_command(command, COMMAND_NUMBER_LIST)) {
		text_puts(words, "text json ");
		return;
	}
	for (size_t i = 0; i < N_REPORT_FORMATS; i++)
		text_printf(words, "%s ", REPORT_FORMATS[i].name);
}

static struct place argument_of(const struct cli_option *option, const struct cli_command *command)
{
	struct place place = {0};

	if (strcmp(option->argument, "FILE") == 0)
		place.kind = KIND_FILE;
	else if (strcmp(option->argument, "DIRECTORY") == 0)
		place.kind = KIND_DIRECTORY;
	else if (strcmp(option->argument, "USER") == 0)
		place.kind = KIND_USER;
	else if (strcmp(option->argument, "PROFILE") == 0)
		add_profiles(&place.words);
	else if (strcmp(option->argument, "FORMAT") == 0)
		add_formats(&place.words, command);
	else if (strcmp(option->argument, "WHEN") == 0)
		text_puts(&place.words, "auto always never ");
	if (place.words.data)
		place.kind = KIND_WORDS;
	return place;
}

static struct place operand_of(const struct cli_command *command)
{
	struct place place = {0};

	if (is_command(command, COMMAND_NUMBER_JUDGE)) {
		place.kind = KIND_FILE;
	} else if (is_command(command, COMMAND_NUMBER_RUN)) {
		place.kind = KIND_COMMAND;
	} else if (is_command(command, COMMAND_NUMBER_EXPLAIN)) {
		add_profiles(&place.words);
		for (size_t i = 0; i < N_PROBES; i++)
			text_printf(&place.words, "%s ", PROBES[i]->id);
	} else if (is_command(command, COMMAND_NUMBER_COMPLETION)) {
		for (size_t i = 0; i < N_SHELLS; i++)
			text_printf(&place.words, "%s ", SHELLS[i].name);
	} else if (is_command(command, COMMAND_NUMBER_HELP)) {
		add_commands(&place.words);
	}
	if (place.words.data)
		place.kind = KIND_WORDS;
	return place;
}

/* Text within single quotes, the characters of ESCAPED after a backslash. */
static void put_quoted(FILE *out, const char *text, const char *quote, const char *escaped)
{
	for (; *text; text++) {
		if (*text == '\'')
			(void)fputs(quote, out);
		else
			(void)fprintf(out, "%s%c", strchr(escaped, *text) ? "\\" : "", *text);
	}
}

/* One row of the table in the bash script: what the place takes, and the compgen option that completes it. */
static void bash_row(FILE *out, struct place place)
{
	static const char *const HOW[] = {
	    [KIND_NONE] = "",   [KIND_FILE] = "-f",    [KIND_DIRECTORY] = "-d",
	    [KIND_USER] = "-u", [KIND_COMMAND] = "-c", [KIND_WORDS] = "-W \"$words\"",
	};

	(void)fprintf(out, "how='%s' words='%s' ;;\n", HOW[place.kind], place.words.data ? place.words.data : "");
	text_free(&place.words);
}

static struct place options_of(const struct cli_command *command)
{
	struct place place = {.kind = KIND_WORDS};

	if (!command)
		add_commands(&place.words);
	add_options(&place.words, command);
	return place;
}

static void bash_command(FILE *out, const struct cli_command *command)
{
	for (size_t i = 0; i < N_OPTIONS; i++) {
		const struct cli_option *option = &CLI_OPTIONS[i];

		if (!cli_option_of(option, command) || !option->argument)
			continue;
		(void)fprintf(out, "\t%s:--%s", command->name, option->name);
		if (option->letter)
			(void)fprintf(out, "|%s:-%c", command->name, option->letter);
		(void)fputs(") takes=1 ", out);
		bash_row(out, argument_of(option, command));
	}
	(void)fprintf(out, "\t%s:options) ", command->name);
	bash_row(out, options_of(command));
	(void)fprintf(out, "\t%s:operands) ", command->name);
	bash_row(out, operand_of(command));
}

static const char BASH_FRAME[] =
    "esac\n}\n\n"
    "_daemonck_offer()\n{\n"
    "\t[[ $how ]] && eval \"mapfile -t COMPREPLY < <(compgen $how -- \\\"\\$cur\\\")\"\n}\n\n"
    "_daemonck()\n{\n"
    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} takes words how word i\n"
    "\tCOMPREPLY=()\n"
    "\tif ((COMP_CWORD == 1)); then\n\t\t_daemonck_table commands\n\t\t_daemonck_offer\n\t\treturn\n\tfi\n"
    "\tfor ((i = 2; i < COMP_CWORD; i++)); do\n"
    "\t\tword=${COMP_WORDS[i]}\n"
    "\t\t_daemonck_table \"$command:$word\"\n"
    "\t\tif [[ $takes ]]; then\n"
    "\t\t\t[[ ${COMP_WORDS[i + 1]} == '=' ]] && ((i++))\n"
    "\t\t\tif ((i + 1 >= COMP_CWORD)); then\n"
    "\t\t\t\t[[ $cur == '=' ]] && cur=\n\t\t\t\t_daemonck_offer\n\t\t\t\treturn\n\t\t\tfi\n"
    "\t\t\t((i++))\n"
    "\t\telif [[ $command == run && $word != -* ]]; then\n"
    "\t\t\thow=-f\n\t\t\t_daemonck_offer\n\t\t\treturn\n"
    "\t\tfi\n\tdone\n"
    "\tif [[ $cur == -* ]]; then\n\t\t_daemonck_table \"$command:options\"\n"
    "\telse\n\t\t_daemonck_table \"$command:operands\"\n\tfi\n"
    "\t_daemonck_offer\n}\n"
    "complete -o filenames -F _daemonck daemonck\n";

static void put_bash(FILE *out)
{
	(void)fputs("# bash completion for daemonck\n\n"
	            "# What stands at a place: whether it takes an argument, and how compgen completes it.\n"
	            "_daemonck_table()\n{\ntakes='' words='' how=''\ncase $1 in\n\tcommands) ",
	            out);
	bash_row(out, options_of(NULL));
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (CLI_COMMANDS[i].summary)
			bash_command(out, &CLI_COMMANDS[i]);
	}
	(void)fputs(BASH_FRAME, out);
}

static void zsh_action(FILE *out, struct place place)
{
	static const char *const ACTION[] = {
	    [KIND_NONE] = " ",      [KIND_FILE] = "_files",     [KIND_DIRECTORY] = "_files -/",
	    [KIND_USER] = "_users", [KIND_COMMAND] = "_normal", [KIND_WORDS] = "",
	};

	(void)fputs(ACTION[place.kind], out);
	if (place.kind == KIND_WORDS)
		(void)fprintf(out, "(%s)", place.words.data ? place.words.data : "");
	text_free(&place.words);
}

static void zsh_option(FILE *out, const struct cli_option *option, const struct cli_command *command)
{
	for (int letter = 0; letter <= (option->letter != 0); letter++) {
		(void)fputs(" \\\n\t\t'", out);
		if (option == &CLI_OPTIONS[OPTION_ENV])
			(void)fputc('*', out);
		if (letter)
			(void)fprintf(out, "-%c%s[", option->letter, option->argument ? "+" : "");
		else
			(void)fprintf(out, "--%s%s[", option->name, option->argument ? "=" : "");
		put_quoted(out, option->help, "'\\''", "[]:");
		(void)fputc(']', out);
		if (option->argument) {
			(void)fprintf(out, ":%s:", option->argument);
			zsh_action(out, argument_of(option, command));
		}
		(void)fputc('\'', out);
	}
}

static void put_zsh(FILE *out)
{
	(void)fputs("#compdef daemonck\n\n_daemonck()\n{\n\tlocal -a commands=(", out);
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (!CLI_COMMANDS[i].summary)
			continue;
		(void)fprintf(out, "\n\t\t'%s:", CLI_COMMANDS[i].name);
		put_quoted(out, CLI_COMMANDS[i].summary, "'\\''", ":");
		(void)fputc('\'', out);
	}
	(void)fputs("\n\t)\n\tif ((CURRENT == 2)); then\n\t\t_describe -o command commands\n\t\treturn\n\tfi\n"
	            "\tlocal command=$words[2]\n\tshift words\n\t((CURRENT--))\n\tcase $command in\n",
	            out);
	for (size_t i = 0; i < N_COMMANDS; i++) {
		const struct cli_command *command = &CLI_COMMANDS[i];

		if (!command->summary)
			continue;
		(void)fprintf(out, "\t%s)\n\t\t_arguments -s -S", command->name);
		for (size_t j = 0; j < N_OPTIONS; j++) {
			if (cli_option_of(&CLI_OPTIONS[j], command))
				zsh_option(out, &CLI_OPTIONS[j], command);
		}
		(void)fprintf(out, " \\\n\t\t'%s:operand:", is_command(command, COMMAND_NUMBER_RUN) ? "*:" : "1");
		zsh_action(out, operand_of(command));
		(void)fputs("' ;;\n", out);
	}
	(void)fputs("\tesac\n}\n\nif [[ $funcstack[1] == _daemonck ]]; then\n\t_daemonck \"$@\"\nelse\n"
	            "\tcompdef _daemonck daemonck\nfi\n",
	            out);
}

/* Whether and how the place is completed: fish offers files unless told otherwise. */
static void fish_place(FILE *out, struct place place, bool takes)
{
	static const char *const HOW[] = {
	    [KIND_NONE] = "",
	    [KIND_FILE] = " -F",
	    [KIND_DIRECTORY] = " -a '(__fish_complete_directories)'",
	    [KIND_USER] = " -a '(__fish_complete_users)'",
	    [KIND_COMMAND] = " -a '(__fish_complete_subcommand --fcs-skip=2)'",
	    [KIND_WORDS] = "",
	};

	(void)fprintf(out, "%s%s", !takes ? "" : place.kind == KIND_FILE ? " -r" : " -x", HOW[place.kind]);
	if (place.kind == KIND_WORDS)
		(void)fprintf(out, " -a '%s'", place.words.data ? place.words.data : "");
	text_free(&place.words);
}

static void fish_command(FILE *out, const struct cli_command *command)
{
	for (size_t i = 0; i < N_OPTIONS; i++) {
		const struct cli_option *option = &CLI_OPTIONS[i];

		if (!cli_option_of(option, command))
			continue;
		(void)fprintf(out, "complete -c daemonck -n '__fish_seen_subcommand_from %s' -l %s", command->name,
		              option->name);
		if (option->letter)
			(void)fprintf(out, " -s %c", option->letter);
		if (option->argument)
			fish_place(out, argument_of(option, command), true);
		(void)fputs(" -d '", out);
		put_quoted(out, option->help, "\\'", "\\");
		(void)fputs("'\n", out);
	}
	(void)fprintf(out, "complete -c daemonck -n '__fish_seen_subcommand_from %s'", command->name);
	fish_place(out, operand_of(command), false);
	(void)fputc('\n', out);
}

static void put_fish(FILE *out)
{
	(void)fputs("# fish completion for daemonck\ncomplete -c daemonck -f\n", out);
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (!CLI_COMMANDS[i].summary)
			continue;
		(void)fprintf(out, "complete -c daemonck -n __fish_use_subcommand -a %s -d '", CLI_COMMANDS[i].name);
		put_quoted(out, CLI_COMMANDS[i].summary, "\\'", "\\");
		(void)fputs("'\n", out);
	}
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (CLI_COMMANDS[i].summary)
			fish_command(out, &CLI_COMMANDS[i]);
	}
}

static const struct shell SHELLS[N_SHELLS] = {{"bash", put_bash}, {"zsh", put_zsh}, {"fish", put_fish}};

enum cli_exit command_completion(const struct cli *cli, FILE *out)
{
	const char *names[N_SHELLS];
	char near[SUGGEST_TEXT_MAX], shown[40];

	if (cli->n_operands != 1)
		return cli_usage("'completion' takes the name of a shell: bash, zsh or fish");
	for (size_t i = 0; i < N_SHELLS; i++) {
		names[i] = SHELLS[i].name;
		if (strcmp(cli->operands[0], names[i]) != 0)
			continue;
		SHELLS[i].put(out);
		return CLI_HELD;
	}
	return cli_usage("there are no completions for '%s'%s",
	                 text_escape_into(shown, sizeof(shown), cli->operands[0]),
	                 suggest_phrase(near, cli->operands[0], names, N_SHELLS));
}
