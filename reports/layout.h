/* Laying out plain text: wrapping, cells, colours, and box-drawing characters where the locale has them. */
#ifndef REPORTS_LAYOUT_H
#define REPORTS_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "reports/report.h"

enum layout_paint { PAINT_NONE, PAINT_STRONG, PAINT_GOOD, PAINT_BAD, PAINT_NOTE, PAINT_QUIET, PAINT_BROKEN };

struct page {
	FILE *out;
	int width; /* prose is wrapped at it */
	bool cut;  /* cells are cut to fit it */
	bool colour;
	bool utf8;   /* box-drawing characters */
	bool failed; /* memory ran out */
};

struct page page_open(FILE *out, const struct report_options *options);

/* Prints a word in a colour. */
void page_paint(struct page *page, enum layout_paint paint, const char *text);

/* Prints safe TEXT in lines of at most the page's width, and the line feed. The cursor stands in COLUMN; further lines
 * begin in INDENT. */
void page_wrap(struct page *page, int column, int indent, const char *text);
/* The same for bytes from outside, escaped. */
void page_wrap_raw(struct page *page, int column, int indent, const char *bytes);
/* "  LABEL    TEXT", wrapped; the raw one escapes. */
void page_item(struct page *page, int indent, const char *label, const char *text);
void page_item_raw(struct page *page, int indent, const char *label, const char *bytes);

/* Safe text of several lines as it is, each after INDENT spaces. */
void page_lines(struct page *page, int indent, const char *text);
/* Bytes from outside, a line each, escaped, after MARGIN. */
void page_output(struct page *page, const char *margin, const char *bytes, size_t length);

/* A cell of WIDTH columns, cut where it is too long and padded on the right, or on the left where RIGHT is set. */
void page_cell(struct page *page, const char *text, int width, bool right);

/* How many columns safe text takes. */
int layout_columns(const char *text);

#endif
