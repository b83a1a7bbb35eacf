/* Parser of fdinfo: the head that the kernel writes for every descriptor. */
#include "proc/fdinfo.h"

#include <errno.h>

#include "proc/scan.h"

static bool scan_pos(struct scan *line, struct proc_fdinfo *info)
{
	return scan_literal(line, "pos:\t") && scan_i64(line, &info->pos) && scan_done(line);
}

static bool scan_flags(struct scan *line, struct proc_fdinfo *info)
{
	uint64_t flags;

	if (!scan_literal(line, "flags:\t") || !scan_octal(line, UINT32_MAX, &flags) || !scan_done(line))
		return false;
	info->flags = (uint32_t)flags;
	return true;
}

int proc_parse_fdinfo(const char *text, size_t length, struct proc_fdinfo *ret_fdinfo)
{
	struct scan scan = scan_over(text, length), line;
	struct proc_fdinfo info = {0};

	if (!scan_line(&scan, &line) || !scan_pos(&line, &info) || !scan_line(&scan, &line) ||
	    !scan_flags(&line, &info))
		return -EINVAL;
	if (scan_literal(&scan, "mnt_id:\t") && (!scan_int(&scan, &info.mount) || !scan_char(&scan, '\n')))
		return -EINVAL;
	if (scan_literal(&scan, "ino:\t") && (!scan_u64(&scan, &info.inode) || !scan_char(&scan, '\n')))
		return -EINVAL;
	info.locked = scan_literal(&scan, "lock:\t");
	*ret_fdinfo = info;
	return 0;
}
