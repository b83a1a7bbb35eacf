/* A private, minimal /dev: the nodes that the standards promise and nothing of the host's hardware. */
#include "sandbox/device.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"

static const struct node {
	const char *name;
	unsigned int major, minor;
} NODES[] = {
    {"null", 1, 3}, {"zero", 1, 5}, {"full", 1, 7}, {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0},
};

static const struct {
	const char *name, *target;
} LINKS[] = {
    {"ptmx", "pts/ptmx"},          {"fd", "/proc/self/fd"},       {"stdin", "/proc/self/fd/0"},
    {"stdout", "/proc/self/fd/1"}, {"stderr", "/proc/self/fd/2"},
};

static int make_node(const char *target, const struct node *node, bool bind)
{
	char path[PATH_MAX], source[64];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", target, node->name);
	if (!bind) {
		if (mknod(path, S_IFCHR | 0666, makedev(node->major, node->minor)) < 0)
			return -errno;
		return chmod(path, 0666) < 0 ? -errno : 0;
	}
	(void)snprintf(source, sizeof(source), "/dev/%s", node->name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return -errno;
	(void)close(fd);
	return mount(source, path, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}

static int mount_below(const char *target, const char *name, const char *type, unsigned long flags, const char *data)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", target, name);
	if (mkdir(path, 0755) < 0)
		return -errno;
	return mount(type, path, type, flags, data) < 0 ? -errno : 0;
}

int device_mount(const char *target, bool bind, struct error *error)
{
	const char *const pts =
	    bind ? "newinstance,ptmxmode=0666,mode=620" : "newinstance,ptmxmode=0666,mode=620,gid=5";
	char path[PATH_MAX];
	int status;

	if (mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755,size=1m,nr_inodes=1k") < 0)
		return error_errno(error, -errno, "cannot mount a tmpfs on /dev");
	for (size_t i = 0; i < sizeof(NODES) / sizeof(NODES[0]); i++) {
		status = make_node(target, &NODES[i], bind);
		if (status < 0)
			return error_errno(error, status, "cannot make /dev/%s", NODES[i].name);
	}
	for (size_t i = 0; i < sizeof(LINKS) / sizeof(LINKS[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", target, LINKS[i].name);
		if (symlink(LINKS[i].target, path) < 0)
			return error_errno(error, -errno, "cannot make /dev/%s", LINKS[i].name);
	}
	status = mount_below(target, "pts", "devpts", MS_NOSUID | MS_NOEXEC, pts);
	if (status < 0)
		return error_errno(error, status, "cannot mount a devpts of our own");
	status = mount_below(target, "shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=25%");
	if (status < 0)
		return error_errno(error, status, "cannot mount a tmpfs on /dev/shm");
	return 0;
}
