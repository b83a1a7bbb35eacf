/* The command line: what all commands share. A command writes its result into a stream in memory and returns the exit
 * status; main.c puts the result where it belongs, so that a result is whole or not there. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "engine/engine.h"
#include "probes/profile.h"

enum cli_exit {
	CLI_HELD = 0,    /* all that the profile requires holds */
	CLI_FAILED = 1,  /* some of it does not */
	CLI_USAGE = 2,   /* wrong usage, or a bad input file */
	CLI_HARNESS = 3, /* the harness could not do its work */
};

enum cli_command_number {
#define COMMAND(name, function, operands, summary) COMMAND_NUMBER_##name,
#include "cli/commands.def"
#undef COMMAND
	N_COMMANDS,
};

enum cli_option_number {
#define OPTION(name, ...) OPTION_##name,
#include "cli/options.def"
#undef OPTION
	N_OPTIONS,
};

enum { CLI_GLOBAL = 1 << N_COMMANDS, CLI_ALL = CLI_GLOBAL - 1 };

struct cli_option {
	const char *name;
	char letter;          /* 0: none */
	const char *argument; /* NULL: takes none */
	unsigned int commands;
	const char *help;
};

struct cli {
	const struct cli_command *command; /* NULL: before the command */
	char **operands;                   /* NULL-ended */
	size_t n_operands;

	const char *file, *profile, *pidfile, *user, *directory, *root, *format, *output, *save_evidence;
	char **environment; /* NULL-ended, or NULL */
	size_t n_environment;
	int64_t timeout_us, settle_us;
	unsigned int jobs; /* 0: not given */
	bool settle_given, privileged, quick, thorough, profiles, verbose, help, version;
	bool color_always, color_never;
};

struct cli_command {
	const char *name;
	enum cli_exit (*run)(const struct cli *cli, FILE *out);
	const char *operands;
	const char *summary; /* NULL: hidden */
};

struct cli_example {
	enum cli_command_number command;
	const char *line;
};

enum { CLI_JOBS_MAX = 256 };

extern const struct cli_option CLI_OPTIONS[N_OPTIONS];
extern const struct cli_command CLI_COMMANDS[N_COMMANDS];
extern const struct cli_example CLI_EXAMPLES[];
extern const size_t N_EXAMPLES;

/* Whether the option belongs to the command (NULL: to daemonck itself). */
bool cli_option_of(const struct cli_option *option, const struct cli_command *command);

/* Reads the options that stand before the command, or the command's own, and the operands. Errors are -EINVAL or
 * -ENOMEM. */
int cli_parse(struct cli *cli, int argc, char **argv, struct error *error);
void cli_clear(struct cli *cli);

/* The command with that name, or NULL and an error with a suggestion. */
const struct cli_command *cli_find_command(const char *name, struct error *error);

/* "daemonck: …" on standard error. */
void cli_complain(const struct error *error);
/* The same for wrong usage; returns CLI_USAGE. */
enum cli_exit cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Whether the result goes to a terminal and wants colours, and how wide it is (0: no terminal). */
bool cli_colour(const struct cli *cli);
int cli_width(const struct cli *cli);

/* Puts content into a file at one stroke, or where PATH is "-" or NULL on standard output. */
int cli_write(const char *path, const char *content, size_t size, struct error *error);

/* Prints TEXT in lines of at most WIDTH columns, each after INDENT spaces; the first line is taken to have begun. */
void cli_wrap(FILE *out, const char *text, int indent, int width);

/* Prints text from outside, escaped; line feeds stay where LINES is set. */
void cli_put(FILE *out, const char *text, bool lines);

/* Checks --format and the profile, where one is given, before anything is started. */
int cli_check_format(const struct cli *cli, struct error *error);
int cli_check_profile(const char *name, struct error *error);
/* Reports a result and returns the exit status that its findings ask for. */
enum cli_exit cli_tell(const struct cli *cli, const struct engine_result *result, FILE *out);

#define COMMAND(name, function, operands, summary) enum cli_exit command_##function(const struct cli *cli, FILE *out);
#include "cli/commands.def"
#undef COMMAND

#endif
