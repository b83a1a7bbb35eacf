/* /proc/self/mountinfo, proc(5). */
#include "sandbox/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"

enum { MOUNTINFO_MAX = 4 << 20 };

/* The kernel writes space, tab, newline and backslash as \ooo. */
static void unescape_octal(char *text)
{
	char *out = text;

	for (const char *in = text; *in; in++) {
		if (in[0] == '\\' && in[1] >= '0' && in[1] <= '3' && in[2] >= '0' && in[2] <= '7' && in[3] >= '0' &&
		    in[3] <= '7') {
			*out++ = (char)((in[1] - '0') << 6 | (in[2] - '0') << 3 | (in[3] - '0'));
			in += 3;
		} else {
			*out++ = *in;
		}
	}
	*out = '\0';
}

/* "36 35 98:0 /root /point options [optional …] - type source options" */
static bool parse_line(char *line, struct mounts_entry *ret_entry)
{
	enum { POINT_FIELD = 5 };
	char *rest = line, *point = NULL, *type;

	for (int field = 1; field <= POINT_FIELD; field++) {
		point = strsep(&rest, " ");
		if (!rest)
			return false;
	}
	type = strstr(rest, " - ");
	if (!type)
		return false;
	type += 3;
	ret_entry->type = strsep(&type, " ");
	unescape_octal(point);
	ret_entry->point = point;
	return true;
}

int mounts_read(struct mounts *ret_mounts)
{
	struct mounts mounts = {0};
	ssize_t length = io_read_all_at(AT_FDCWD, "/proc/self/mountinfo", MOUNTINFO_MAX, &mounts.text);
	char *rest, *line;

	if (length < 0)
		return (int)length;
	rest = mounts.text;
	while ((line = strsep(&rest, "\n"))) {
		struct mounts_entry entry;

		if (!parse_line(line, &entry))
			continue;
		if (mounts.count == MOUNTS_MAX) {
			mounts.cut = true;
			break;
		}
		mounts.entries[mounts.count++] = entry;
	}
	*ret_mounts = mounts;
	return 0;
}

void mounts_free(struct mounts *mounts)
{
	free(mounts->text);
	mounts->text = NULL;
	mounts->count = 0;
}

bool mounts_path_below(const char *path, const char *prefix)
{
	size_t length = strlen(prefix);

	if (strcmp(prefix, "/") == 0)
		return path[0] == '/';
	return strncmp(path, prefix, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

bool mounts_any_below(const struct mounts *mounts, const char *path)
{
	for (size_t i = 0; i < mounts->count; i++) {
		if (mounts_path_below(mounts->entries[i].point, path) && strcmp(mounts->entries[i].point, path) != 0)
			return true;
	}
	return false;
}

bool mounts_hidden(const struct mounts *mounts, size_t i)
{
	for (size_t later = i + 1; later < mounts->count; later++) {
		if (strcmp(mounts->entries[later].point, mounts->entries[i].point) == 0)
			return true;
	}
	return false;
}

bool mounts_replaced(const struct mounts_entry *entry)
{
	static const char *const kernel_types[] = {
	    "proc",      "sysfs",   "devtmpfs", "devpts",     "cgroup",     "cgroup2",     "mqueue",
	    "debugfs",   "tracefs", "pstore",   "securityfs", "bpf",        "configfs",    "fusectl",
	    "hugetlbfs", "autofs",  "efivarfs", "nsfs",       "rpc_pipefs", "binfmt_misc", "selinuxfs",
	};

	if (mounts_path_below(entry->point, "/dev") || mounts_path_below(entry->point, "/proc") ||
	    mounts_path_below(entry->point, "/sys"))
		return true;
	for (size_t i = 0; i < sizeof(kernel_types) / sizeof(kernel_types[0]); i++) {
		if (strcmp(entry->type, kernel_types[i]) == 0)
			return true;
	}
	return false;
}
