/* Text from outside: growing strings, UTF-8, escaping, strict numbers. */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TEXT_ROOM_MIN = 64,
	UNIT_MAX = 16,     /* one character, escaped: at most four times "\xNN" */
	DISTANCE_MAX = 64, /* longest string that is compared */
	UTF8_MAX = 4,      /* longest character */
	ESCAPE_LENGTH = 4, /* "\xNN" */
	LAST_CODE = 0x10FFFF,
};

void text_free(struct text *text)
{
	free(text->data);
	*text = (struct text){0};
}

/* Makes room for EXTRA more bytes and the NUL. */
static bool text_reserve(struct text *text, size_t extra)
{
	size_t wanted, room = text->room ? text->room : TEXT_ROOM_MIN;
	char *data;

	if (text->failed)
		return false;
	if (__builtin_add_overflow(text->length, extra, &wanted) || __builtin_add_overflow(wanted, 1, &wanted)) {
		text->failed = true;
		return false;
	}
	if (wanted <= text->room)
		return true;
	while (room < wanted)
		if (__builtin_mul_overflow(room, 2, &room))
			room = wanted;
	data = realloc(text->data, room);
	if (!data) {
		text->failed = true;
		return false;
	}
	text->data = data;
	text->room = room;
	return true;
}

void text_add(struct text *text, const char *bytes, size_t length)
{
	if (!text_reserve(text, length))
		return;
	if (length)
		memcpy(text->data + text->length, bytes, length);
	text->length += length;
	text->data[text->length] = '\0';
}

void text_puts(struct text *text, const char *string)
{
	text_add(text, string, strlen(string));
}

void text_printf(struct text *text, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0) {
		text->failed = true;
		return;
	}
	if (!text_reserve(text, (size_t)length))
		return;
	va_start(arguments, format);
	(void)vsnprintf(text->data + text->length, (size_t)length + 1, format, arguments);
	va_end(arguments);
	text->length += (size_t)length;
}

char *text_take(struct text *text)
{
	char *taken;

	if (!text->data)
		(void)text_reserve(text, 0);
	if (text->failed) {
		text_free(text);
		return NULL;
	}
	taken = text->data;
	taken[text->length] = '\0';
	*text = (struct text){0};
	return taken;
}

/* The length that a first byte announces and the smallest code point that may be written so long; 0 for none. */
static size_t utf8_length(unsigned char first, int32_t *ret_code, int32_t *ret_smallest)
{
	if (first < 0x80) {
		*ret_code = first;
		*ret_smallest = 0;
		return 1;
	}
	if (first >= 0xC2 && first <= 0xDF) {
		*ret_code = first & 0x1F;
		*ret_smallest = 0x80;
		return 2;
	}
	if (first >= 0xE0 && first <= 0xEF) {
		*ret_code = first & 0x0F;
		*ret_smallest = 0x800;
		return 3;
	}
	if (first >= 0xF0 && first <= 0xF4) {
		*ret_code = first & 0x07;
		*ret_smallest = 0x10000;
		return 4;
	}
	return 0;
}

int32_t text_decode_utf8(const char *bytes, size_t length, size_t *position)
{
	size_t start = *position, size;
	int32_t code = 0, smallest = 0;

	if (start >= length)
		return -1;
	*position = start + 1;
	size = utf8_length((unsigned char)bytes[start], &code, &smallest);
	if (!size || size > length - start)
		return -1;
	for (size_t i = 1; i < size; i++) {
		unsigned char next = (unsigned char)bytes[start + i];

		if ((next & 0xC0) != 0x80)
			return -1;
		code = (code << 6) | (next & 0x3F);
	}
	if (code < smallest || code > LAST_CODE || (code >= 0xD800 && code <= 0xDFFF))
		return -1;
	*position = start + size;
	return code;
}

/* Whether a character may stand in a report as it is: nothing that steers a terminal, turns the direction of writing,
 * breaks the line or cannot be seen. */
static bool is_printable(int32_t code)
{
	static const struct {
		int32_t first, last;
	} refused[] = {
	    {0x00, 0x1F},       /* C0 */
	    {0x7F, 0x9F},       /* DEL, C1 */
	    {0x061C, 0x061C},   /* Arabic letter mark */
	    {0x200B, 0x200B},   /* zero width space */
	    {0x200E, 0x200F},   /* left-to-right and right-to-left marks */
	    {0x2028, 0x202E},   /* line and paragraph separator, embeddings and overrides */
	    {0x2060, 0x206F},   /* word joiner, isolates, other invisible ones */
	    {0xFDD0, 0xFDEF},   /* noncharacters */
	    {0xFEFF, 0xFEFF},   /* byte order mark */
	    {0xFFF9, 0xFFFB},   /* interlinear annotations */
	    {0xE0000, 0xE0FFF}, /* tags */
	};

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (code >= refused[i].first && code <= refused[i].last)
			return false;
	return code >= 0 && (code & 0xFFFE) != 0xFFFE;
}

