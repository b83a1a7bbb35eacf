/* Looks at files that a candidate may have made: it may have made fifos, devices and links. */
#include "terminal/look.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"

int look_stat(int directory_fd, const char *name, bool follow, struct ev_file *ret_file)
{
	struct statx status;
	int flags = AT_NO_AUTOMOUNT | AT_STATX_SYNC_AS_STAT | (follow ? 0 : AT_SYMLINK_NOFOLLOW);

	*ret_file = (struct ev_file){0};
	if (statx(directory_fd, name, flags | (*name ? 0 : AT_EMPTY_PATH), STATX_BASIC_STATS | STATX_MNT_ID, &status) <
	    0)
		return -errno;
	*ret_file = (struct ev_file){
	    .known = true,
	    .device = makedev(status.stx_dev_major, status.stx_dev_minor),
	    .inode = status.stx_ino,
	    .special = makedev(status.stx_rdev_major, status.stx_rdev_minor),
	    .mount = status.stx_mask & STATX_MNT_ID ? status.stx_mnt_id : 0,
	    .mode = status.stx_mode,
	    .links = status.stx_nlink,
	    .uid = status.stx_uid,
	    .gid = status.stx_gid,
	};
	return 0;
}

int look_open(int directory_fd, const char *path, int flags)
{
	struct open_how how = {.flags = (uint64_t)flags | O_CLOEXEC,
	                       .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	long fd = syscall(SYS_openat2, directory_fd, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

static int open_either(int directory_fd, const char *path, bool in_root, int flags)
{
	int fd;

	if (in_root)
		return look_open(directory_fd, path, flags);
	fd = openat(directory_fd, path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int look_into(int directory_fd, const char *path, bool in_root, struct look *look)
{
	CLEANUP_CLOSE int name = open_either(directory_fd, path, in_root, O_PATH | O_NOFOLLOW), fd = -1;
	struct stat target;
	ssize_t length;

	if (name < 0)
		return name;
	(void)look_stat(name, "", false, &look->file);
	fd = open_either(directory_fd, path, in_root, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return fd;
	if (fstat(fd, &target) < 0)
		return -errno;
	if (!S_ISREG(target.st_mode))
		return -EINVAL;
	length = read(fd, look->content, sizeof(look->content));
	if (length < 0)
		return -errno;
	look->size = (uint32_t)length;
	return 0;
}

void look_at(int directory_fd, const char *path, bool in_root, struct look *ret_look)
{
	int status;

	ret_look->file = (struct ev_file){0};
	ret_look->size = 0;
	status = look_into(directory_fd, path, in_root, ret_look);
	ret_look->state = status < 0 ? EV_LOOK_FAILED : EV_LOOK_READ;
	ret_look->error = -status;
}
