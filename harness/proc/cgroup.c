/* Parser of cgroup: "NUMBER:CONTROLLERS:PATH" a line. */
#include "proc/cgroup.h"

#include <errno.h>

#include "proc/scan.h"

int proc_parse_cgroup(const char *text, size_t length, const char **ret_name, size_t *ret_length)
{
	struct scan scan = scan_over(text, length), line, unified = {0}, systemd = {0};

	while (!scan_done(&scan)) {
		struct scan path, controllers;
		const char *colon;
		uint32_t number;

		if (!scan_line(&scan, &line))
			return -EINVAL;
		path = line;
		if (!scan_u32(&path, &number) || !scan_char(&path, ':'))
			return -EINVAL;
		colon = scan_done(&path) ? NULL : memchr(path.at, ':', scan_left(&path));
		if (!colon)
			return -EINVAL;
		controllers = (struct scan){path.at, colon};
		path.at = colon + 1;
		if (scan_done(&path) || *path.at != '/')
			return -EINVAL;
		if (number == 0 && scan_done(&controllers) && !unified.at)
			unified = path;
		else if (scan_literal(&controllers, "name=systemd") && scan_done(&controllers) && !systemd.at)
			systemd = line;
	}
	if (!unified.at)
		unified = systemd;
	if (!unified.at)
		return -ENODATA;
	*ret_name = unified.at;
	*ret_length = scan_left(&unified);
	return 0;
}
