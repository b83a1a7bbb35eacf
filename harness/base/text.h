/* Text from outside: bounded, and escaped for where it goes. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A growing string. Zero-initialise it; free with text_free. After a failed allocation it stays as it was and `failed`
 * is set: check that once at the end. Always NUL-ended while `data` is not NULL. */
struct text {
	char *data;
	size_t length, room;
	bool failed;
};

void text_free(struct text *text);
void text_add(struct text *text, const char *bytes, size_t length);
void text_puts(struct text *text, const char *string);
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The content as a string from malloc that the caller owns ("" when nothing was added), or NULL after a failure. */
char *text_take(struct text *text);

/* Makes bytes from outside visible and harmless: valid, printable UTF-8 stays; a backslash becomes \\, every other byte
 * \xNN. C0 and C1 controls, DEL, bidirectional controls, line separators and noncharacters count as not printable.
 * Reversible with text_unescape. */
void text_escape(struct text *text, const char *bytes, size_t length);
/* Undoes text_escape in place. Returns the length, or -1 when STRING was not made by text_escape. */
long text_unescape(char *string);

/* Writes the escaped STRING into a buffer of SIZE bytes, cut with "..." on a whole character where it is too long.
 * Returns BUFFER. For places that may not allocate. */
char *text_escape_into(char *buffer, size_t size, const char *string);

/* snprintf that appends at the end of the string in BUFFER and never overflows. */
void text_append(char *buffer, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The decoded character at *position of a buffer of LENGTH bytes and the position after it; -1 and one byte further
 * where the bytes are no valid UTF-8 (overlong forms, surrogates, above 10FFFF). */
int32_t text_decode_utf8(const char *bytes, size_t length, size_t *position);

/* Strict decimal or octal (BASE 8) numbers: digits only, the whole string, no more than MAXIMUM. */
bool text_parse_number(const char *string, int base, uint64_t maximum, uint64_t *ret_value);

/* The Levenshtein distance, for "did you mean"; strings longer than 64 bytes count as far away. */
size_t text_distance(const char *a, const char *b);

#endif
