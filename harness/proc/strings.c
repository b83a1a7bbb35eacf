/* NULL-ended lists of strings, each from malloc. */
#include "proc/strings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum { FIRST_ROOM = 8 };

void proc_strings_free(char **strings)
{
	if (!strings)
		return;
	for (char **string = strings; *string; string++)
		free(*string);
	free(strings);
}

/* Room for COUNT strings and the NULL. */
static int make_room(struct proc_strings *list, size_t count)
{
	size_t room = list->room ? list->room * 2 : FIRST_ROOM;
	char **items;

	if (count < list->room)
		return 0;
	items = reallocarray(list->items, room, sizeof(*items));
	if (!items)
		return -ENOMEM;
	list->items = items;
	list->room = room;
	items[list->count] = NULL;
	return 0;
}

int proc_strings_add(struct proc_strings *list, const char *bytes, size_t length)
{
	char *string;

	if (make_room(list, list->count + 1) < 0)
		return -ENOMEM;
	string = malloc(length + 1);
	if (!string)
		return -ENOMEM;
	memcpy(string, bytes, length);
	string[length] = '\0';
	list->items[list->count++] = string;
	list->items[list->count] = NULL;
	return 0;
}

int proc_strings_take(struct proc_strings *list, char ***ret_strings)
{
	if (make_room(list, list->count) < 0)
		return -ENOMEM;
	*ret_strings = TAKE_PTR(list->items);
	*list = (struct proc_strings){0};
	return 0;
}

int proc_parse_strings(const char *text, size_t length, size_t maximum, char ***ret_strings, bool *ret_cut)
{
	CLEANUP_PROC_STRINGS struct proc_strings list = {0};
	const char *at = text, *end = length ? text + length : text;

	while (at != end && list.count < maximum) {
		const char *nul = memchr(at, '\0', (size_t)(end - at));
		int status = proc_strings_add(&list, at, (size_t)((nul ? nul : end) - at));

		if (status < 0)
			return status;
		at = nul ? nul + 1 : end;
	}
	if (proc_strings_take(&list, ret_strings) < 0)
		return -ENOMEM;
	if (ret_cut)
		*ret_cut = at != end;
	return 0;
}