/* Escapes the character at *position into UNIT and returns its length there. */
static size_t escape_unit(const char *bytes, size_t length, size_t *position, char unit[UNIT_MAX + 1])
{
	static const char digits[] = "0123456789abcdef";
	size_t start = *position, used = 0;
	int32_t code = text_decode_utf8(bytes, length, position);

	if (code == '\\') {
		unit[0] = unit[1] = '\\';
		return 2;
	}
	if (code >= 0 && is_printable(code)) {
		memcpy(unit, bytes + start, *position - start);
		return *position - start;
	}
	for (size_t i = start; i < *position; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		unit[used++] = '\\';
		unit[used++] = 'x';
		unit[used++] = digits[byte >> 4];
		unit[used++] = digits[byte & 0x0F];
	}
	return used;
}

void text_escape(struct text *text, const char *bytes, size_t length)
{
	size_t position = 0;
	char unit[UNIT_MAX + 1];

	if (!text_reserve(text, length))
		return;
	if (!length)
		text->data[text->length] = '\0';
	while (position < length) {
		size_t used = escape_unit(bytes, length, &position, unit);

		text_add(text, unit, used);
	}
}

static int hex_digit(char character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	if (character >= 'a' && character <= 'f')
		return character - 'a' + 10;
	return -1;
}

/* The byte of the "\xNN" that STRING begins with, or -1. */
static int hex_escape(const char *string)
{
	int high, low;

	if (string[0] != '\\' || string[1] != 'x')
		return -1;
	high = hex_digit(string[2]);
	low = high < 0 ? -1 : hex_digit(string[3]);
	return low < 0 ? -1 : high * 16 + low;
}

/* Takes the run of "\xNN" that stands for one character, or for one byte that is none, at STRING. Returns the number of
 * bytes put into OUT, or 0 where text_escape would have written something else. */
static size_t unescape_run(const char *string, char out[UTF8_MAX])
{
	size_t count = 0, position = 0;
	int32_t code;

	while (count < UTF8_MAX) {
		int byte = hex_escape(string + count * ESCAPE_LENGTH);

		if (byte < 0)
			break;
		out[count++] = (char)byte;
	}
	code = text_decode_utf8(out, count, &position);
	if (!count || (code >= 0 && is_printable(code)))
		return 0;
	return position;
}

long text_unescape(char *string)
{
	size_t length = strlen(string), read = 0, written = 0;

	while (read < length) {
		if (string[read] == '\\' && string[read + 1] == '\\') {
			string[written++] = '\\';
			read += 2;
		} else if (string[read] == '\\') {
			char out[UTF8_MAX];
			size_t count = unescape_run(string + read, out);

			if (!count)
				return -1;
			memcpy(string + written, out, count);
			written += count;
			read += count * ESCAPE_LENGTH;
		} else {
			size_t start = read;
			int32_t code = text_decode_utf8(string, length, &read);

			if (code < 0 || !is_printable(code))
				return -1;
			memmove(string + written, string + start, read - start);
			written += read - start;
		}
	}
	string[written] = '\0';
	return (long)written;
}

char *text_escape_into(char *buffer, size_t size, const char *string)
{
	static const char dots[] = "...";
	size_t length = strlen(string), position = 0, used = 0, cut = 0;
	char unit[UNIT_MAX + 1];

	if (!size)
		return buffer;
	while (position < length) {
		size_t unit_length = escape_unit(string, length, &position, unit);

		if (unit_length > size - 1 - used) {
			size_t room = size - 1 - cut;

			used = cut + (room < sizeof(dots) - 1 ? room : sizeof(dots) - 1);
			memcpy(buffer + cut, dots, used - cut);
			break;
		}
		memcpy(buffer + used, unit, unit_length);
		used += unit_length;
		if (used + sizeof(dots) <= size)
			cut = used;
	}
	buffer[used] = '\0';
	return buffer;
}

/* Takes the first bytes of a character away that was cut at the end of STRING. */
static void trim_half_character(char *string, size_t length)
{
	size_t start = length;
	int32_t code, smallest;

	while (start > 0 && length - start < UTF8_MAX) {
		unsigned char byte = (unsigned char)string[--start];

		if ((byte & 0xC0) == 0x80)
			continue;
		if (utf8_length(byte, &code, &smallest) > length - start)
			string[start] = '\0';
		return;
	}
}

void text_append(char *buffer, size_t size, const char *format, ...)
{
	size_t used = strnlen(buffer, size);
	va_list arguments;
	int length;

	if (used >= size)
		return;
	va_start(arguments, format);
	length = vsnprintf(buffer + used, size - used, format, arguments);
	va_end(arguments);
	if (length > 0 && (size_t)length >= size - used)
		trim_half_character(buffer, size - 1);
}

bool text_parse_number(const char *string, int base, uint64_t maximum, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (!*string)
		return false;
	for (; *string; string++) {
		if (*string < '0' || *string >= '0' + base)
			return false;
		if (__builtin_mul_overflow(value, (uint64_t)base, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*string - '0'), &value) || value > maximum)
			return false;
	}
	*ret_value = value;
	return true;
}

size_t text_distance(const char *a, const char *b)
{
	size_t a_length = strnlen(a, DISTANCE_MAX + 1), b_length = strnlen(b, DISTANCE_MAX + 1);
	size_t row[DISTANCE_MAX + 1];

	if (a_length > DISTANCE_MAX || b_length > DISTANCE_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t above = row[j], best = diagonal + (a[i - 1] != b[j - 1]);

			if (above + 1 < best)
				best = above + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
			diagonal = above;
		}
	}
	return row[b_length];
}
