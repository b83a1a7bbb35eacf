/* Walking the upper layers. */
#include "observe/written.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "terminal/look.h"

enum { DEPTH_MAX = 64 };

struct walk {
	struct evidence *evidence;
	size_t room;
	int tree_fd; /* the lower tree's root */
};

/* Overlayfs marks what was removed by a device 0:0. */
static bool is_whiteout(const struct ev_file *file)
{
	return S_ISCHR(file->mode) && file->special == 0;
}

static bool was_there(const struct walk *walk, const char *path)
{
	struct ev_file file;

	if (strncmp(path, ROOT_SHM "/", strlen(ROOT_SHM "/")) == 0)
		return false;
	return look_stat(walk->tree_fd, path + 1, false, &file) == 0;
}

/* A directory that was there before is in the upper layer for the sake of what was written below it. */
static int add(struct walk *walk, const char *path, const struct ev_file *file)
{
	struct evidence *evidence = walk->evidence;
	bool created = !was_there(walk, path);
	struct ev_written *entry;

	if (!created && S_ISDIR(file->mode))
		return 0;
	if (evidence->n_written == EVIDENCE_FILES_MAX) {
		evidence->truncated = true;
		return 0;
	}
	if (evidence->n_written == walk->room) {
		size_t room = walk->room ? 2 * walk->room : 32;
		struct ev_written *written = realloc(evidence->written, room * sizeof(written[0]));

		if (!written)
			return -ENOMEM;
		evidence->written = written;
		walk->room = room;
	}
	entry = &evidence->written[evidence->n_written];
	*entry = (struct ev_written){.path = strdup(path), .file = *file, .created = created};
	if (!entry->path)
		return -ENOMEM;
	evidence->n_written++;
	return 0;
}

/* A file that the harness put there, or a directory on the way to one. */
static bool is_given(const struct evidence *evidence, const char *path, const struct ev_file *file)
{
	size_t length = strlen(path);

	for (char **given = evidence->start.given; given && *given; given++) {
		if (strcmp(*given, path) == 0)
			return true;
		if (S_ISDIR(file->mode) && strncmp(*given, path, length) == 0 && (*given)[length] == '/')
			return true;
	}
	return false;
}

static int walk_directory(struct walk *walk, int parent_fd, const char *name, const char *point, int depth)
{
	int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP_CLOSEDIR DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int status = 0;

	if (!directory || depth > DEPTH_MAX) {
		walk->evidence->truncated |= depth > DEPTH_MAX;
		return 0;
	}
	while (status == 0 && (entry = readdir(directory))) {
		char path[PATH_MAX];
		struct ev_file file;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", point, entry->d_name) >= PATH_MAX ||
		    walk->evidence->n_written == EVIDENCE_FILES_MAX) {
			walk->evidence->truncated = true;
			continue;
		}
		if (look_stat(fd, entry->d_name, false, &file) < 0 || is_whiteout(&file))
			continue;
		if (!is_given(walk->evidence, path, &file))
			status = add(walk, path, &file);
		if (status == 0 && S_ISDIR(file.mode))
			status = walk_directory(walk, fd, entry->d_name, path, depth + 1);
	}
	return status;
}

int written_read(const struct sandbox *sandbox, const char *tree, struct evidence *evidence)
{
	CLEANUP_CLOSE int tree_fd = open(tree, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct walk walk = {.evidence = evidence, .tree_fd = tree_fd};
	int status = 0;

	for (size_t i = 0; i < sandbox->root.n_layers && status == 0; i++) {
		const struct root_layer *layer = &sandbox->root.layers[i];
		const char *point = layer->point && strcmp(layer->point, "/") != 0 ? layer->point : "";

		status = walk_directory(&walk, layer->upper_fd, ".", point, 0);
	}
	return status;
}
