/* Limits, the start directory, files and commands before the start. */
#include "terminal/prepare.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/text.h"
#include "sandbox/spawn.h"
#include "terminal/candidate.h"

enum {
	SOFT_DESCRIPTORS = 1024, /* what a login gives, whatever the limit of our own caller is */
	SHOWN_MAX = 256,
};

int prepare_check(const struct variation *variation, enum sandbox_level level, struct error *error)
{
	bool changes = variation->null != VARIATION_NULL_DEVICE || variation->directory != VARIATION_DIRECTORY_GIVEN ||
	               variation->pid1 || variation->notify != VARIATION_NOTIFY_NONE || variation->n_files > 0 ||
	               (variation->setup && variation->setup[0]) || (variation->occupy && variation->occupy[0]);

	if (changes && level == SANDBOX_REAPER)
		return error_set(error, -EOPNOTSUPP, "without namespaces this would change the system itself");
	if (variation->hold && variation->count_closes)
		return error_set(error, -EINVAL, "births are held back or calls counted, not both");
	return 0;
}

/* As high as the system goes; the hard limit may only be raised with the right to. */
static rlim_t most_descriptors(rlim_t hard)
{
	char text[32];
	ssize_t length = io_read_at(AT_FDCWD, "/proc/sys/fs/nr_open", text, sizeof(text), NULL);
	uint64_t most;

	if (length <= 0)
		return hard;
	text[strcspn(text, "\n")] = '\0';
	return text_parse_number(text, 10, INT_MAX, &most) && most > hard ? most : hard;
}

int prepare_limit(uint64_t wanted, struct error *error)
{
	struct rlimit limit, raised;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return error_errno(error, -errno, "cannot read the limit of descriptors");
	raised.rlim_cur = raised.rlim_max = wanted == UINT64_MAX ? most_descriptors(limit.rlim_max) : wanted;
	if (raised.rlim_max > limit.rlim_max && setrlimit(RLIMIT_NOFILE, &raised) == 0)
		return 0;
	if (wanted)
		limit.rlim_cur = raised.rlim_cur < limit.rlim_max ? raised.rlim_cur : limit.rlim_max;
	else if (limit.rlim_cur > SOFT_DESCRIPTORS)
		limit.rlim_cur = SOFT_DESCRIPTORS;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		return error_errno(error, -errno, "cannot set the limit of descriptors");
	return 0;
}

static int make_own_directory(struct leader *leader)
{
	(void)snprintf(leader->own_directory, sizeof(leader->own_directory), "/tmp/daemonck-XXXXXX");
	if (!mkdtemp(leader->own_directory))
		return -errno;
	leader->directory = leader->own_directory;
	return 0;
}

int prepare_directory(struct leader *leader, struct error *error)
{
	int status = 0;

	switch (leader->plan->variation.directory) {
	case VARIATION_DIRECTORY_GIVEN:
		break;
	case VARIATION_DIRECTORY_MOUNT:
		if (mount(leader->directory, leader->directory, NULL, MS_BIND, NULL) < 0)
			status = -errno;
		break;
	case VARIATION_DIRECTORY_DELETED:
	case VARIATION_DIRECTORY_UNREADABLE:
		status = make_own_directory(leader);
		break;
	}
	if (status < 0)
		return error_errno(error, status, "cannot make the start directory");
	return chdir(leader->directory) < 0 ? error_errno(error, -errno, "cannot enter the start directory") : 0;
}

int prepare_directory_last(const struct leader *leader, struct error *error)
{
	int status = 0;

	switch (leader->plan->variation.directory) {
	case VARIATION_DIRECTORY_GIVEN:
	case VARIATION_DIRECTORY_MOUNT:
		break;
	case VARIATION_DIRECTORY_DELETED:
		status = rmdir(leader->directory);
		break;
	case VARIATION_DIRECTORY_UNREADABLE:
		status = chmod(leader->directory, 0);
		break;
	}
	return status < 0 ? error_errno(error, -errno, "cannot take the start directory away") : 0;
}

