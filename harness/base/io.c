/* Files: bounded reads, whole writes, replacement at one stroke. */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

enum {
	READ_ROOM_MIN = 4096,
	NAME_TRIES = 16,
};

/* read that a signal does not disturb. */
static ssize_t read_once(int fd, void *buffer, size_t size)
{
	ssize_t count;

	do
		count = read(fd, buffer, size);
	while (count < 0 && errno == EINTR);
	return count < 0 ? -errno : count;
}

/* Reads until the end of the file or SIZE bytes: seq files of /proc give a piece at a time. */
static ssize_t read_full(int fd, char *buffer, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t count = read_once(fd, buffer + used, size - used);

		if (count < 0)
			return count;
		if (!count)
			break;
		used += (size_t)count;
	}
	return (ssize_t)used;
}

ssize_t io_read_at(int dir_fd, const char *name, char *buffer, size_t size, bool *ret_cut)
{
	CLEANUP_CLOSE int fd = -1;
	ssize_t used, more = 0;
	char next;

	if (!size || size > SSIZE_MAX)
		return -EINVAL;
	/* O_NONBLOCK: a FIFO in the place of a file must not hold us. */
	fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	used = read_full(fd, buffer, size - 1);
	if (used < 0)
		return used;
	if (ret_cut && (size_t)used == size - 1)
		more = read_once(fd, &next, 1);
	if (more < 0)
		return more;
	buffer[used] = '\0';
	if (ret_cut)
		*ret_cut = more > 0;
	return used;
}

ssize_t io_read_all_at(int dir_fd, const char *name, size_t limit, char **ret_buffer)
{
	CLEANUP_CLOSE int fd = -1;
	CLEANUP_FREE char *buffer = NULL;
	size_t used = 0, room = 0;

	if (limit > SSIZE_MAX - 2)
		limit = SSIZE_MAX - 2;
	fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	for (;;) {
		ssize_t count;

		if (used + 1 >= room) {
			/* One byte for the NUL, and one beyond the limit to see that there is more. */
			size_t wanted = room ? room * 2 : READ_ROOM_MIN;
			char *grown;

			if (wanted > limit + 2)
				wanted = limit + 2;
			grown = realloc(buffer, wanted);
			if (!grown)
				return -ENOMEM;
			buffer = grown;
			room = wanted;
		}
		count = read_once(fd, buffer + used, room - 1 - used);
		if (count < 0)
			return count;
		if (!count)
			break;
		used += (size_t)count;
		if (used > limit)
			return -EFBIG;
	}
	buffer[used] = '\0';
	*ret_buffer = TAKE_PTR(buffer);
	return (ssize_t)used;
}

int io_write_all(int fd, const void *buffer, size_t size)
{
	const char *bytes = buffer;

	while (size) {
		ssize_t count = write(fd, bytes, size);

		if (count < 0 && errno == EAGAIN) {
			struct pollfd wait = {.fd = fd, .events = POLLOUT};

			if (poll(&wait, 1, -1) < 0 && errno != EINTR)
				return -errno;
			continue;
		}
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -errno;
		if (!count)
			return -EIO;
		bytes += count;
		size -= (size_t)count;
	}
	return 0;
}

/* A path of its own beside PATH: ".daemonck-" and 16 random digits, in the same directory. */
static int beside(const char *path, char out[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	int directory = slash ? (int)(slash - path) + 1 : 0;
	uint64_t number;
	int length;

	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		return errno ? -errno : -EIO;
	length = snprintf(out, PATH_MAX, "%.*s.daemonck-%016jx", directory, path, (uintmax_t)number);
	return length < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* The directory that PATH lies in, fit for open. */
static int directory_of(const char *path, char out[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	int length;

	if (!slash)
		length = snprintf(out, PATH_MAX, ".");
	else
		length = snprintf(out, PATH_MAX, "%.*s", slash == path ? 1 : (int)(slash - path), path);
	return length < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* Gives the nameless file the name PATH. Where a file of that name stands, linkat cannot replace it: then by a name
 * that lives between two calls. */
static int name_file(int fd, const char *path)
{
	char link[64], name[PATH_MAX];
	int status;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0)
		return 0;
	for (int i = 0; i < NAME_TRIES && errno == EEXIST; i++) {
		status = beside(path, name);
		if (status)
			return status;
		if (linkat(AT_FDCWD, link, AT_FDCWD, name, AT_SYMLINK_FOLLOW))
			continue;
		if (rename(name, path) == 0)
			return 0;
		status = -errno;
		(void)unlink(name);
		return status;
	}
	return -errno;
}

static int fill(int fd, const void *content, size_t size, const struct stat *old)
{
	if (old && fchmod(fd, old->st_mode & 0777))
		return -errno;
	return io_write_all(fd, content, size);
}

/* By O_TMPFILE. -EOPNOTSUPP where the file system or a missing /proc does not let it. */
static int replace_nameless(const char *path, const void *content, size_t size, const struct stat *old)
{
	CLEANUP_CLOSE int fd = -1;
	char directory[PATH_MAX];
	int status = directory_of(path, directory);

	if (status)
		return status;
	if (access("/proc/self/fd", X_OK))
		return -EOPNOTSUPP;
	fd = open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
	if (fd < 0)
		return errno == EISDIR || errno == EINVAL ? -EOPNOTSUPP : -errno;
	status = fill(fd, content, size, old);
	return status ? status : name_file(fd, path);
}

/* By a name of its own, taken away again when something fails. */
static int replace_named(const char *path, const void *content, size_t size, const struct stat *old)
{
	CLEANUP_CLOSE int fd = -1;
	char name[PATH_MAX];
	int status;

	for (int i = 0; i < NAME_TRIES && fd < 0; i++) {
		status = beside(path, name);
		if (status)
			return status;
		fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
		if (fd < 0 && errno != EEXIST)
			return -errno;
	}
	if (fd < 0)
		return -EEXIST;
	status = fill(fd, content, size, old);
	if (!status && rename(name, path))
		status = -errno;
	if (status)
		(void)unlink(name);
	return status;
}

/* Devices, FIFOs and symbolic links (/dev/stdout is one) are written through, as a shell's redirection does: to put a
 * file in the place of /dev/null would be a disaster. */
static int write_through(const char *path, const void *content, size_t size)
{
	CLEANUP_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_CLOEXEC, 0666);

	return fd < 0 ? -errno : io_write_all(fd, content, size);
}

int io_replace_file(const char *path, const void *content, size_t size, struct error *error)
{
	struct stat old;
	bool exists = lstat(path, &old) == 0;
	char shown[256];
	int status;

	if (exists && !S_ISREG(old.st_mode)) {
		status = write_through(path, content, size);
	} else {
		status = replace_nameless(path, content, size, exists ? &old : NULL);
		if (status == -EOPNOTSUPP)
			status = replace_named(path, content, size, exists ? &old : NULL);
	}
	if (status)
		return error_errno(error, status, "cannot write %s", text_escape_into(shown, sizeof(shown), path));
	return 0;
}
