/* The process tree as rows. Evidence may come from a file: parents may be missing, form a circle, or be there twice. */
#include "reports/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "probes/values.h"

/* One that stands in the tree, before its place in it is known. */
struct node {
	enum tree_kind kind;
	int pid, parent;
	const struct ev_process *process;
	bool placed;
};

struct planting {
	const struct evidence *evidence;
	struct node *nodes;
	size_t n_nodes;
	struct tree *tree;
};

static void cell_number(char cell[TREE_CELL_MAX], int number)
{
	(void)snprintf(cell, TREE_CELL_MAX, "%d", number);
}

static void cell_terminal(char cell[TREE_CELL_MAX], int terminal)
{
	char text[TTY_TEXT_MAX];

	(void)snprintf(cell, TREE_CELL_MAX, "%s", terminal ? probe_tty_text(terminal, text) : "none");
}

static void cell_umask(char cell[TREE_CELL_MAX], uint32_t umask)
{
	(void)snprintf(cell, TREE_CELL_MAX, "%04o", umask);
}

static void cell_user(char cell[TREE_CELL_MAX], const struct ev_start *start, uint32_t uid)
{
	if (start->user && uid == start->user_uid)
		(void)text_escape_into(cell, TREE_CELL_MAX, start->user);
	else if (uid == 0)
		(void)snprintf(cell, TREE_CELL_MAX, "root");
	else
		(void)snprintf(cell, TREE_CELL_MAX, "%u", uid);
}

static void fill_process(struct tree_row *row, const struct evidence *evidence, const struct ev_process *process)
{
	char name[TREE_NAME_MAX / 2];

	(void)snprintf(row->name, sizeof(row->name), "%s%s",
	               text_escape_into(name, sizeof(name), probe_or_unknown(process->name)),
	               process->state == 'Z'                                             ? ", zombie"
	               : process->state == 'T' || process->state == 't'                  ? ", stopped"
	               : evidence->n_processes > 1 && process == evidence_main(evidence) ? ", main"
	                                                                                 : "");
	cell_number(row->group, process->group);
	cell_number(row->session, process->session);
	cell_terminal(row->terminal, process->terminal);
	(void)text_escape_into(row->cwd, sizeof(row->cwd), probe_or_unknown(process->cwd));
	if (process->umask_known)
		cell_umask(row->umask, process->umask);
	if (process->ids_known)
		cell_user(row->user, &evidence->start, process->uid.effective);
}

static void fill_leader(struct tree_row *row, const struct ev_start *start)
{
	(void)snprintf(row->name, sizeof(row->name), "session leader");
	cell_number(row->group, start->leader);
	cell_number(row->session, start->leader);
	cell_terminal(row->terminal, start->terminal);
	(void)text_escape_into(row->cwd, sizeof(row->cwd), probe_or_unknown(start->directory));
	cell_umask(row->umask, start->umask);
	cell_user(row->user, start, start->uid);
}

static void fill_started(struct tree_row *row, const struct evidence *evidence)
{
	int status = evidence->launch.status;
	char signal[SIGNALS_TEXT_MAX];

	if (evidence->launch.outcome != EV_RETURNED && evidence->launch.outcome != EV_RESTLESS)
		(void)snprintf(row->name, sizeof(row->name), "started: gone");
	else if (WIFSIGNALED(status))
		(void)snprintf(row->name, sizeof(row->name), "started: signal %.16s",
		               probe_signal_text(WTERMSIG(status), signal));
	else
		(void)snprintf(row->name, sizeof(row->name), "started: exit status %d", WEXITSTATUS(status));
	cell_number(row->group, evidence->launch.group);
	cell_number(row->session, evidence->start.leader);
	cell_terminal(row->terminal, evidence->start.terminal);
}