int prepare_parents(const char *path)
{
	char parent[PATH_MAX];
	size_t length = strlen(path);

	if (length >= sizeof(parent))
		return -ENAMETOOLONG;
	for (size_t i = 1; i < length; i++) {
		if (path[i] != '/' || path[i - 1] == '/')
			continue;
		memcpy(parent, path, i);
		parent[i] = '\0';
		if (mkdir(parent, 0755) < 0 && errno != EEXIST)
			return -errno;
	}
	return 0;
}

/* A file that lies at the directory's path gives way. */
static int make_directory(const char *path, mode_t mode)
{
	struct stat status;

	if (mkdir(path, mode) < 0) {
		if (errno != EEXIST || lstat(path, &status) < 0)
			return -errno;
		if (!S_ISDIR(status.st_mode) && (unlink(path) < 0 || mkdir(path, mode) < 0))
			return -errno;
	}
	return chmod(path, mode) < 0 ? -errno : 0;
}

/* O_NONBLOCK: a fifo in the place of the file must not hold us. */
static int write_file(const char *path, const void *content, size_t size, mode_t mode)
{
	CLEANUP_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, mode);

	if (fd < 0 || fchmod(fd, mode) < 0)
		return -errno;
	return io_write_all(fd, content, size);
}

static int put_file(const struct variation_file *file, const void *content, size_t size, struct error *error)
{
	int status = prepare_parents(file->path);
	char shown[SHOWN_MAX];

	if (status == 0)
		status = file->directory ? make_directory(file->path, file->mode ? file->mode : 0755)
		                         : write_file(file->path, content, size, file->mode ? file->mode : 0644);
	return status < 0 ? error_errno(error, status, "cannot make '%s' before the start",
	                                text_escape_into(shown, sizeof(shown), file->path))
	                  : 0;
}

static int put_pid(const struct variation_file *file, pid_t pid, struct error *error)
{
	char line[16];
	int length = snprintf(line, sizeof(line), "%d\n", pid);

	return put_file(file, line, (size_t)length, error);
}

int prepare_files(const struct leader *leader, struct error *error)
{
	const struct variation *variation = &leader->plan->variation;
	int status = 0;

	for (size_t i = 0; i < variation->n_files && status == 0; i++) {
		const struct variation_file *file = &variation->files[i];

		status = file->stranger ? put_pid(file, leader->stranger, error)
		                        : put_file(file, file->content, file->size, error);
	}
	return status;
}

static int run_setup(const struct leader *leader, const char *command, struct error *error)
{
	char sh[] = "/bin/sh", dash_c[] = "-c", shown[SHOWN_MAX];
	char *const argv[] = {sh, dash_c, (char *)command, NULL};
	const struct candidate setup = {
	    .argv = argv, .environment = leader->plan->environment, .umask = 0022, .no_terminal = true, .gate = -1};
	pid_t pid = spawn(0, NULL);
	int status;

	if (pid < 0)
		return error_errno(error, pid, "cannot fork");
	if (pid == 0)
		candidate_execute(leader, &setup);
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return error_errno(error, -errno, "cannot wait for a setup command");
	}
	if (status == 0)
		return 0;
	(void)text_escape_into(shown, sizeof(shown), command);
	if (WIFSIGNALED(status))
		return error_set(error, -ECANCELED, "the setup command '%s' was ended by signal %d", shown,
		                 WTERMSIG(status));
	return error_set(error, -ECANCELED, "the setup command '%s' ended with status %d", shown, WEXITSTATUS(status));
}

int prepare_setup(const struct leader *leader, struct error *error)
{
	int status = 0;

	for (const char *const *command = leader->plan->variation.setup; command && *command && status == 0; command++)
		status = run_setup(leader, *command, error);
	return status;
}
