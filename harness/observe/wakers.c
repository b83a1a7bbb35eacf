/* Timers and signalfds of a process, from /proc/PID/fdinfo, timers and status. */
#include "observe/wakers.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "proc/status.h"

typedef bool fdinfo_fn(const char *text, int64_t argument);

/* Whether CALL says so of a descriptor whose link has that text. */
static bool any_descriptor(int process_fd, const char *link, fdinfo_fn *call, int64_t argument)
{
	int fd = openat(process_fd, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_CLOSEDIR DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		char target[64], name[32], text[1024];
		ssize_t length = readlinkat(fd, entry->d_name, target, sizeof(target) - 1);

		if (length <= 0)
			continue;
		target[length] = '\0';
		if (strcmp(target, link) != 0)
			continue;
		(void)snprintf(name, sizeof(name), "fdinfo/%.16s", entry->d_name);
		if (io_read_at(process_fd, name, text, sizeof(text), NULL) > 0 && call(text, argument))
			return true;
	}
	return false;
}

static bool is_armed(const char *text, int64_t within_us)
{
	const char *line = strstr(text, "\nit_value:");
	long long seconds, nanoseconds;
	int64_t left_us;

	if (!line || sscanf(line, "\nit_value: (%lld, %lld)", &seconds, &nanoseconds) != 2)
		return false;
	if (seconds < 0 || seconds > INT32_MAX || nanoseconds < 0 || (seconds == 0 && nanoseconds == 0))
		return false;
	left_us = seconds * CLOCK_US_PER_S + nanoseconds / 1000;
	return left_us <= within_us;
}

static bool takes_signal(const char *text, int64_t signal)
{
	const char *line = strstr(text, "\nsigmask:");

	return line && (strtoull(line + strlen("\nsigmask:"), NULL, 16) >> (signal - 1) & 1);
}

static int open_process(int proc_fd, int pid)
{
	char name[16];

	(void)snprintf(name, sizeof(name), "%d", pid);
	return openat(proc_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool handles_alarm(int process_fd)
{
	struct proc_status status;
	char text[8192];
	ssize_t length = io_read_at(process_fd, "status", text, sizeof(text), NULL);

	return length > 0 && proc_parse_status(text, (size_t)length, NULL, 0, &status) == 0 &&
	       (status.caught >> (SIGALRM - 1) & 1);
}

bool wakers_timer(int proc_fd, int pid, int64_t within_us)
{
	CLEANUP_CLOSE int fd = open_process(proc_fd, pid);
	char text[16];

	if (fd < 0)
		return false;
	return handles_alarm(fd) || io_read_at(fd, "timers", text, sizeof(text), NULL) > 0 ||
	       any_descriptor(fd, "anon_inode:[timerfd]", is_armed, within_us);
}

bool wakers_signalfd(int proc_fd, int pid, int signal)
{
	CLEANUP_CLOSE int fd = open_process(proc_fd, pid);

	return fd >= 0 && any_descriptor(fd, "anon_inode:[signalfd]", takes_signal, signal);
}
