/* daemonck: tells whether a program is a well-behaved daemon. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>

#include "cli/cli.h"

enum { TIMEOUT_US = 30 * 1000000, SETTLE_US = 500 * 1000 };

void cli_complain(const struct error *error)
{
	(void)fprintf(stderr, "daemonck: %s\n", error->text);
}

enum cli_exit cli_usage(const char *format, ...)
{
	char text[ERROR_TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	(void)fprintf(stderr, "daemonck: %s\n", text);
	return CLI_USAGE;
}

/* A file that is opened later must not land on 0, 1 or 2 where the caller closed them; opened the wrong way round, a
 * use of them still fails. */
static void occupy_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)open("/dev/null", (fd == 0 ? O_WRONLY : O_RDONLY) | O_NOCTTY);
	}
}

/* Runs the command with its result going to memory, then puts the result where it belongs. */
static enum cli_exit perform(const struct cli *cli)
{
	struct error error = {0};
	char *content = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&content, &size);
	enum cli_exit status;

	if (!out) {
		(void)error_set(&error, -ENOMEM, "out of memory");
		cli_complain(&error);
		return CLI_HARNESS;
	}
	status = cli->help ? command_help(cli, out) : cli->command->run(cli, out);
	if (ferror(out) || fclose(out) != 0) {
		(void)error_set(&error, -ENOMEM, "out of memory");
		size = 0;
	} else if (size > 0) {
		(void)cli_write(cli->output, content, size, &error);
	}
	free(content);
	if (!error.status)
		return status;
	cli_complain(&error);
	return CLI_HARNESS;
}

/* Finds the command and reads its options. */
static int prepare(struct cli *cli, int argc, char **argv, struct error *error)
{
	char **rest;
	int r = cli_parse(cli, argc, argv, error);

	if (r < 0)
		return r;
	if (cli->help || cli->version) {
		cli->command = &CLI_COMMANDS[cli->help ? COMMAND_NUMBER_HELP : COMMAND_NUMBER_VERSION];
		cli->help = false;
		cli->n_operands = 0;
		return 0;
	}
	if (!cli->n_operands)
		return error_set(error, -EINVAL, "no command given; try 'daemonck --help'");
	rest = cli->operands;
	cli->command = cli_find_command(rest[0], error);
	return cli->command ? cli_parse(cli, argc - (int)(rest - argv), rest, error) : -EINVAL;
}

int main(int argc, char **argv)
{
	struct cli cli = {.timeout_us = TIMEOUT_US, .settle_us = SETTLE_US};
	struct error error = {0};
	enum cli_exit status;
	int r;

	occupy_standard_descriptors();
	(void)setlocale(LC_CTYPE, "");
	r = prepare(&cli, argc, argv, &error);
	if (r < 0) {
		cli_complain(&error);
		status = r == -EINVAL ? CLI_USAGE : CLI_HARNESS;
	} else {
		status = perform(&cli);
	}
	cli_clear(&cli);
	return (int)status;
}
