/* The process tree as rows: init, the terminal's session leader, the started process, and the daemon's processes each
 * below its parent. All cells are escaped. */
#ifndef REPORTS_TREE_H
#define REPORTS_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/evidence.h"

enum { TREE_NAME_MAX = 96, TREE_CELL_MAX = 32, TREE_PATH_MAX = 128 };

enum tree_kind {
	TREE_INIT,    /* who takes the orphans */
	TREE_LEADER,  /* of the terminal's session: the caller */
	TREE_STARTED, /* the started process, which has ended */
	TREE_PROCESS, /* one that was there at the end */
};

struct tree_row {
	enum tree_kind kind;
	const struct ev_process *process; /* TREE_PROCESS */
	size_t depth;
	bool last; /* among its siblings */
	char name[TREE_NAME_MAX];
	char pid[TREE_CELL_MAX], parent[TREE_CELL_MAX], group[TREE_CELL_MAX], session[TREE_CELL_MAX];
	char terminal[TREE_CELL_MAX], umask[TREE_CELL_MAX], user[TREE_CELL_MAX];
	char cwd[TREE_PATH_MAX];
};

struct tree {
	struct tree_row *rows;
	size_t count;
};

/* Returns 0 or -ENOMEM. Free with tree_free. */
int tree_make(const struct evidence *evidence, struct tree *ret_tree);
void tree_free(struct tree *tree);

#endif
