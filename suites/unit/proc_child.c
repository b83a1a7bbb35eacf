/* A program for the tests of reading environments: does to its environment what argv[1] says, tells on standard output
 * what it has then, each variable with its NUL, closes that, and lives until its standard input ends. Built in several
 * ways (position-independent or not, static or not), since that decides where `environ` lies. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern char **environ;

static void set_many(void)
{
	char name[32];

	for (int i = 0; i < 600; i++) {
		(void)snprintf(name, sizeof(name), "MANY_%d", i);
		(void)setenv(name, i % 7 ? "a value" : "", 1);
	}
}

/* As programs do that overwrite the area of their arguments with a title. */
static void move_away(void)
{
	size_t count = 0;
	char **moved;

	while (environ[count])
		count++;
	moved = calloc(count + 1, sizeof(*moved));
	for (size_t i = 0; i < count; i++)
		moved[i] = strdup(environ[i]);
	for (size_t i = 0; i < count; i++)
		memset(environ[i], 'x', strlen(environ[i]));
	environ = moved;
}

static void set_long(void)
{
	size_t size = 200000;
	char *value = malloc(size + 1);

	memset(value, 'v', size);
	value[size] = '\0';
	(void)setenv("LONG", value, 1);
	free(value);
}

/* A table that ends at the end of its mapping, without a NULL. */
static char **unended(size_t pages)
{
	size_t size = pages * (size_t)sysconf(_SC_PAGESIZE);
	char *area = mmap(NULL, size * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char **table = (char **)area;
	static char variable[] = "A=B";

	(void)munmap(area + size, size);
	for (size_t i = 0; i < size / sizeof(*table); i++)
		table[i] = variable;
	return table;
}

/* At no object of ours. */
static void point_to(uintptr_t address)
{
	memcpy(&environ, &address, sizeof(address));
}

static void change(const char *how)
{
	static char *broken[] = {(char *)8, NULL};

	if (strcmp(how, "clear") == 0)
		(void)clearenv();
	else if (strcmp(how, "null") == 0)
		environ = NULL;
	else if (strcmp(how, "empty") == 0)
		environ = calloc(1, sizeof(*environ));
	else if (strcmp(how, "set") == 0)
		set_many();
	else if (strcmp(how, "unset") == 0)
		(void)unsetenv("LD_LIBRARY_PATH");
	else if (strcmp(how, "move") == 0)
		move_away();
	else if (strcmp(how, "long") == 0)
		set_long();
	else if (strcmp(how, "broken-table") == 0)
		point_to(16);
	else if (strcmp(how, "kernel-table") == 0)
		point_to(UINTPTR_MAX - 15);
	else if (strcmp(how, "broken-string") == 0)
		environ = broken;
	else if (strcmp(how, "unended") == 0)
		environ = unended(1);
	else if (strcmp(how, "too-many") == 0)
		environ = unended(16);
}

static void tell(void)
{
	for (char **variable = environ; variable && *variable; variable++)
		(void)fwrite(*variable, strlen(*variable) + 1, 1, stdout);
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	char byte;

	change(how);
	if (!strstr(how, "broken") && !strstr(how, "kernel") && !strstr(how, "unended") && !strstr(how, "too-many"))
		tell();
	(void)fclose(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}
