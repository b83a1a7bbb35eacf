/* procfs and sysfs inside the sandbox. */
#include "sandbox/kernel.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

static int bind_read_only(const char *path)
{
	if (mount(path, path, NULL, MS_BIND, NULL) < 0)
		return -errno;
	if (mount(NULL, path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return -errno;
	return 0;
}

/* A directory of the kernel's or a file that somebody may write; processes and links (self, net) are left alone. */
static bool needs_protection(int directory, const struct dirent *entry)
{
	struct stat status;

	if (entry->d_name[0] == '.' || isdigit((unsigned char)entry->d_name[0]))
		return false;
	if (entry->d_type == DT_DIR)
		return true;
	if (entry->d_type != DT_REG || fstatat(directory, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	return (status.st_mode & 0222) != 0;
}

static int protect(const char *target, struct error *error)
{
	CLEANUP_CLOSEDIR DIR *directory = opendir(target);
	struct dirent *entry;

	if (!directory)
		return error_errno(error, -errno, "cannot list /proc");
	while ((entry = readdir(directory))) {
		char path[PATH_MAX];
		int status;

		if (!needs_protection(dirfd(directory), entry))
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", target, entry->d_name);
		status = bind_read_only(path);
		if (status < 0)
			return error_errno(error, status, "cannot make /proc/%s read-only", entry->d_name);
	}
	return 0;
}

int kernel_mount_proc(const char *target, int *ret_proc_fd, struct error *error)
{
	CLEANUP_CLOSE int proc_fd = -1;
	int status;

	if (mount("proc", target, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return error_errno(error, -errno, "cannot mount a procfs of our own");
	proc_fd = open(target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc_fd < 0)
		return error_errno(error, -errno, "cannot open the new /proc");
	status = protect(target, error);
	if (status == 0)
		*ret_proc_fd = take_fd(&proc_fd);
	return status;
}

int kernel_mount_sys(const char *target, struct error *error)
{
	struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV};
	CLEANUP_CLOSE int tree =
	    (int)syscall(SYS_open_tree, AT_FDCWD, "/sys", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	if (tree < 0)
		return error_errno(error, -errno, "cannot copy the mounts of /sys");
	if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof(attributes)) < 0)
		return error_errno(error, -errno, "cannot make /sys read-only");
	if (syscall(SYS_move_mount, tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return error_errno(error, -errno, "cannot mount /sys");
	return 0;
}

void kernel_forbid_cgroup_namespaces(void)
{
	CLEANUP_CLOSE int fd = open("/proc/sys/user/max_cgroup_namespaces", O_WRONLY | O_CLOEXEC);

	if (fd >= 0)
		(void)!write(fd, "0\n", 2);
}
