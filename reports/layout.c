/* Laying out plain text. */
#include "reports/layout.h"

#include <langinfo.h>
#include <string.h>
#include <wchar.h>

#include "base/text.h"

enum {
	WIDTH_UNKNOWN = 100, /* prose where nobody tells the width */
	WIDTH_MIN = 40,
	LABEL_WIDTH = 11,
	WORD_COLUMNS_MIN = 16, /* that a wrapped line always has */
};

struct page page_open(FILE *out, const struct report_options *options)
{
	struct page page = {
	    .out = out,
	    .width = options->width > 0 ? options->width : WIDTH_UNKNOWN,
	    .cut = options->width > 0,
	    .colour = options->colour,
	    .utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
	};

	if (page.width < WIDTH_MIN)
		page.width = WIDTH_MIN;
	return page;
}

static const char *paint_code(enum layout_paint paint)
{
	switch (paint) {
	case PAINT_NONE:
		return "";
	case PAINT_STRONG:
		return "\033[1m";
	case PAINT_GOOD:
		return "\033[1;32m";
	case PAINT_BAD:
		return "\033[1;31m";
	case PAINT_NOTE:
		return "\033[1;33m";
	case PAINT_QUIET:
		return "\033[36m";
	case PAINT_BROKEN:
		return "\033[1;35m";
	}
	return "";
}

void page_paint(struct page *page, enum layout_paint paint, const char *text)
{
	if (page->colour && paint != PAINT_NONE)
		(void)fprintf(page->out, "%s%s\033[0m", paint_code(paint), text);
	else
		(void)fputs(text, page->out);
}

/* Columns of the character at *position: 2 for wide ones, 0 for combining ones. */
static int step(const char *text, size_t length, size_t *position)
{
	int32_t code = text_decode_utf8(text, length, position);
	int columns = code < 0x80 ? 1 : wcwidth((wchar_t)code);

	return columns < 0 ? 1 : columns;
}

static int columns_of(const char *text, size_t length)
{
	size_t position = 0;
	int columns = 0;

	while (position < length)
		columns += step(text, length, &position);
	return columns;
}

int layout_columns(const char *text)
{
	return columns_of(text, strlen(text));
}

static void spaces(struct page *page, int count)
{
	if (count > 0)
		(void)fprintf(page->out, "%*s", count, "");
}

void page_wrap(struct page *page, int column, int indent, const char *text)
{
	int limit = page->width < indent + WORD_COLUMNS_MIN ? indent + WORD_COLUMNS_MIN : page->width;
	bool first = true;

	while (*(text += strspn(text, " \n"))) {
		size_t length = strcspn(text, " \n");
		int columns = columns_of(text, length);

		if (!first && column + 1 + columns > limit) {
			(void)fputc('\n', page->out);
			spaces(page, indent);
			column = indent;
		} else if (!first) {
			(void)fputc(' ', page->out);
			column++;
		}
		(void)fwrite(text, 1, length, page->out);
		column += columns;
		text += length;
		first = false;
	}
	(void)fputc('\n', page->out);
}

void page_wrap_raw(struct page *page, int column, int indent, const char *bytes)
{
	struct text text = {0};

	text_escape(&text, bytes, strlen(bytes));
	if (text.failed)
		page->failed = true;
	else
		page_wrap(page, column, indent, text.data);
	text_free(&text);
}

/* Prints the label and returns the column after it. */
static int begin_item(struct page *page, int indent, const char *label)
{
	int columns = layout_columns(label);
	int width = columns < LABEL_WIDTH ? LABEL_WIDTH : columns + 1;

	spaces(page, indent);
	(void)fputs(label, page->out);
	spaces(page, width - columns);
	return indent + width;
}

void page_item(struct page *page, int indent, const char *label, const char *text)
{
	int column = begin_item(page, indent, label);

	page_wrap(page, column, column, text);
}

void page_item_raw(struct page *page, int indent, const char *label, const char *bytes)
{
	int column = begin_item(page, indent, label);

	page_wrap_raw(page, column, column, bytes);
}

void page_lines(struct page *page, int indent, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		if (length)
			spaces(page, indent);
		(void)fwrite(text, 1, length, page->out);
		(void)fputc('\n', page->out);
		text += length + (text[length] == '\n');
	}
}

/* Tabs are the one control that a line of output may keep. */
static void escape_line(struct text *text, const char *bytes, size_t length)
{
	while (length > 0) {
		const char *tab = memchr(bytes, '\t', length);
		size_t part = tab ? (size_t)(tab - bytes) : length;

		text_escape(text, bytes, part);
		if (tab)
			text_puts(text, "\t");
		part += tab != NULL;
		bytes += part;
		length -= part;
	}
}

void page_output(struct page *page, const char *margin, const char *bytes, size_t length)
{
	size_t start = 0;

	while (start < length) {
		const char *end = memchr(bytes + start, '\n', length - start);
		size_t line = end ? (size_t)(end - bytes) - start : length - start;
		size_t shown = line && end && bytes[start + line - 1] == '\r' ? line - 1 : line;
		struct text text = {0};

		text_puts(&text, margin);
		escape_line(&text, bytes + start, shown);
		if (text.failed)
			page->failed = true;
		else
			(void)fprintf(page->out, "%s\n", text.data);
		text_free(&text);
		start += line + 1;
	}
}

void page_cell(struct page *page, const char *text, int width, bool right)
{
	const char *dots = page->utf8 ? "\u2026" : "...";
	size_t length = strlen(text), position = 0;
	int columns = columns_of(text, length), room = width - layout_columns(dots), used = 0;

	if (columns <= width) {
		spaces(page, right ? width - columns : 0);
		(void)fputs(text, page->out);
		spaces(page, right ? 0 : width - columns);
		return;
	}
	for (;;) {
		size_t next = position;
		int more = step(text, length, &next);

		if (used + more > room)
			break;
		used += more;
		position = next;
	}
	(void)fwrite(text, 1, position, page->out);
	(void)fputs(room >= 0 ? dots : "", page->out);
	spaces(page, width - used - (room >= 0 ? width - room : 0));
}
