/* Finding and executing a command. */
#include "terminal/execute.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"

enum { ARGUMENTS_MAX = 4096 };

static const char *path_variable(char *const *environment)
{
	for (; *environment; environment++) {
		if (strncmp(*environment, "PATH=", 5) == 0)
			return *environment + 5;
	}
	return "/usr/sbin:/usr/bin:/sbin:/bin";
}

/* A text file without #! is run by sh, as a shell does. */
static int execute_script(const char *path, char *const *argv, char *const *environment)
{
	char sh[] = "sh";
	char *arguments[ARGUMENTS_MAX + 2] = {sh, (char *)path};
	size_t i;

	for (i = 1; argv[i] && i < ARGUMENTS_MAX; i++)
		arguments[i + 1] = argv[i];
	arguments[i + 1] = NULL;
	(void)execve("/bin/sh", arguments, environment);
	return -errno;
}

/* A program for another machine is no script: shells tell by a NUL at its beginning. */
static bool is_binary(const char *path)
{
	char beginning[80];
	ssize_t length = io_read_at(AT_FDCWD, path, beginning, sizeof(beginning), NULL);

	return length > 0 && memchr(beginning, '\0', (size_t)length);
}

static int execute_path(const char *path, char *const *argv, char *const *environment)
{
	(void)execve(path, argv, environment);
	if (errno != ENOEXEC)
		return -errno;
	return is_binary(path) ? -ENOEXEC : execute_script(path, argv, environment);
}

int execute(char *const *argv, char *const *environment)
{
	const char *name = argv[0], *rest;
	bool denied = false;

	if (*name == '\0')
		return -ENOENT;
	if (strchr(name, '/'))
		return execute_path(name, argv, environment);
	for (rest = path_variable(environment); rest; rest = strchr(rest, ':') ? strchr(rest, ':') + 1 : NULL) {
		char path[PATH_MAX];
		int length = (int)strcspn(rest, ":"), status;

		if (snprintf(path, sizeof(path), "%.*s/%s", length ? length : 1, length ? rest : ".", name) >= PATH_MAX)
			continue;
		status = execute_path(path, argv, environment);
		if (status == -EACCES)
			denied = true;
		else if (status != -ENOENT && status != -ENOTDIR)
			return status;
	}
	return denied ? -EACCES : -ENOENT;
}