static void fill(struct tree_row *row, const struct evidence *evidence, const struct node *node)
{
	static const char unknown[] = "?";
	bool is_process = node->kind == TREE_PROCESS;
	char *cells[] = {row->group, row->session, row->terminal, row->umask, row->user, row->cwd};

	for (size_t i = 0; i < sizeof(cells) / sizeof(*cells); i++)
		(void)snprintf(cells[i], sizeof(unknown), "%s", is_process ? unknown : "-");
	cell_number(row->pid, node->pid);
	cell_number(row->parent, node->parent);
	switch (node->kind) {
	case TREE_INIT:
		(void)snprintf(row->name, sizeof(row->name),
		               evidence->isolation.level == EV_ISOLATION_REAPER ? "the subreaper" : "init");
		(void)snprintf(row->parent, sizeof(row->parent), "-");
		return;
	case TREE_LEADER:
		fill_leader(row, &evidence->start);
		return;
	case TREE_STARTED:
		fill_started(row, evidence);
		return;
	case TREE_PROCESS:
		fill_process(row, evidence, node->process);
		return;
	}
}

/* The next node below PARENT that has no place yet, or the number of nodes. */
static size_t next_child(const struct planting *planting, int parent, size_t from)
{
	for (; from < planting->n_nodes; from++) {
		const struct node *node = &planting->nodes[from];

		if (!node->placed && node->parent == parent && node->kind != TREE_INIT)
			break;
	}
	return from;
}

static struct tree_row *place(struct planting *planting, struct node *node, size_t depth)
{
	struct tree_row *row = &planting->tree->rows[planting->tree->count++];

	node->placed = true;
	row->kind = node->kind;
	row->process = node->process;
	row->depth = depth;
	row->last = true;
	fill(row, planting->evidence, node);
	return row;
}

/* Places NODE and all below it. The depth is bounded: each call places a node. */
static void plant(struct planting *planting, size_t index, size_t depth)
{
	struct tree_row *before = NULL;

	(void)place(planting, &planting->nodes[index], depth);
	for (;;) {
		size_t child = next_child(planting, planting->nodes[index].pid, 0);

		if (child == planting->n_nodes)
			return;
		if (before)
			before->last = false;
		before = &planting->tree->rows[planting->tree->count];
		plant(planting, child, depth + 1);
	}
}

static bool started_is_gone(const struct evidence *evidence)
{
	return evidence->launch.pid > 0 && !evidence_process(evidence, evidence->launch.pid) &&
	       evidence->launch.outcome != EV_NO_COMMAND;
}

static void add_node(struct planting *planting, enum tree_kind kind, int pid, int parent)
{
	planting->nodes[planting->n_nodes++] = (struct node){.kind = kind, .pid = pid, .parent = parent};
}

static void gather(struct planting *planting)
{
	const struct evidence *evidence = planting->evidence;
	const struct ev_start *start = &evidence->start;

	add_node(planting, TREE_INIT, start->reaper, 0);
	if (start->leader > 0)
		add_node(planting, TREE_LEADER, start->leader, start->reaper);
	if (started_is_gone(evidence))
		add_node(planting, TREE_STARTED, evidence->launch.pid, start->leader);
	for (size_t i = 0; i < evidence->n_processes; i++) {
		const struct ev_process *process = &evidence->processes[i];

		add_node(planting, TREE_PROCESS, process->pid, process->parent);
		planting->nodes[planting->n_nodes - 1].process = process;
	}
}

int tree_make(const struct evidence *evidence, struct tree *ret_tree)
{
	enum { EXTRA = 3 };
	size_t room = evidence->n_processes + EXTRA;
	CLEANUP_FREE struct node *nodes = calloc(room, sizeof(*nodes));
	struct tree tree = {.rows = calloc(room, sizeof(*tree.rows))};
	struct planting planting = {.evidence = evidence, .nodes = nodes, .tree = &tree};

	if (!nodes || !tree.rows) {
		tree_free(&tree);
		return -ENOMEM;
	}
	gather(&planting);
	for (size_t i = 0; i < planting.n_nodes; i++)
		if (!nodes[i].placed)
			plant(&planting, i, 0);
	*ret_tree = tree;
	return 0;
}

void tree_free(struct tree *tree)
{
	free(tree->rows);
	*tree = (struct tree){0};
}
