/* Preparing a launch. */
#include "engine/start.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "engine/candidate.h"

/* No daemon would choose this umask by itself, and it is still there after one that adds 022 or 027 to it. */
enum { START_UMASK = 0012, PLANT_BASE = 600 };

/* Low ones that programs use without thought, ones at the edges of common tables, and one above the soft limit. */
static const int PLANT_NUMBERS[START_PLANTS] = {3, 7, 57, 255, 1023, 4095};

/* Harmless values of variables that a caller's environment carries into a daemon; nobody else would give them these. */
static const struct {
	const char *name, *value;
} MARKERS[] = {
    {"OLDPWD", "/daemonck-marker"},         {"SSH_AUTH_SOCK", "/daemonck-marker/agent"},
    {"XDG_SESSION_ID", "daemonck-marker"},  {"SUDO_COMMAND", "/daemonck-marker/command"},
    {"DAEMONCK_MARKER", "daemonck-marker"},
};
enum { N_MARKERS = sizeof(MARKERS) / sizeof(MARKERS[0]) };

static char **copy_strings(char *const *strings)
{
	size_t count = 0;
	char **copy;

	while (strings[count])
		count++;
	copy = calloc(count + 1, sizeof(copy[0]));
	for (size_t i = 0; copy && i < count; i++) {
		copy[i] = strdup(strings[i]);
		if (!copy[i]) {
			evidence_strings_free(copy);
			return NULL;
		}
	}
	return copy;
}

/* Sets NAME=VALUE in a NULL-ended list that grows; a later setting replaces an earlier one. 0 or -ENOMEM. */
static int set_variable(char ***environment, const char *assignment)
{
	size_t length = strcspn(assignment, "=") + 1, count = 0;
	char *copy = strdup(assignment), **grown;

	if (!copy)
		return -ENOMEM;
	for (; *environment && (*environment)[count]; count++) {
		if (strncmp((*environment)[count], assignment, length) == 0) {
			free((*environment)[count]);
			(*environment)[count] = copy;
			return 0;
		}
	}
	grown = realloc(*environment, (count + 2) * sizeof(grown[0]));
	if (!grown) {
		free(copy);
		return -ENOMEM;
	}
	grown[count] = copy;
	grown[count + 1] = NULL;
	*environment = grown;
	return 0;
}

static int set_named(char ***environment, const char *name, const char *value)
{
	CLEANUP_FREE char *assignment = NULL;

	if (asprintf(&assignment, "%s=%s", name, value) < 0) {
		assignment = NULL;
		return -ENOMEM;
	}
	return set_variable(environment, assignment);
}

static int make_empty_environment(struct start *start)
{
	start->environment = calloc(1, sizeof(start->environment[0]));
	return start->environment ? 0 : -ENOMEM;
}

/* What a login at a terminal gives, from nothing, and the markers. */
static int make_environment(const struct engine_request *request, struct start *start)
{
	static const char *const base[] = {
	    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	    "SHELL=/bin/sh",
	    "TERM=xterm",
	    "LANG=C.UTF-8",
	};
	const char *home = getenv("HOME"), *user = getenv("USER");
	bool root = geteuid() == 0;
	int status = 0;

	for (size_t i = 0; status == 0 && i < sizeof(base) / sizeof(base[0]); i++)
		status = set_variable(&start->environment, base[i]);
	if (status == 0)
		status = set_named(&start->environment, "HOME", root ? "/root" : home ? home : "/");
	if (status == 0)
		status = set_named(&start->environment, "USER", root ? "root" : user ? user : "user");
	if (status == 0)
		status = set_named(&start->environment, "LOGNAME", root ? "root" : user ? user : "user");
	if (status == 0)
		status = set_named(&start->environment, "PWD", ROOT_START_DIRECTORY);
	while (start->environment && start->environment[start->n_login])
		start->n_login++;
	for (size_t i = 0; status == 0 && i < N_MARKERS; i++)
		status = set_named(&start->environment, MARKERS[i].name, MARKERS[i].value);
	for (char *const *more = request->environment; status == 0 && more && *more; more++)
		status = set_variable(&start->environment, *more);
	return status;
}

static int record_marker(struct ev_start *record, const char *variable)
{
	struct ev_marker *markers = realloc(record->markers, (record->n_markers + 1) * sizeof(markers[0]));
	size_t length = strcspn(variable, "=");

	if (!markers)
		return -ENOMEM;
	record->markers = markers;
	markers[record->n_markers] =
	    (struct ev_marker){.name = strndup(variable, length), .value = strdup(variable + length + 1)};
	record->n_markers++;
	return markers[record->n_markers - 1].name && markers[record->n_markers - 1].value ? 0 : -ENOMEM;
}

/* A login's own variables are expected in a daemon, too; what we and the caller added is looked for. */
static int record_markers(const struct start *start, struct ev_start *record)
{
	int status = 0;

	for (char **variable = start->environment + start->n_login; *variable && status == 0; variable++)
		status = record_marker(record, *variable);
	return status;
}

