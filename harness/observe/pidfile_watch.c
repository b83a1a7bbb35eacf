/* inotify on the directory of the pid file. The order of events tells most: a file that was created under its name and
 * written later could be found empty in between, while one that was moved or linked there has its content at once. */
#include "observe/pidfile_watch.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "terminal/look.h"

enum { EVENTS = IN_CREATE | IN_MODIFY | IN_MOVED_TO | IN_CLOSE_WRITE, ROUNDS = 16 };

static bool make_path(const struct sandbox *sandbox, const char *path, struct pidfile_watch *watch)
{
	int length;

	if (path[0] == '/')
		length = snprintf(watch->path, sizeof(watch->path), "%s", path);
	else if (sandbox->level != SANDBOX_REAPER)
		length = snprintf(watch->path, sizeof(watch->path), "%s/%s", ROOT_START_DIRECTORY, path);
	else
		return false;
	if (length >= (int)sizeof(watch->path))
		return false;
	watch->name = strrchr(watch->path, '/') + 1;
	return true;
}

/* The end of an inotify instance waits for other processors, for ten or twenty milliseconds: one serves all launches of
 * the process. A child of it, which shares the instance but not its own events, makes another. */
static int instance(void)
{
	static int fd = -1;
	static pid_t owner;

	if (owner != getpid()) {
		fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
		owner = getpid();
	}
	return fd;
}

static bool add_watch(struct pidfile_watch *watch)
{
	CLEANUP_CLOSE int directory = -1;
	char parent[PATH_MAX], link[64];
	size_t length = (size_t)(watch->name - watch->path);

	(void)snprintf(parent, sizeof(parent), "%.*s", (int)length, watch->path);
	directory = look_open(watch->root, parent, O_PATH | O_DIRECTORY);
	if (directory < 0)
		return false;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", directory);
	watch->directory = inotify_add_watch(instance(), link, EVENTS);
	return watch->directory >= 0;
}

void pidfile_watch_begin(const struct sandbox *sandbox, const char *path, struct pidfile_watch *ret_watch)
{
	struct pidfile_watch *watch = ret_watch;

	watch->fd = -1;
	watch->name = watch->path;
	watch->root = sandbox->directory_fd;
	if (!path || !make_path(sandbox, path, watch))
		return;
	if (add_watch(watch))
		watch->fd = instance();
	watch->since_us = clock_now_us();
}

void pidfile_watch_take_over(const struct pidfile_watch *from, struct pidfile_watch *ret_watch)
{
	*ret_watch = *from;
	ret_watch->name = ret_watch->path + (from->name - from->path);
}

/* A beginning of a line that the next look finds continued was no whole one before. */
static void look_inside(struct pidfile_watch *watch, struct ev_pidfile *pidfile)
{
	struct look look;

	look_at(watch->root, watch->path, true, &look);
	if (look.state != EV_LOOK_READ)
		return;
	if (watch->unfinished && look.size > watch->length &&
	    memcmp(look.content, watch->beginning, watch->length) == 0)
		pidfile->seen_unfinished = true;
	pidfile->seen_empty |= look.size == 0;
	watch->unfinished =
	    look.size > 0 && look.size <= sizeof(watch->beginning) && !memchr(look.content, '\n', look.size);
	if (watch->unfinished) {
		watch->length = look.size;
		memcpy(watch->beginning, look.content, look.size);
	}
}

static void take_event(struct pidfile_watch *watch, const struct inotify_event *event, struct ev_pidfile *pidfile)
{
	if (event->mask & IN_Q_OVERFLOW) {
		pidfile->watched = false;
		pidfile_watch_end(watch);
		return;
	}
	if (event->wd != watch->directory || event->len == 0 || strcmp(event->name, watch->name) != 0 ||
	    (event->mask & IN_ISDIR))
		return;
	if (event->mask & IN_CREATE) {
		watch->created = true;
		watch->unfinished = false;
	} else if (event->mask & IN_MOVED_TO) {
		watch->created = watch->unfinished = false;
	} else {
		pidfile->seen_empty |= watch->created;
		watch->created = false;
		look_inside(watch, pidfile);
	}
}

void pidfile_watch_take(struct pidfile_watch *watch, struct ev_pidfile *pidfile)
{
	_Alignas(struct inotify_event) char events[4096];

	for (int round = 0; round < ROUNDS && watch->fd >= 0; round++) {
		ssize_t length = read(watch->fd, events, sizeof(events));
		const struct inotify_event *event;

		if (length <= 0)
			return;
		for (const char *at = events; at < events + length && watch->fd >= 0;
		     at += sizeof(*event) + event->len) {
			event = (const struct inotify_event *)(const void *)at;
			take_event(watch, event, pidfile);
		}
	}
}

void pidfile_watch_started(struct pidfile_watch *watch, int64_t at_us, struct ev_pidfile *pidfile)
{
	pidfile_watch_take(watch, pidfile);
	watch->created = watch->unfinished = false;
	pidfile->seen_empty = pidfile->seen_unfinished = false;
	pidfile->watched = watch->fd >= 0 && watch->since_us < at_us;
}

void pidfile_watch_end(struct pidfile_watch *watch)
{
	if (watch->fd >= 0)
		(void)inotify_rm_watch(watch->fd, watch->directory);
	watch->fd = -1;
}
