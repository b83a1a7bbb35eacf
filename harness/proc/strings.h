/* Lists of strings: /proc/PID/cmdline and /proc/PID/environ, which separate them by NUL bytes (proc(5)). */
#ifndef PROC_STRINGS_H
#define PROC_STRINGS_H

#include <stdbool.h>
#include <stddef.h>

/* Splits TEXT after each NUL into at most MAXIMUM strings; a rest without a NUL is a string too (a process may
 * overwrite these areas), and empty strings count. *ret_cut, where given, tells that MAXIMUM was reached before the
 * end. The list is NULL-ended; list and strings each come from malloc and are freed one by one, with proc_strings_free.
 * No text gives a list without strings. Returns 0 or -ENOMEM, with nothing given back then. */
int proc_parse_strings(const char *text, size_t length, size_t maximum, char ***ret_strings, bool *ret_cut);

/* Frees each string and the list; NULL is no list. */
void proc_strings_free(char **strings);

/* A list that grows. Zero-initialise it; `items` is NULL-ended once something was added. */
struct proc_strings {
	char **items;
	size_t count, room;
};

/* Adds a copy of LENGTH bytes as a string. Returns 0 or -ENOMEM, with the list as it was. */
int proc_strings_add(struct proc_strings *list, const char *bytes, size_t length);

/* Gives the list away, an empty one where nothing was added. Returns 0 or -ENOMEM. */
int proc_strings_take(struct proc_strings *list, char ***ret_strings);

static inline void cleanup_proc_strings(struct proc_strings *list)
{
	proc_strings_free(list->items);
}
#define CLEANUP_PROC_STRINGS __attribute__((cleanup(cleanup_proc_strings)))

#endif