/* A file of its own for each number: whoever still holds it is told by the inode. */
static int make_plant(int number, struct leader_plant *ret_plant, struct ev_plant *ret_record, struct error *error)
{
	CLEANUP_CLOSE int fd = memfd_create("daemonck-plant", MFD_CLOEXEC);
	struct stat status;
	int high;

	if (fd < 0 || fstat(fd, &status) < 0)
		return error_errno(error, -errno, "cannot make a descriptor to plant");
	/* Out of the way of the numbers under which the candidate will find them. */
	high = fcntl(fd, F_DUPFD_CLOEXEC, PLANT_BASE);
	if (high < 0)
		return error_errno(error, -errno, "cannot plant descriptors");
	*ret_plant = (struct leader_plant){.number = number, .fd = high};
	*ret_record = (struct ev_plant){.number = number, .device = status.st_dev, .inode = status.st_ino};
	return 0;
}

static int make_plants(struct start *start, struct ev_start *record, struct error *error)
{
	struct rlimit limit = {0};

	record->plants = calloc(START_PLANTS, sizeof(record->plants[0]));
	if (!record->plants)
		return error_set(error, -ENOMEM, "out of memory");
	(void)getrlimit(RLIMIT_NOFILE, &limit);
	for (size_t i = 0; i < START_PLANTS; i++) {
		size_t count = start->leader.n_plants;
		int status;

		if ((rlim_t)PLANT_NUMBERS[i] >= limit.rlim_max)
			continue;
		status = make_plant(PLANT_NUMBERS[i], &start->plants[count], &record->plants[count], error);
		if (status < 0)
			return status;
		start->leader.n_plants++;
		record->n_plants++;
	}
	start->leader.plants = start->plants;
	return 0;
}

/* The user as the candidate's system knows him: with another root, by that root's passwd. */
static int find_user(const struct engine_request *request, struct ev_start *record, struct error *error)
{
	CLEANUP_FCLOSE FILE *file = NULL;
	char path[PATH_MAX];
	struct passwd *entry;
	uint64_t number;

	record->user = strdup(request->user);
	if (!record->user)
		return error_set(error, -ENOMEM, "out of memory");
	if (!request->root) {
		entry = getpwnam(request->user);
	} else {
		(void)snprintf(path, sizeof(path), "%s/etc/passwd", request->root);
		file = fopen(path, "re");
		while ((entry = file ? fgetpwent(file) : NULL) && strcmp(entry->pw_name, request->user) != 0)
			;
	}
	if (entry) {
		record->user_uid = entry->pw_uid;
		record->user_gid = entry->pw_gid;
		return 0;
	}
	if (!text_parse_number(request->user, 10, UINT32_MAX - 1, &number))
		return error_set(error, -EINVAL, "there is no user '%s' in %s/etc/passwd", request->user,
		                 request->root ? request->root : "");
	record->user_uid = record->user_gid = (uint32_t)number;
	return 0;
}

static int absolute(const char *path, const char *what, char **ret_path, struct error *error)
{
	char *resolved = realpath(path, NULL);
	struct stat status;

	if (!resolved)
		return error_errno(error, -errno, "%s '%s'", what, path);
	if (stat(resolved, &status) == 0 && !S_ISDIR(status.st_mode)) {
		free(resolved);
		return error_errno(error, -ENOTDIR, "%s '%s'", what, path);
	}
	*ret_path = resolved;
	return 0;
}

/* With another root, the directory is one of that root's. */
static int find_directories(const struct engine_request *request, struct start *start, struct error *error)
{
	int status = absolute(request->root ? request->root : "/", "the root tree", &start->tree, error);

	if (status < 0)
		return status;
	if (!request->root)
		return absolute(request->start_directory ? request->start_directory : ".", "the start directory",
		                &start->start_source, error);
	start->start_source = strdup(request->start_directory ? request->start_directory : "/root");
	if (!start->start_source)
		return error_set(error, -ENOMEM, "out of memory");
	if (start->start_source[0] != '/')
		return error_set(error, -EINVAL, "the start directory '%s' must be absolute with another root",
		                 start->start_source);
	return 0;
}

/* Where daemons of ordinary users write, as far as that can be known beforehand. */
static int find_ways(const struct engine_request *request, struct start *start)
{
	const char *home = getenv("HOME"), *slash = request->pidfile ? strrchr(request->pidfile, '/') : NULL;
	size_t count = 0;

	if (asprintf(&start->run_directory, "/run/user/%u", geteuid()) < 0) {
		start->run_directory = NULL;
		return -ENOMEM;
	}
	if (slash && slash > request->pidfile && request->pidfile[0] == '/') {
		start->pidfile_directory = strndup(request->pidfile, (size_t)(slash - request->pidfile));
		if (!start->pidfile_directory)
			return -ENOMEM;
		start->ways[count++] = start->pidfile_directory;
	}
	start->ways[count++] = start->start_source;
	start->ways[count++] = start->run_directory;
	start->ways[count++] = "/var/tmp";
	start->ways[count++] = "/run/lock";
	if (home && home[0] == '/')
		start->ways[count++] = home;
	return 0;
}

