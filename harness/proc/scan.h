/* Scanning of kernel text by hand: a position and an end, no allocation, no locale, nothing read past the end. Every
 * function leaves the position where it was when it returns false. */
#ifndef PROC_SCAN_H
#define PROC_SCAN_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct scan {
	const char *at, *end;
};

static inline struct scan scan_over(const char *text, size_t length)
{
	return (struct scan){text, length ? text + length : text}; /* no text may be NULL */
}

static inline bool scan_done(const struct scan *scan)
{
	return scan->at == scan->end;
}

static inline size_t scan_left(const struct scan *scan)
{
	return (size_t)(scan->end - scan->at);
}

static inline bool scan_char(struct scan *scan, char wanted)
{
	if (scan_done(scan) || *scan->at != wanted)
		return false;
	scan->at++;
	return true;
}

static inline bool scan_literal(struct scan *scan, const char *literal)
{
	size_t length = strlen(literal);

	if (scan_left(scan) < length || memcmp(scan->at, literal, length) != 0)
		return false;
	scan->at += length;
	return true;
}

/* Skips blanks and tells whether there was one. */
static inline bool scan_blanks(struct scan *scan)
{
	const char *start = scan->at;

	while (!scan_done(scan) && (*scan->at == ' ' || *scan->at == '\t'))
		scan->at++;
	return scan->at != start;
}

/* A decimal number of at least one digit and no more than MAXIMUM. */
static inline bool scan_number(struct scan *scan, uint64_t maximum, uint64_t *ret_value)
{
	const char *at = scan->at;
	uint64_t value = 0;

	for (; at != scan->end && *at >= '0' && *at <= '9'; at++)
		if (__builtin_mul_overflow(value, UINT64_C(10), &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*at - '0'), &value))
			return false;
	if (at == scan->at || value > maximum)
		return false;
	scan->at = at;
	*ret_value = value;
	return true;
}

static inline bool scan_u64(struct scan *scan, uint64_t *ret_value)
{
	return scan_number(scan, UINT64_MAX, ret_value);
}

static inline bool scan_u32(struct scan *scan, uint32_t *ret_value)
{
	uint64_t value;

	if (!scan_number(scan, UINT32_MAX, &value))
		return false;
	*ret_value = (uint32_t)value;
	return true;
}

static inline bool scan_i64(struct scan *scan, int64_t *ret_value)
{
	struct scan rest = *scan;
	bool negative = scan_char(&rest, '-');
	uint64_t value;

	if (!scan_number(&rest, (uint64_t)INT64_MAX + negative, &value))
		return false;
	*scan = rest;
	*ret_value = negative ? (int64_t)(0 - value) : (int64_t)value;
	return true;
}

static inline bool scan_int(struct scan *scan, int *ret_value)
{
	struct scan rest = *scan;
	int64_t value;

	if (!scan_i64(&rest, &value) || value < INT_MIN || value > INT_MAX)
		return false;
	*scan = rest;
	*ret_value = (int)value;
	return true;
}

static inline int scan_digit(char character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	if (character >= 'a' && character <= 'f')
		return character - 'a' + 10;
	if (character >= 'A' && character <= 'F')
		return character - 'A' + 10;
	return 16;
}

/* A number whose digits hold BITS bits each (3: octal, 4: hexadecimal), without a prefix. */
static inline bool scan_digits(struct scan *scan, unsigned int bits, uint64_t maximum, uint64_t *ret_value)
{
	const char *at = scan->at;
	uint64_t value = 0;

	for (; at != scan->end; at++) {
		unsigned int digit = (unsigned int)scan_digit(*at);

		if (digit >> bits)
			break;
		if (value >> (64 - bits))
			return false;
		value = value << bits | digit;
	}
	if (at == scan->at || value > maximum)
		return false;
	scan->at = at;
	*ret_value = value;
	return true;
}

static inline bool scan_hex(struct scan *scan, uint64_t *ret_value)
{
	return scan_digits(scan, 4, UINT64_MAX, ret_value);
}

static inline bool scan_octal(struct scan *scan, uint64_t maximum, uint64_t *ret_value)
{
	return scan_digits(scan, 3, maximum, ret_value);
}

/* Exactly COUNT hexadecimal digits, at most 8. */
static inline bool scan_hex_wide(struct scan *scan, size_t count, uint32_t *ret_value)
{
	struct scan part = *scan;
	uint64_t value;

	if (scan_left(scan) < count)
		return false;
	part.end = part.at + count;
	if (!scan_hex(&part, &value) || !scan_done(&part))
		return false;
	scan->at = part.at;
	*ret_value = (uint32_t)value;
	return true;
}

/* The next line without its newline, which must be there. */
static inline bool scan_line(struct scan *scan, struct scan *ret_line)
{
	const char *newline = scan_done(scan) ? NULL : memchr(scan->at, '\n', scan_left(scan));

	if (!newline)
		return false;
	*ret_line = (struct scan){scan->at, newline};
	scan->at = newline + 1;
	return true;
}

#endif
