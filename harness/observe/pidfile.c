/* The declared pid file. */
#include "observe/pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "observe/process.h"

int pidfile_take_look(const struct look *look, struct ev_look *ret_look)
{
	char *content = NULL;

	if (look->state == EV_LOOK_READ) {
		content = malloc(look->size + 1u);
		if (!content)
			return -ENOMEM;
		memcpy(content, look->content, look->size);
		content[look->size] = '\0';
	}
	free(ret_look->content);
	*ret_look = (struct ev_look){
	    .state = look->state,
	    .error_number = look->error,
	    .content = content,
	    .size = look->size,
	    .file = look->file,
	};
	return 0;
}

static int read_directory(int directory_fd, const char *path, struct ev_pidfile *pidfile)
{
	char parent[PATH_MAX], link[64];
	const char *slash = strrchr(path, '/');
	CLEANUP_CLOSE int fd = -1;

	(void)snprintf(parent, sizeof(parent), "%.*s", slash > path ? (int)(slash - path) : 1, path);
	fd = look_open(directory_fd, parent, O_PATH | O_DIRECTORY);
	free(pidfile->directory);
	pidfile->directory = NULL;
	if (fd < 0)
		return 0;
	(void)look_stat(fd, "", false, &pidfile->directory_file);
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	pidfile->directory = process_read_link(AT_FDCWD, link);
	return pidfile->directory ? 0 : -ENOMEM;
}

int pidfile_read(int directory_fd, struct evidence *evidence)
{
	struct ev_pidfile *pidfile = &evidence->pidfile;
	char path[PATH_MAX];
	struct look look;
	int status;

	if (!pidfile->path)
		return 0;
	if (pidfile->path[0] == '/')
		status = snprintf(path, sizeof(path), "%s", pidfile->path);
	else
		status = snprintf(path, sizeof(path), "%s/%s", evidence->start.directory, pidfile->path);
	if (status >= PATH_MAX)
		return 0;
	look_at(directory_fd, path, true, &look);
	status = pidfile_take_look(&look, &pidfile->settled);
	return status < 0 ? status : read_directory(directory_fd, path, pidfile);
}