static void make_sentinel(char sentinel[LEADER_SENTINEL_SIZE])
{
	unsigned char random[(LEADER_SENTINEL_SIZE - 2) / 2];

	if (getrandom(random, sizeof(random), GRND_NONBLOCK) != (ssize_t)sizeof(random))
		memset(random, 0x5a, sizeof(random));
	/* A control that occurs nowhere else in it. */
	sentinel[0] = '\x1f';
	for (size_t i = 0; i < sizeof(random); i++)
		(void)snprintf(sentinel + 1 + 2 * i, 3, "%02x", random[i]);
}

static int record_host(struct ev_host *host)
{
	struct utsname names;
	time_t now = time(NULL);
	struct tm utc;
	char text[32];

	if (uname(&names) < 0)
		return -errno;
	(void)gmtime_r(&now, &utc);
	(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
	host->tool_version = strdup(DAEMONCK_VERSION);
	host->kernel = strdup(names.release);
	host->machine = strdup(names.machine);
	host->time = strdup(text);
	return host->tool_version && host->kernel && host->machine && host->time ? 0 : -ENOMEM;
}

/* What the harness puts into the sandbox; the pid file is the daemon's own, whatever was there before. */
static int record_given(const struct variation *variation, const char *pidfile, struct ev_start *record)
{
	size_t count = 0;

	record->given = calloc(variation->n_files + 2, sizeof(record->given[0]));
	if (!record->given)
		return -ENOMEM;
	if (variation->notify == VARIATION_NOTIFY_PATH)
		record->given[count++] = strdup(VARIATION_NOTIFY_SOCKET);
	for (size_t i = 0; i < variation->n_files; i++)
		if (!pidfile || strcmp(variation->files[i].path, pidfile) != 0)
			record->given[count++] = strdup(variation->files[i].path);
	for (size_t i = 0; i < count; i++)
		if (!record->given[i])
			return -ENOMEM;
	return 0;
}

static int record_start(const struct engine_request *request, const struct start_options *options, struct start *start,
                        struct evidence *evidence)
{
	int status = record_host(&evidence->host);

	if (status < 0)
		return status;
	evidence->start.umask = options->other_umask ? options->umask : START_UMASK;
	evidence->start.ignored = options->variation.ignored;
	evidence->start.blocked = options->variation.blocked;
	evidence->start.closed = options->variation.closed;
	evidence->start.argv = copy_strings(request->argv);
	if (!evidence->start.argv)
		return -ENOMEM;
	if (request->pidfile) {
		evidence->pidfile.path = strdup(request->pidfile);
		if (!evidence->pidfile.path)
			return -ENOMEM;
	}
	if (record_given(&options->variation, request->pidfile, &evidence->start) < 0)
		return -ENOMEM;
	return record_markers(start, &evidence->start);
}

int start_prepare(const struct engine_request *request, const struct start_options *options, struct start *ret_start,
                  struct evidence *evidence, struct error *error)
{
	int status = find_directories(request, ret_start, error);

	if (status < 0)
		return status;
	status = options->empty_environment ? make_empty_environment(ret_start) : make_environment(request, ret_start);
	if (status < 0 || find_ways(request, ret_start) < 0 || record_start(request, options, ret_start, evidence) < 0)
		return error_set(error, -ENOMEM, "out of memory");
	status = options->no_plants ? 0 : make_plants(ret_start, &evidence->start, error);
	if (status == 0 && request->user)
		status = find_user(request, &evidence->start, error);
	if (status < 0)
		return status;
	ret_start->leader.argv = request->argv;
	ret_start->leader.environment = ret_start->environment;
	ret_start->leader.directory = ret_start->start_source;
	ret_start->leader.pidfile = request->pidfile;
	ret_start->leader.ready_files = request->candidate ? request->candidate->ready_files : NULL;
	ret_start->leader.umask = evidence->start.umask;
	ret_start->leader.variation = options->variation;
	make_sentinel(ret_start->leader.sentinel);
	return 0;
}

void start_free(struct start *start)
{
	for (size_t i = 0; i < start->leader.n_plants; i++)
		(void)close(start->plants[i].fd);
	start->leader.n_plants = 0;
	evidence_strings_free(start->environment);
	start->environment = NULL;
	free(start->run_directory);
	free(start->pidfile_directory);
	start->run_directory = start->pidfile_directory = NULL;
	free(start->tree);
	free(start->start_source);
	start->tree = start->start_source = NULL;
}
