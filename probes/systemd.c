/* service_load_pid_file and service_is_suitable_main_pid of systemd, rebuilt over evidence, in their order. */
#include "probes/systemd.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"

enum { LINE_ROOM = 4096, DEVELOPMENT_LINE_MAX = 2048 };

static const char *const WHITESPACE = " \t\n\r";

/* The first line: systemd ends one at a newline, a carriage return or a NUL. */
static size_t first_line(const char *content, uint64_t size, char line[LINE_ROOM])
{
	size_t length = 0;

	while (content && length < size && length < LINE_ROOM - 1 && content[length] != '\n' &&
	       content[length] != '\r' && content[length]) {
		line[length] = content[length];
		length++;
	}
	line[length] = '\0';
	return length;
}

/* Beside those of C, "0b" and "0o" tell the base. */
static const char *skip_base(const char *text, int *base)
{
	*base = 0;
	if (strncmp(text, "0b", 2) == 0 || strncmp(text, "0B", 2) == 0)
		*base = 2;
	else if (strncmp(text, "0o", 2) == 0 || strncmp(text, "0O", 2) == 0)
		*base = 8;
	return *base ? text + 2 : text;
}

static int parse_line(const char *line, int *ret_pid)
{
	const char *text;
	unsigned long long number;
	char *end = NULL;
	int base;

	text = skip_base(line + strspn(line, WHITESPACE), &base);
	errno = 0;
	number = strtoull(text, &end, base);
	if (errno > 0)
		return -errno;
	if (end == text || *end)
		return -EINVAL;
	if ((number != 0 && text[0] == '-') || number == 0 || number > INT_MAX)
		return -ERANGE;
	*ret_pid = (int)number;
	return 0;
}

int systemd_parse_pid(const char *content, uint64_t size, int *ret_pid)
{
	char line[LINE_ROOM];

	(void)first_line(content, size, line);
	return parse_line(line, ret_pid);
}

/* Whom the number names. */
enum named {
	NAMED_MANAGER,
	NAMED_CONTROL, /* the started process, still there */
	NAMED_NOBODY,  /* none, or a zombie */
	NAMED_ZOMBIE,
	NAMED_SERVICE, /* a process in the unit's control group */
	NAMED_STRANGER,
};

/* The unit's control group is the one that the start was in. */
static bool is_of_service(const struct evidence *launch, const struct ev_process *process)
{
	const char *cgroup = launch->start.cgroup;

	return !cgroup || !process->cgroup || probe_path_within(process->cgroup, cgroup);
}

static enum named whom(const struct evidence *launch, int pid)
{
	const struct ev_process *process = evidence_process(launch, pid);

	if (pid == 1 || pid == launch->start.reaper)
		return NAMED_MANAGER;
	if (pid == launch->launch.pid && launch->launch.outcome == EV_STAYED)
		return NAMED_CONTROL;
	if (!process && (pid == launch->start.leader || pid == launch->start.stranger))
		return NAMED_STRANGER;
	if (!process)
		return NAMED_NOBODY;
	if (!probe_alive(process))
		return NAMED_ZOMBIE;
	return is_of_service(launch, process) ? NAMED_SERVICE : NAMED_STRANGER;
}

/* Whether a name on the way belongs to someone who could have put another thing there: systemd goes from root's to
 * anybody's, and else only within what one user owns. Of the way the directory and the file are in the evidence; of a
 * link's target nothing, but that the link of a user mostly leads through root's directories. */
static bool is_unsafe_chain(const struct evidence *launch, const struct ev_look *look)
{
	const struct ev_file *directory = &launch->pidfile.directory_file, *file = &look->file;

	if (directory->known && file->known && directory->uid != 0 && directory->uid != file->uid)
		return true;
	return file->known && S_ISLNK(file->mode) && file->uid != 0;
}

__attribute__((format(printf, 3, 4))) static enum systemd_level say(char *buffer, enum systemd_level level,
                                                                    const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(buffer, SYSTEMD_TEXT_MAX, format, arguments);
	va_end(arguments);
	return level;
}

/* Quotes came with the later words. */
static const char *quote(enum systemd_release release)
{
	return release == SYSTEMD_252 ? "" : "'";
}

static enum systemd_level judge_unread(const char *path, const struct ev_look *look, enum systemd_release release,
                                       char *buffer)
{
	const char *mark = quote(release);

	if (look->file.known && S_ISDIR(look->file.mode)) {
		if (release == SYSTEMD_252)
			return say(buffer, SYSTEMD_ERROR,
			           "Can't convert PID files %s O_PATH file descriptor to proper file descriptor: %s",
			           path, probe_errno_text(EISDIR));
		return say(buffer, SYSTEMD_ERROR, "Failed to read PID file '%s': %s", path, probe_errno_text(EISDIR));
	}
	/* Root may read what the look could not; and nothing is known of what a fifo or a device would give. */
	if (look->error_number == EACCES || look->error_number == EPERM ||
	    (look->file.known && !S_ISLNK(look->file.mode)) || look->error_number == EINVAL)
		return SYSTEMD_SILENT;
	return say(buffer, SYSTEMD_INFO, "Can't open PID file %s%s%s (yet?) after start: %s", mark, path, mark,
	           probe_errno_text(look->error_number));
}

