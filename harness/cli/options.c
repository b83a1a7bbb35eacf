/* Options and operands, by the tables options.def and commands.def. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "engine/suggest.h"
#include "engine/words.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The sets of commands, as options.def writes them. */
enum {
#define COMMAND(name, function, operands, summary) name = 1 << COMMAND_NUMBER_##name,
#include "cli/commands.def"
#undef COMMAND
	GLOBAL = CLI_GLOBAL,
	ALL = CLI_ALL,
};

const struct cli_option CLI_OPTIONS[N_OPTIONS] = {
#define OPTION(name, long_name, letter, argument, commands, help) {long_name, letter, argument, commands, help},
#include "cli/options.def"
#undef OPTION
};

const struct cli_command CLI_COMMANDS[N_COMMANDS] = {
#define COMMAND(name, function, operands, summary) {#function, command_##function, operands, summary},
#include "cli/commands.def"
#undef COMMAND
};

const struct cli_example CLI_EXAMPLES[] = {
#define EXAMPLE(command, line) {COMMAND_NUMBER_##command, line},
#include "cli/examples.def"
#undef EXAMPLE
};
const size_t N_EXAMPLES = COUNT(CLI_EXAMPLES);

/* getopt gives these for long options, so that a letter and a number are told apart. */
enum { LONG_BASE = 256, ENVIRONMENT_MAX = 4096 };

struct parser {
	struct option longs[N_OPTIONS + 1];
	char letters[3 * N_OPTIONS + 3];
};

bool cli_option_of(const struct cli_option *option, const struct cli_command *command)
{
	return option->commands & (command ? 1U << (command - CLI_COMMANDS) : CLI_GLOBAL);
}

const struct cli_command *cli_find_command(const char *name, struct error *error)
{
	const char *names[N_COMMANDS];
	char near[SUGGEST_TEXT_MAX], shown[80];
	size_t count = 0;

	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (strcmp(CLI_COMMANDS[i].name, name) == 0)
			return &CLI_COMMANDS[i];
		if (CLI_COMMANDS[i].summary)
			names[count++] = CLI_COMMANDS[i].name;
	}
	(void)error_set(error, -EINVAL, "no command is called '%s'%s", text_escape_into(shown, sizeof(shown), name),
	                suggest_phrase(near, name, names, count));
	return NULL;
}

static void parser_fill(struct parser *parser, const struct cli_command *command)
{
	size_t n_longs = 0, n_letters = 0;

	*parser = (struct parser){0};
	/* What follows the candidate's name is the candidate's, and what follows the command's is the command's. */
	if (!command || command == &CLI_COMMANDS[COMMAND_NUMBER_RUN])
		parser->letters[n_letters++] = '+';
	parser->letters[n_letters++] = ':';
	for (int i = 0; i < N_OPTIONS; i++) {
		const struct cli_option *option = &CLI_OPTIONS[i];

		if (!cli_option_of(option, command))
			continue;
		parser->longs[n_longs++] = (struct option){
		    option->name,
		    option->argument ? required_argument : no_argument,
		    NULL,
		    LONG_BASE + i,
		};
		if (!option->letter)
			continue;
		parser->letters[n_letters++] = option->letter;
		if (option->argument)
			parser->letters[n_letters++] = ':';
	}
}

static int option_number(int code, const struct cli_command *command)
{
	if (code >= LONG_BASE)
		return code - LONG_BASE;
	for (int i = 0; i < N_OPTIONS; i++) {
		if (CLI_OPTIONS[i].letter == code && cli_option_of(&CLI_OPTIONS[i], command))
			return i;
	}
	return -1;
}

static int refuse(const struct cli_command *command, const char *given, struct error *error)
{
	const char *names[N_OPTIONS];
	char word[64], shown[80], near[SUGGEST_TEXT_MAX];
	size_t count = 0, length;

	(void)text_escape_into(shown, sizeof(shown), given);
	if (strncmp(given, "--", 2) != 0)
		return error_set(error, -EINVAL, "unknown option '%s'", shown);
	length = strcspn(given + 2, "=");
	if (length >= sizeof(word))
		return error_set(error, -EINVAL, "unknown option '%s'", shown);
	memcpy(word, given + 2, length);
	word[length] = '\0';
	for (size_t i = 0; i < N_OPTIONS; i++) {
		const struct cli_option *option = &CLI_OPTIONS[i];

		if (!cli_option_of(option, command)) {
			if (strcmp(option->name, word) == 0)
				return error_set(error, -EINVAL, "'%s' takes no option --%s",
				                 command ? command->name : "daemonck", word);
			continue;
		}
		names[count++] = option->name;
		if (strcmp(option->name, word) == 0)
			return error_set(error, -EINVAL, "the option --%s takes no argument", word);
	}
	if (suggest_nearest(word, names, count))
		(void)snprintf(near, sizeof(near), "; did you mean '--%s'?", suggest_nearest(word, names, count));
	else
		near[0] = '\0';
	return error_set(error, -EINVAL, "unknown or ambiguous option '%s'%s", shown, near);
}

static int set_time(const char *option, const char *argument, bool zero_ok, int64_t *ret_us, struct error *error)
{
	int64_t us;
	char shown[40];

	if (!words_parse_time(argument, &us) || us > WORDS_DAY_US || (us == 0 && !zero_ok))
		return error_set(error, -EINVAL,
		                 "--%s: expected a time such as 0.5, 500ms, 3s or 1min, up to a day, found '%s'",
		                 option, text_escape_into(shown, sizeof(shown), argument));
	*ret_us = us;
	return 0;
}

