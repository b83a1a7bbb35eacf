/* base/text.h: escaping and its reverse over all bytes, UTF-8, cutting, numbers, distances. */
#include <check.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

Suite *base_text_suite(void);

static char *escaped(const char *bytes, size_t length)
{
	struct text text = {0};

	text_escape(&text, bytes, length);
	return text_take(&text);
}

/* One assertion for all: libcheck writes to a pipe for each, which adds up over a hundred thousand rounds. */
static void check_round_trip(const char *bytes, size_t length)
{
	char *string = escaped(bytes, length);
	bool good = string != NULL;

	for (const char *c = string; good && *c; c++)
		good = (unsigned char)*c >= 0x20 && *c != 0x7F;
	good = good && text_unescape(string) == (long)length && memcmp(string, bytes, length) == 0;
	if (!good)
		ck_abort_msg("%zu bytes from %02x do not come back", length, (unsigned char)*bytes);
	free(string);
}

START_TEST(every_byte_alone_and_in_pairs)
{
	for (int a = 0; a < 256; a++) {
		char pair[2] = {(char)a};

		check_round_trip(pair, 1);
		for (int b = 0; b < 256; b++) {
			pair[1] = (char)b;
			check_round_trip(pair, 2);
		}
	}
}
END_TEST

START_TEST(random_bytes_come_back)
{
	char bytes[64];

	srandom(1);
	for (int round = 0; round < 20000; round++) {
		size_t length = (size_t)random() % sizeof(bytes);

		for (size_t i = 0; i < length; i++) /* half of them from where multi-byte characters are made of */
			bytes[i] = (char)(random() % 2 ? random() % 256 : 0x80 + random() % 0x78);
		check_round_trip(bytes, length);
	}
}
END_TEST

