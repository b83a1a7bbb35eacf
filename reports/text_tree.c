/* The process tree as a drawing with columns. */
#include "reports/text_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "reports/tree.h"

enum {
	COLUMNS = 9,
	CWD = 6, /* the column of that */
	INDENT = 2,
	GAP = 2, /* between columns; one less where the terminal is narrow */
	NAME_WIDTH_MIN = 20,
	CWD_WIDTH_MIN = 8,
	DEPTH_MAX = 16,     /* deeper ones are drawn at this depth */
	BRANCH_COLUMNS = 3, /* of one level */
	ROWS_SHORT = 40,    /* that are drawn unless all are asked for */
};

struct column {
	const char *title;
	size_t offset; /* in the row; the first column is drawn apart */
	bool right;
	int width;
};

/* Which levels above a row go on below it. */
struct trail {
	bool goes_on[DEPTH_MAX + 1];
};

static size_t drawn_depth(const struct tree_row *row)
{
	return row->depth < DEPTH_MAX ? row->depth : DEPTH_MAX;
}

static const char *cell_of(const struct column *column, const struct tree_row *row)
{
	return (const char *)row + column->offset;
}

static int name_width(const struct tree_row *row)
{
	return (int)drawn_depth(row) * BRANCH_COLUMNS + layout_columns(row->name);
}

static void measure(struct column *columns, const struct tree *tree, size_t rows)
{
	for (size_t i = 0; i < COLUMNS; i++)
		columns[i].width = layout_columns(columns[i].title);
	for (size_t j = 0; j < rows; j++) {
		for (size_t i = 0; i < COLUMNS; i++) {
			int width =
			    i ? layout_columns(cell_of(&columns[i], &tree->rows[j])) : name_width(&tree->rows[j]);

			if (width > columns[i].width)
				columns[i].width = width;
		}
	}
}

/* Takes what is too much from the column, down to a smallest width. Returns what is still too much. */
static int shrink(struct column *column, int excess, int smallest)
{
	int taken = column->width - smallest;

	if (taken > excess)
		taken = excess;
	if (taken <= 0)
		return excess;
	column->width -= taken;
	return excess - taken;
}

/* Makes the table fit: first the gaps give, then the directories, then the names. Returns the gap. */
static int fit(struct column *columns, const struct page *page)
{
	int total = INDENT + (COLUMNS - 1) * GAP;

	for (size_t i = 0; i < COLUMNS; i++)
		total += columns[i].width;
	if (!page->cut || total <= page->width)
		return GAP;
	total = shrink(&columns[CWD], total - (COLUMNS - 1) - page->width, CWD_WIDTH_MIN);
	(void)shrink(&columns[0], total, NAME_WIDTH_MIN);
	return GAP - 1;
}

/* The lines left of a name, and the name. */
static void branch(const struct page *page, struct trail *trail, const struct tree_row *row, struct text *text)
{
	size_t depth = drawn_depth(row);

	trail->goes_on[depth] = !row->last;
	for (size_t i = 1; i < depth; i++) {
		if (trail->goes_on[i])
			text_puts(text, page->utf8 ? "\u2502  " : "|  ");
		else
			text_puts(text, "   ");
	}
	if (depth && row->last)
		text_puts(text, page->utf8 ? "\u2514\u2500 " : "`- ");
	else if (depth)
		text_puts(text, page->utf8 ? "\u251c\u2500 " : "|- ");
	text_puts(text, row->name);
}

/* The last cell of a line is not padded. */
static void draw_cell(struct page *page, const struct column *columns, size_t i, int gap, const char *text)
{
	(void)fprintf(page->out, "%*s", i ? gap : INDENT, "");
	if (i + 1 < COLUMNS)
		page_cell(page, text, columns[i].width, columns[i].right);
	else
		(void)fputs(text, page->out);
}

static void draw_row(struct page *page, const struct column *columns, int gap, struct trail *trail,
                     const struct tree_row *row)
{
	struct text name = {0};

	branch(page, trail, row, &name);
	if (name.failed)
		page->failed = true;
	else
		draw_cell(page, columns, 0, gap, name.data);
	text_free(&name);
	for (size_t i = 1; i < COLUMNS; i++)
		draw_cell(page, columns, i, gap, cell_of(&columns[i], row));
	(void)fputc('\n', page->out);
}

static void draw_head(struct page *page, const struct column *columns, int gap)
{
	for (size_t i = 0; i < COLUMNS; i++)
		draw_cell(page, columns, i, gap, columns[i].title);
	(void)fputc('\n', page->out);
}

int text_tree(struct page *page, const struct evidence *evidence, bool all)
{
	struct column columns[COLUMNS] = {
	    {"process"},
	    {"pid", offsetof(struct tree_row, pid), true},
	    {"parent", offsetof(struct tree_row, parent), true},
	    {"group", offsetof(struct tree_row, group), true},
	    {"session", offsetof(struct tree_row, session), true},
	    {"terminal", offsetof(struct tree_row, terminal)},
	    {"cwd", offsetof(struct tree_row, cwd)},
	    {"umask", offsetof(struct tree_row, umask)},
	    {"user", offsetof(struct tree_row, user)},
	};
	struct trail trail = {0};
	struct tree tree;
	size_t rows;
	int gap, status = tree_make(evidence, &tree);

	if (status)
		return status;
	rows = !all && tree.count > ROWS_SHORT ? ROWS_SHORT : tree.count;
	measure(columns, &tree, rows);
	gap = fit(columns, page);
	draw_head(page, columns, gap);
	for (size_t i = 0; i < rows; i++)
		draw_row(page, columns, gap, &trail, &tree.rows[i]);
	if (rows < tree.count)
		(void)fprintf(page->out, "%*s%zu more; --verbose shows them\n", INDENT, "", tree.count - rows);
	tree_free(&tree);
	return 0;
}