static int set_jobs(struct cli *cli, const char *argument, struct error *error)
{
	uint64_t jobs;
	char shown[40];

	if (!text_parse_number(argument, 10, CLI_JOBS_MAX, &jobs) || jobs == 0)
		return error_set(error, -EINVAL, "--jobs: expected a number from 1 to %d, found '%s'", CLI_JOBS_MAX,
		                 text_escape_into(shown, sizeof(shown), argument));
	cli->jobs = (unsigned int)jobs;
	return 0;
}

static int add_environment(struct cli *cli, char *assignment, struct error *error)
{
	char **grown;
	char shown[80];

	if (!strchr(assignment, '=') || assignment[0] == '=')
		return error_set(error, -EINVAL, "--env: expected NAME=VALUE, found '%s'",
		                 text_escape_into(shown, sizeof(shown), assignment));
	if (cli->n_environment == ENVIRONMENT_MAX)
		return error_set(error, -EINVAL, "--env: more than %d variables", ENVIRONMENT_MAX);
	grown = reallocarray(cli->environment, cli->n_environment + 2, sizeof(*grown));
	if (!grown)
		return error_set(error, -ENOMEM, "out of memory");
	cli->environment = grown;
	grown[cli->n_environment++] = assignment;
	grown[cli->n_environment] = NULL;
	return 0;
}

static int set_color(struct cli *cli, const char *when, struct error *error)
{
	static const char *const WHEN[] = {"auto", "always", "never"};
	char near[SUGGEST_TEXT_MAX], shown[40];

	cli->color_always = strcmp(when, "always") == 0;
	cli->color_never = strcmp(when, "never") == 0;
	if (cli->color_always || cli->color_never || strcmp(when, "auto") == 0)
		return 0;
	return error_set(error, -EINVAL, "--color: expected auto, always or never, found '%s'%s",
	                 text_escape_into(shown, sizeof(shown), when), suggest_phrase(near, when, WHEN, COUNT(WHEN)));
}

static int set(struct cli *cli, enum cli_option_number number, char *argument, struct error *error)
{
	const char **strings[N_OPTIONS] = {
	    [OPTION_FILE] = &cli->file,     [OPTION_PROFILE] = &cli->profile, [OPTION_PIDFILE] = &cli->pidfile,
	    [OPTION_USER] = &cli->user,     [OPTION_CHDIR] = &cli->directory, [OPTION_ROOT] = &cli->root,
	    [OPTION_FORMAT] = &cli->format, [OPTION_OUTPUT] = &cli->output,   [OPTION_SAVE] = &cli->save_evidence,
	};
	bool *flags[N_OPTIONS] = {
	    [OPTION_PRIVILEGED] = &cli->privileged, [OPTION_QUICK] = &cli->quick,
	    [OPTION_THOROUGH] = &cli->thorough,     [OPTION_PROFILES] = &cli->profiles,
	    [OPTION_VERBOSE] = &cli->verbose,       [OPTION_HELP] = &cli->help,
	    [OPTION_VERSION] = &cli->version,
	};

	if (flags[number]) {
		*flags[number] = true;
		return 0;
	}
	if (strings[number]) {
		if (!argument[0])
			return error_set(error, -EINVAL, "--%s: the argument is empty", CLI_OPTIONS[number].name);
		*strings[number] = argument;
		return 0;
	}
	if (number == OPTION_ENV)
		return add_environment(cli, argument, error);
	if (number == OPTION_JOBS)
		return set_jobs(cli, argument, error);
	if (number == OPTION_COLOR)
		return set_color(cli, argument, error);
	if (number == OPTION_TIMEOUT)
		return set_time(CLI_OPTIONS[number].name, argument, false, &cli->timeout_us, error);
	cli->settle_given = true;
	return set_time(CLI_OPTIONS[number].name, argument, true, &cli->settle_us, error);
}

/* What getopt choked on, as it was given. */
static int refuse_current(const struct cli *cli, char **argv, struct error *error)
{
	char letter[] = "-?";
	int number;

	if (optopt == 0)
		return refuse(cli->command, argv[optind - 1], error);
	number = option_number(optopt, cli->command);
	if (number >= 0 && optopt >= LONG_BASE)
		return error_set(error, -EINVAL, "the option --%s takes no argument", CLI_OPTIONS[number].name);
	letter[1] = (char)optopt;
	return refuse(cli->command, letter, error);
}

int cli_parse(struct cli *cli, int argc, char **argv, struct error *error)
{
	struct parser parser;
	int code, r = 0;

	parser_fill(&parser, cli->command);
	optind = 0;
	opterr = 0;
	while (r == 0 && (code = getopt_long(argc, argv, parser.letters, parser.longs, NULL)) != -1) {
		if (code == '?')
			return refuse_current(cli, argv, error);
		if (code == ':')
			return error_set(error, -EINVAL, "the option --%s needs an argument",
			                 CLI_OPTIONS[option_number(optopt, cli->command)].name);
		r = set(cli, (enum cli_option_number)option_number(code, cli->command), optarg, error);
	}
	cli->operands = argv + optind;
	cli->n_operands = (size_t)(argc - optind);
	return r;
}

void cli_clear(struct cli *cli)
{
	free(cli->environment);
	cli->environment = NULL;
}