static const struct {
	const char *bytes, *escaped;
} escapes[] = {
    {"plain text", "plain text"},
    {"", ""},
    {"\\", "\\\\"},
    {"\n\t\033[31m", "\\x0a\\x09\\x1b[31m"},
    {"\177", "\\x7f"},
    {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
    {"\xe2\x82\xac \xf0\x9f\x90\xa7", "\xe2\x82\xac \xf0\x9f\x90\xa7"},
    {"\xc2\x9b", "\\xc2\\x9b"},                   /* C1: a control sequence introducer */
    {"\xc0\xaf", "\\xc0\\xaf"},                   /* overlong */
    {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},          /* overlong */
    {"\xed\xa0\x80", "\\xed\\xa0\\x80"},          /* surrogate */
    {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, /* above 10FFFF */
    {"\xe2\x82", "\\xe2\\x82"},                   /* cut */
    {"\xe2\x80\xae", "\\xe2\\x80\\xae"},          /* right-to-left override */
    {"\xe2\x81\xa6", "\\xe2\\x81\\xa6"},          /* isolate */
    {"\xd8\x9c", "\\xd8\\x9c"},                   /* Arabic letter mark */
    {"\xe2\x80\xa8", "\\xe2\\x80\\xa8"},          /* line separator */
    {"\xef\xb7\x90", "\\xef\\xb7\\x90"},          /* noncharacter */
    {"\xf0\x9f\xbf\xbe", "\\xf0\\x9f\\xbf\\xbe"}, /* noncharacter */
    {"\xef\xbb\xbf", "\\xef\\xbb\\xbf"},          /* byte order mark */
};

START_TEST(escapes_exactly)
{
	char *string = escaped(escapes[_i].bytes, strlen(escapes[_i].bytes));

	ck_assert_str_eq(string, escapes[_i].escaped);
	free(string);
}
END_TEST

static const char *const not_escaped[] = {
    "\\", "\\x", "\\x4", "\\xZZ", "\\x41", "\\x0A", "\\n", "a\nb", "\xff", "\\xc3\\xbc", "\\x5c", "\xe2\x80\xae",
};

START_TEST(unescape_takes_only_what_escape_makes)
{
	char string[32];

	strcpy(string, not_escaped[_i]);
	ck_assert_int_eq(text_unescape(string), -1);
}
END_TEST

START_TEST(unescape_gives_nul_bytes)
{
	char string[] = "a\\x00b";

	ck_assert_int_eq(text_unescape(string), 3);
	ck_assert_mem_eq(string, "a\0b", 3);
}
END_TEST

START_TEST(escape_into_cuts_on_a_whole_character)
{
	const char *string = "ab\033cd\xc3\xbc"
	                     "efghij";
	char buffer[40], whole[64];

	(void)text_escape_into(whole, sizeof(whole), string);
	ck_assert_str_eq(whole, "ab\\x1bcd\xc3\xbc"
	                        "efghij");
	for (size_t size = 0; size < sizeof(buffer); size++) {
		size_t length;

		memset(buffer, '#', sizeof(buffer));
		ck_assert_ptr_eq(text_escape_into(buffer, size, string), buffer);
		if (!size) {
			ck_assert_int_eq(buffer[0], '#');
			continue;
		}
		length = strlen(buffer);
		ck_assert_uint_lt(length, size);
		if (length == strlen(whole))
			continue;
		ck_assert_uint_ge(strspn(buffer + length - (length < 3 ? length : 3), "."), length < 3 ? length : 3);
		if (length >= 3)
			buffer[length - 3] = '\0';
		if (length > 3) {
			ck_assert_int_eq(strncmp(buffer, whole, strlen(buffer)), 0);
			ck_assert_int_ge(text_unescape(buffer), 0);
		}
	}
}
END_TEST

START_TEST(append_never_overflows_nor_halves_a_character)
{
	char buffer[8] = "";

	text_append(buffer, sizeof(buffer), "%s", "abc");
	text_append(buffer, sizeof(buffer), "%d", 12);
	ck_assert_str_eq(buffer, "abc12");
	text_append(buffer, sizeof(buffer), "%s", "3\xc3\xbc");
	ck_assert_str_eq(buffer, "abc123");
	text_append(buffer, sizeof(buffer), "%s", "xyz");
	ck_assert_str_eq(buffer, "abc123x");
	text_append(buffer, sizeof(buffer), "%s", "more");
	ck_assert_str_eq(buffer, "abc123x");
}
END_TEST

START_TEST(text_grows_and_is_taken)
{
	struct text text = {0};
	char *taken;

	for (int i = 0; i < 1000; i++)
		text_printf(&text, "%d,", i);
	text_puts(&text, "end");
	ck_assert(!text.failed);
	ck_assert_uint_eq(text.length, strlen(text.data));
	taken = text_take(&text);
	ck_assert_ptr_null(text.data);
	ck_assert_str_eq(taken + strlen(taken) - 7, "999,end");
	free(taken);
	taken = text_take(&text);
	ck_assert_str_eq(taken, "");
	free(taken);
}
END_TEST

START_TEST(text_that_cannot_grow_stays_as_it_was)
{
	struct text text = {0};

	text_puts(&text, "kept");
	text_add(&text, "x", SIZE_MAX - 2);
	ck_assert(text.failed);
	ck_assert_str_eq(text.data, "kept");
	text_puts(&text, "not added");
	ck_assert_str_eq(text.data, "kept");
	ck_assert_ptr_null(text_take(&text));
	ck_assert_ptr_null(text.data);
}
END_TEST

START_TEST(numbers_are_strict)
{
	uint64_t value = 7;

	ck_assert(text_parse_number("0", 10, 0, &value) && value == 0);
	ck_assert(text_parse_number("18446744073709551615", 10, UINT64_MAX, &value) && value == UINT64_MAX);
	ck_assert(text_parse_number("0022", 8, 0777, &value) && value == 022);
	value = 7;
	ck_assert(!text_parse_number("18446744073709551616", 10, UINT64_MAX, &value));
	ck_assert(!text_parse_number("99999999999999999999999", 10, UINT64_MAX, &value));
	ck_assert(!text_parse_number("", 10, 9, &value));
	ck_assert(!text_parse_number(" 1", 10, 9, &value));
	ck_assert(!text_parse_number("1 ", 10, 9, &value));
	ck_assert(!text_parse_number("+1", 10, 9, &value));
	ck_assert(!text_parse_number("-1", 10, 9, &value));
	ck_assert(!text_parse_number("10", 10, 9, &value));
	ck_assert(!text_parse_number("8", 8, 100, &value));
	ck_assert_uint_eq(value, 7);
}
END_TEST

START_TEST(distances)
{
	char far[80];

	memset(far, 'a', sizeof(far) - 1);
	far[sizeof(far) - 1] = '\0';
	ck_assert_uint_eq(text_distance("", ""), 0);
	ck_assert_uint_eq(text_distance("umask", "umsk"), 1);
	ck_assert_uint_eq(text_distance("kitten", "sitting"), 3);
	ck_assert_uint_eq(text_distance("", "abc"), 3);
	ck_assert_uint_eq(text_distance(far, "a"), SIZE_MAX);
	ck_assert_uint_eq(text_distance("a", far), SIZE_MAX);
}
END_TEST

Suite *base_text_suite(void)
{
	Suite *suite = suite_create("base/text");
	TCase *cases = tcase_create("text");

	tcase_add_test(cases, every_byte_alone_and_in_pairs);
	tcase_add_test(cases, random_bytes_come_back);
	tcase_add_loop_test(cases, escapes_exactly, 0, (int)(sizeof(escapes) / sizeof(*escapes)));
	tcase_add_loop_test(cases, unescape_takes_only_what_escape_makes, 0,
	                    (int)(sizeof(not_escaped) / sizeof(*not_escaped)));
	tcase_add_test(cases, unescape_gives_nul_bytes);
	tcase_add_test(cases, escape_into_cuts_on_a_whole_character);
	tcase_add_test(cases, append_never_overflows_nor_halves_a_character);
	tcase_add_test(cases, text_grows_and_is_taken);
	tcase_add_test(cases, text_that_cannot_grow_stays_as_it_was);
	tcase_add_test(cases, numbers_are_strict);
	tcase_add_test(cases, distances);
	suite_add_tcase(suite, cases);
	return suite;
}
