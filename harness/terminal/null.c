/* A /dev without null, or with a file in its place. */
#include "terminal/null.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/root.h"

enum { ENTRIES_MAX = 64, NAME_SIZE = 64 };

/* An entry of /dev: the text of a link, or a copy of what is mounted there. */
struct entry {
	char name[NAME_SIZE], link[NAME_SIZE];
	bool directory;
	int tree;
};

struct entries {
	struct entry all[ENTRIES_MAX];
	size_t count;
};

static int copy_mounts(int directory, const char *name, unsigned int flags)
{
	long tree = syscall(SYS_open_tree, directory, name,
	                    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_NO_AUTOMOUNT | AT_SYMLINK_NOFOLLOW | flags);

	return tree < 0 ? -errno : (int)tree;
}

static int attach(int tree, const char *path)
{
	return syscall(SYS_move_mount, tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) < 0 ? -errno : 0;
}

static int take_entry(int directory, const char *name, struct entry *entry)
{
	struct stat status;
	ssize_t length;

	if (snprintf(entry->name, sizeof(entry->name), "%s", name) >= NAME_SIZE)
		return -ENAMETOOLONG;
	if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (S_ISLNK(status.st_mode)) {
		length = readlinkat(directory, name, entry->link, sizeof(entry->link) - 1);
		return length < 0 ? -errno : 0;
	}
	entry->directory = S_ISDIR(status.st_mode);
	entry->tree = copy_mounts(directory, name, entry->directory ? AT_RECURSIVE : 0);
	return entry->tree < 0 ? entry->tree : 0;
}

static int take_entries(struct entries *entries)
{
	CLEANUP_CLOSEDIR DIR *directory = opendir("/dev");
	struct dirent *name;
	int status = 0;

	if (!directory)
		return -errno;
	while (status == 0 && (name = readdir(directory))) {
		if (strcmp(name->d_name, ".") == 0 || strcmp(name->d_name, "..") == 0 ||
		    strcmp(name->d_name, "null") == 0)
			continue;
		if (entries->count == ENTRIES_MAX)
			return -E2BIG;
		entries->all[entries->count].tree = -1;
		status = take_entry(dirfd(directory), name->d_name, &entries->all[entries->count++]);
	}
	return status;
}

static int put_entry(const struct entry *entry)
{
	char path[NAME_SIZE + 8];
	int fd;

	(void)snprintf(path, sizeof(path), "/dev/%s", entry->name);
	if (entry->tree < 0)
		return symlink(entry->link, path) < 0 ? -errno : 0;
	if (entry->directory)
		return mkdir(path, 0755) < 0 ? -errno : attach(entry->tree, path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	(void)close(fd);
	return attach(entry->tree, path);
}

static int without_null(void)
{
	struct entries entries = {0};
	int status = take_entries(&entries);

	if (status == 0 && mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755,size=1m,nr_inodes=1k") < 0)
		status = -errno;
	for (size_t i = 0; i < entries.count; i++) {
		if (status == 0)
			status = put_entry(&entries.all[i]);
		cleanup_close(&entries.all[i].tree);
	}
	return status;
}

/* The file lies on a file system that no path leads to: a directory lends itself to it for a moment. */
static int make_file(int *ret_tree)
{
	static const char path[] = ROOT_SHM "/null";
	int fd, status;

	if (mount("tmpfs", ROOT_SHM, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0755,size=1m,nr_inodes=8") < 0)
		return -errno;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	status = fd < 0 || fchmod(fd, 0666) < 0 ? -errno : copy_mounts(AT_FDCWD, path, 0);
	cleanup_close(&fd);
	if (umount2(ROOT_SHM, MNT_DETACH) < 0 && status >= 0) {
		(void)close(status);
		return -errno;
	}
	if (status < 0)
		return status;
	*ret_tree = status;
	return 0;
}

static int file_for_null(void)
{
	CLEANUP_CLOSE int tree = -1;
	int status = make_file(&tree);

	return status < 0 ? status : attach(tree, "/dev/null");
}

int null_prepare(enum variation_null kind, struct error *error)
{
	int status = 0;

	switch (kind) {
	case VARIATION_NULL_DEVICE:
		return 0;
	case VARIATION_NULL_MISSING:
		status = without_null();
		return status < 0 ? error_errno(error, status, "cannot make a /dev without null") : 0;
	case VARIATION_NULL_FILE:
		status = file_for_null();
		return status < 0 ? error_errno(error, status, "cannot put a file in the place of /dev/null") : 0;
	}
	return 0;
}
