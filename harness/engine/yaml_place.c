/* Places in a YAML text, by the events of libyaml's parser. It runs only for a message, or where a text has escapes. */
#include "engine/yaml_place.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* A parser and the event that it stands at. */
struct cursor {
	yaml_parser_t parser;
	yaml_event_t event;
	bool have; /* an event is held */
};

static bool cursor_next(struct cursor *cursor)
{
	if (cursor->have)
		yaml_event_delete(&cursor->event);
	cursor->have = yaml_parser_parse(&cursor->parser, &cursor->event) != 0;
	return cursor->have && cursor->event.type != YAML_STREAM_END_EVENT;
}

/* Goes to the first event of the first document's value. */
static bool cursor_begin(struct cursor *cursor, const char *text, size_t length)
{
	*cursor = (struct cursor){0};
	if (!yaml_parser_initialize(&cursor->parser))
		return false;
	yaml_parser_set_input_string(&cursor->parser, (const unsigned char *)text, length);
	for (int i = 0; i < 3; i++) { /* the stream, the document, the value */
		if (!cursor_next(cursor))
			return false;
	}
	return true;
}

static void cursor_end(struct cursor *cursor)
{
	if (cursor->have)
		yaml_event_delete(&cursor->event);
	yaml_parser_delete(&cursor->parser);
}

static unsigned long cursor_line(const struct cursor *cursor)
{
	return (unsigned long)cursor->event.start_mark.line + 1;
}

static int depth_of(const struct cursor *cursor)
{
	yaml_event_type_t type = cursor->event.type;

	if (type == YAML_MAPPING_START_EVENT || type == YAML_SEQUENCE_START_EVENT)
		return 1;
	return type == YAML_MAPPING_END_EVENT || type == YAML_SEQUENCE_END_EVENT ? -1 : 0;
}

/* From the first event of a value to the first one behind it and so many more, COUNT in all. */
static bool cursor_skip(struct cursor *cursor, int count)
{
	int depth = 0;

	while (count > 0) {
		depth += depth_of(cursor);
		if (!cursor_next(cursor))
			return false;
		count -= depth == 0;
	}
	return true;
}

static bool is_key(const struct cursor *cursor, const char *key, size_t length)
{
	return cursor->event.type == YAML_SCALAR_EVENT && cursor->event.data.scalar.length == length &&
	       memcmp(cursor->event.data.scalar.value, key, length) == 0;
}

/* From a mapping's start to the key, or behind it where the mapping has fewer of that name. */
static bool cursor_find_key(struct cursor *cursor, const char *key, size_t length, unsigned int occurrence)
{
	if (cursor->event.type != YAML_MAPPING_START_EVENT || !cursor_next(cursor))
		return false;
	while (cursor->event.type != YAML_MAPPING_END_EVENT) {
		if (is_key(cursor, key, length) && --occurrence == 0)
			return true;
		if (!cursor_skip(cursor, 2))
			return false;
	}
	return false;
}

static bool cursor_find_entry(struct cursor *cursor, unsigned long index)
{
	if (cursor->event.type != YAML_SEQUENCE_START_EVENT || !cursor_next(cursor))
		return false;
	for (; index > 0 && cursor->event.type != YAML_SEQUENCE_END_EVENT; index--) {
		if (!cursor_skip(cursor, 1))
			return false;
	}
	return cursor->event.type != YAML_SEQUENCE_END_EVENT;
}

static bool cursor_follow(struct cursor *cursor, const char *path)
{
	while (*path) {
		size_t length = strcspn(path, ".[");

		if (*path == '[') {
			char *end;

			if (!cursor_find_entry(cursor, strtoul(path + 1, &end, 10)))
				return false;
			path = end + (*end == ']');
		} else {
			if (!cursor_find_key(cursor, path, length, 1) || !cursor_next(cursor))
				return false;
			path += length;
		}
		path += *path == '.';
	}
	return true;
}

unsigned long yaml_place_of(const char *text, size_t length, const char *path)
{
	struct cursor cursor;
	unsigned long line = 0;

	if (cursor_begin(&cursor, text, length) && cursor_follow(&cursor, path))
		line = cursor_line(&cursor);
	cursor_end(&cursor);
	return line;
}

unsigned long yaml_place_of_key(const char *text, size_t length, const char *path, const char *key,
                                unsigned int occurrence)
{
	struct cursor cursor;
	unsigned long line = 0;

	if (cursor_begin(&cursor, text, length) && cursor_follow(&cursor, path) &&
	    cursor_find_key(&cursor, key, strlen(key), occurrence))
		line = cursor_line(&cursor);
	cursor_end(&cursor);
	return line;
}

unsigned long yaml_place_of_nul(const char *text, size_t length)
{
	struct cursor cursor;
	unsigned long line = 0;

	for (bool more = cursor_begin(&cursor, text, length); more && !line; more = cursor_next(&cursor)) {
		if (cursor.event.type == YAML_SCALAR_EVENT &&
		    memchr(cursor.event.data.scalar.value, '\0', cursor.event.data.scalar.length))
			line = cursor_line(&cursor);
	}
	cursor_end(&cursor);
	return line;
}
