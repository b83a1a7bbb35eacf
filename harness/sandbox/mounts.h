/* What is mounted on the host: the list from which the sandbox's root is put together. */
#ifndef SANDBOX_MOUNTS_H
#define SANDBOX_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>

enum { MOUNTS_MAX = 256 };

struct mounts {
	char *text; /* /proc/self/mountinfo, cut into strings in place */
	struct mounts_entry {
		const char *point, *type;
	} entries[MOUNTS_MAX];
	size_t count;
	bool cut; /* there were more */
};

/* Reads the mounts of the calling process. 0 or -errno. Free with mounts_free. */
int mounts_read(struct mounts *ret_mounts);
void mounts_free(struct mounts *mounts);

/* Whether PATH is PREFIX or lies below it. */
bool mounts_path_below(const char *path, const char *prefix);
/* Whether something is mounted strictly below PATH. */
bool mounts_any_below(const struct mounts *mounts, const char *path);
/* Whether a later entry is mounted on the same point and so hides entry I. */
bool mounts_hidden(const struct mounts *mounts, size_t i);
/* Whether the entry is one that the sandbox replaces by its own: the kernel's file systems and what lies below /dev,
 * /proc and /sys. */
bool mounts_replaced(const struct mounts_entry *entry);

#endif