static enum systemd_level judge_number(const char *path, const char *line, int error, enum systemd_release release,
                                       char *buffer)
{
	if (release == SYSTEMD_252)
		return say(buffer, SYSTEMD_INFO, "Failed to parse PID from file %s: %s", path, probe_errno_text(error));
	return say(buffer, SYSTEMD_INFO, "Failed to create reference to PID %.64s from file '%s': %s", line, path,
	           probe_errno_text(error));
}

/* A process outside of the unit: its pid is taken from root's file only. */
static enum systemd_level judge_stranger(const struct evidence *launch, const struct ev_look *look, int pid,
                                         enum systemd_release release, char *buffer)
{
	const char *path = launch->pidfile.path;

	if (is_unsafe_chain(launch, look))
		return say(buffer, SYSTEMD_ERROR,
		           "Refusing to accept PID outside of service control group, acquired through unsafe symlink "
		           "chain: %s",
		           path);
	/* Whose the target of a link is, is not known. */
	if (!look->file.known || S_ISLNK(look->file.mode))
		return SYSTEMD_SILENT;
	if (look->file.uid != 0 && release == SYSTEMD_252)
		return say(buffer, SYSTEMD_ERROR,
		           "New main PID %d does not belong to service, and PID file is not owned by root. Refusing.",
		           pid);
	if (look->file.uid != 0)
		return say(buffer, SYSTEMD_ERROR,
		           "New main PID %d from PID file does not belong to service, and PID file is owned by %u "
		           "(must be owned by 0). Refusing.",
		           pid, look->file.uid);
	if (release == SYSTEMD_252)
		return say(buffer, SYSTEMD_DEBUG,
		           "New main PID %d does not belong to service, but we'll accept it since PID file is owned by "
		           "root.",
		           pid);
	return say(buffer, SYSTEMD_DEBUG,
	           "New main PID %d does not belong to service, accepting anyway since PID file is owned by 0.", pid);
}

static enum systemd_level judge_service(const struct evidence *launch, const struct ev_look *look, char *buffer)
{
	if (!is_unsafe_chain(launch, look))
		return SYSTEMD_SILENT;
	return say(buffer, SYSTEMD_DEBUG, "Potentially unsafe symlink chain, will now retry with relaxed checks: %s",
	           launch->pidfile.path);
}

static enum systemd_level judge_pid(const struct evidence *launch, const struct ev_look *look, const char *line,
                                    int pid, enum systemd_release release, char *buffer)
{
	enum named named = whom(launch, pid);

	/* The development branch opens a pidfd first, which only a process, be it a zombie, has. */
	if (named == NAMED_NOBODY && release != SYSTEMD_252)
		return judge_number(launch->pidfile.path, line, ESRCH, release, buffer);
	switch (named) {
	case NAMED_MANAGER:
		return say(buffer, SYSTEMD_INFO, "New main PID %d is the manager, refusing.", pid);
	case NAMED_CONTROL:
		return say(buffer, SYSTEMD_INFO, "New main PID %d is the control process, refusing.", pid);
	case NAMED_NOBODY:
	case NAMED_ZOMBIE:
		return say(buffer, SYSTEMD_INFO, "New main PID %d does not exist or is a zombie.", pid);
	case NAMED_SERVICE:
		return judge_service(launch, look, buffer);
	case NAMED_STRANGER:
		return judge_stranger(launch, look, pid, release, buffer);
	}
	return SYSTEMD_SILENT;
}

enum systemd_level systemd_pidfile(const struct evidence *launch, const struct ev_look *look,
                                   enum systemd_release release, char buffer[SYSTEMD_TEXT_MAX])
{
	const char *path = launch->pidfile.path;
	char line[LINE_ROOM];
	int pid = 0, status;

	buffer[0] = '\0';
	if (!path || look->state == EV_LOOK_NONE)
		return SYSTEMD_SILENT;
	if (look->state == EV_LOOK_FAILED)
		return judge_unread(path, look, release, buffer);
	if (first_line(look->content, look->size, line) >= DEVELOPMENT_LINE_MAX && release != SYSTEMD_252)
		return say(buffer, SYSTEMD_ERROR, "Failed to read PID file '%s': %s", path, probe_errno_text(ENOBUFS));
	status = parse_line(line, &pid);
	if (status < 0)
		return judge_number(path, line, -status, release, buffer);
	return judge_pid(launch, look, line, pid, release, buffer);
}

void systemd_tell(const struct evidence *launch, const struct ev_look *look, const struct profile *profile,
                  struct finding *finding)
{
	char text[SYSTEMD_TEXT_MAX];
	enum systemd_level level;

	if (finding->verdict != VERDICT_FAIL || !profile->name || strcmp(profile->name, "forking") != 0)
		return;
	level = systemd_pidfile(launch, look, SYSTEMD_252, text);
	if (level != SYSTEMD_SILENT)
		text_append(finding->seen, sizeof(finding->seen), "; systemd would log%s: %s",
		            level == SYSTEMD_DEBUG ? ", at debug level" : "", text);
}
