/* Where the result goes, and how text is laid out. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/text.h"
#include "cli/cli.h"

enum { WIDTH_DEFAULT = 80 };

static bool to_terminal(const struct cli *cli)
{
	return (!cli->output || strcmp(cli->output, "-") == 0) && isatty(STDOUT_FILENO);
}

bool cli_colour(const struct cli *cli)
{
	const char *refused = getenv("NO_COLOR"), *terminal = getenv("TERM");

	if (cli->color_always || cli->color_never)
		return cli->color_always;
	if (refused && refused[0])
		return false;
	return terminal && terminal[0] && strcmp(terminal, "dumb") != 0 && to_terminal(cli);
}

int cli_width(const struct cli *cli)
{
	struct winsize size;

	if (!to_terminal(cli))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return WIDTH_DEFAULT;
	return size.ws_col;
}

/* Where the reader has gone there is nobody to tell: that is no failure, and the verdict stays. */
static int write_standard_output(const char *content, size_t size, struct error *error)
{
	int r;

	(void)signal(SIGPIPE, SIG_IGN);
	r = io_write_all(STDOUT_FILENO, content, size);
	if (r == -EPIPE)
		return 0;
	return r < 0 ? error_errno(error, r, "cannot write to standard output") : 0;
}

/* A terminal, a pipe or /dev/null is written to, not replaced. */
static int write_special(const char *path, const char *shown, const char *content, size_t size, struct error *error)
{
	CLEANUP_CLOSE int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	int r = fd < 0 ? -errno : io_write_all(fd, content, size);

	return r < 0 ? error_errno(error, r, "cannot write %s", shown) : 0;
}

int cli_write(const char *path, const char *content, size_t size, struct error *error)
{
	CLEANUP_FREE char *real = NULL;
	struct stat file;
	char shown[160];

	if (!path || strcmp(path, "-") == 0)
		return write_standard_output(content, size, error);
	(void)text_escape_into(shown, sizeof(shown), path);
	if (stat(path, &file) == 0) {
		if (S_ISDIR(file.st_mode))
			return error_errno(error, -EISDIR, "cannot write %s", shown);
		if (!S_ISREG(file.st_mode))
			return write_special(path, shown, content, size, error);
		/* What a symbolic link points to is replaced, not the link. */
		real = realpath(path, NULL);
	}
	return io_replace_file(real ? real : path, content, size, error);
}

void cli_put(FILE *out, const char *text, bool lines)
{
	struct text escaped = {0};

	while (*text) {
		size_t length = lines ? strcspn(text, "\n") : strlen(text);

		text_escape(&escaped, text, length);
		text += length;
		if (*text) {
			text_puts(&escaped, "\n");
			text++;
		}
	}
	(void)fputs(escaped.data ? escaped.data : "", out);
	text_free(&escaped);
}

/* Columns of a UTF-8 text without wide characters, which none of ours has. */
static int columns(const char *text, size_t length)
{
	int count = 0;

	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

void cli_wrap(FILE *out, const char *text, int indent, int width)
{
	int column = indent;
	bool first = true;

	while (*text) {
		size_t spaces = strspn(text, " \n"), length;

		text += spaces;
		length = strcspn(text, " \n");
		if (!length)
			break;
		if (!first && column + 1 + columns(text, length) > width) {
			(void)fprintf(out, "\n%*s", indent, "");
			column = indent;
		} else if (!first) {
			(void)fputc(' ', out);
			column++;
		}
		(void)fwrite(text, 1, length, out);
		column += columns(text, length);
		text += length;
		first = false;
	}
	(void)fputc('\n', out);
}
