/* The pid file: never visible without its content, and locked for as long as its daemon lives. Whether one runs is told
 * by the lock alone: what an old file says may be anybody's number by now. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "life.h"

const char *plan_pid_line(pid_t pid)
{
	static char line[32];

	snprintf(line, sizeof line, "%d\n", (int)pid);
	return line;
}

bool plan_same_file(int fd, const char *path)
{
	struct stat opened, named;

	return path && fstat(fd, &opened) == 0 && lstat(path, &named) == 0 && opened.st_dev == named.st_dev &&
	       opened.st_ino == named.st_ino;
}

/* Over an old file, which nobody may hold: 1 when it was exchanged meanwhile. */
static int put_over(int old, const char *temporary, const char *path)
{
	if (flock(old, LOCK_EX | LOCK_NB) < 0)
		return -1;
	return plan_same_file(old, path) ? rename(temporary, path) : 1;
}

/* Who finds no old file must not replace one that somebody else was quicker to put there. */
static int put(const char *temporary, const char *path)
{
	for (;;) {
		int old = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
		int result = -1, error;

		if (old >= 0)
			result = put_over(old, temporary, path);
		else if (errno == ENOENT)
			result = renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE);
		error = errno;
		if (old >= 0)
			close(old);
		errno = error;
		if (result == 0 || (result < 0 && errno != EEXIST))
			return result;
	}
}

static int write_locked(const char *path, const char *content, mode_t mode)
{
	int file = plan_above_stdio(open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
	size_t length = strlen(content);

	if (file < 0 || flock(file, LOCK_EX | LOCK_NB) < 0 || fchmod(file, mode) < 0 ||
	    write(file, content, length) != (ssize_t)length)
		return -1;
	return file;
}

int plan_write_pidfile(const char *path, const char *content, mode_t mode)
{
	char temporary[PATH_MAX];
	int file, error;

	snprintf(temporary, sizeof temporary, "%s.%d", path, (int)getpid());
	unlink(temporary); /* of one that was killed here */
	file = write_locked(temporary, content, mode);
	if (file >= 0 && put(temporary, path) == 0)
		return file;
	error = errno;
	unlink(temporary);
	errno = error == EWOULDBLOCK ? 0 : error;
	plan_die(errno ? path : "another one runs");
}

void right_pidfile(struct plan *plan)
{
	if (plan->pidfile)
		plan->pidfile_fd = plan_write_pidfile(plan->pidfile, plan_pid_line(getpid()), 0644);
}
