/* The process tree as a drawing with columns. */
#ifndef REPORTS_TEXT_TREE_H
#define REPORTS_TEXT_TREE_H

#include <stdbool.h>

#include "evidence/evidence.h"
#include "reports/layout.h"

/* Draws the tree; the first rows only, unless ALL are wanted. Returns 0 or -ENOMEM. */
int text_tree(struct page *page, const struct evidence *evidence, bool all);

#endif
