/* fds.stdio-null: the standard descriptors are /dev/null, or another kind of file that the profile accepts. A file is
 * known by its device number: any file may bear the name /dev/null. */
#include "probes/common.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static bool is_terminal(const struct ev_file *file)
{
	enum { TTY = 4, TTYAUX = 5, PTS_FIRST = 136, PTS_LAST = 143 };
	unsigned int type = major(file->special);

	return S_ISCHR(file->mode) && (type == TTY || type == TTYAUX || (type >= PTS_FIRST && type <= PTS_LAST));
}

/* The bit of enum profile_stdio that a file other than /dev/null comes under; 0: none. */
static unsigned int kind_of(const struct ev_file *file)
{
	if (is_terminal(file))
		return STDIO_TERMINAL;
	if (S_ISREG(file->mode))
		return STDIO_LOG;
	if (S_ISSOCK(file->mode))
		return STDIO_SOCKET;
	return S_ISFIFO(file->mode) ? STDIO_PIPE : 0;
}

static bool is_accepted(const struct profile *profile, const struct ev_fd *fd)
{
	unsigned int kind = kind_of(&fd->file);

	if (evidence_is_null(&fd->file))
		return (profile->stdio & STDIO_NULL) != 0;
	/* In the foreground whatever the caller gave is right. */
	if (profile->stdio & STDIO_TERMINAL)
		return kind != 0 && (kind & profile->stdio) != 0;
	return fd->number != 0 && fd->planted < 0 && (kind & profile->stdio) != 0;
}

static const char *remark(const struct evidence *evidence, const struct ev_file *file)
{
	if (evidence_is_launch_terminal(evidence, file))
		return ", the caller's terminal";
	if (S_ISREG(file->mode))
		return ", a regular file";
	if (S_ISCHR(file->mode) || S_ISBLK(file->mode))
		return ", another device";
	return "";
}

static void judge_fd(struct judging *judging, const struct ev_process *process, const struct ev_fd *fd)
{
	char field[16];

	if (is_accepted(judging->profile, fd))
		return;
	(void)snprintf(field, sizeof(field), "fd %d", fd->number);
	finding_culprit(judging->finding, process, field, "%s%s", probe_or_unknown(fd->target),
	                remark(judging->evidence, &fd->file));
}

/* What is closed, or open as a path only, is for fds.stdio-open to tell. */
static bool judge_one(struct judging *judging, const struct ev_process *process)
{
	bool judged = false;

	for (int number = 0; number <= 2; number++) {
		const struct ev_fd *fd = evidence_fd(process, number);

		if (!probe_fd_usable(fd) || !fd->file.known)
			continue;
		judge_fd(judging, process, fd);
		judged = true;
	}
	return judged;
}

static void expect(const struct profile *profile, struct finding *finding)
{
	finding_expect(finding, "/dev/null (character device 1:3) on 0, 1 and 2%s%s%s%s",
	               profile->stdio & STDIO_LOG ? ", or a log file" : "",
	               profile->stdio & STDIO_SOCKET ? ", or a socket" : "",
	               profile->stdio & STDIO_PIPE ? ", or a pipe" : "",
	               profile->stdio & STDIO_TERMINAL ? ", or the terminal" : "");
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct judging judging = judging_walk_unhosted(evidence, profile, finding, judge_one);

	expect(profile, finding);
	judging_end(&judging, "no process has standard descriptors that could be looked at",
	            "0, 1 and 2 are what this profile accepts");
}

const struct probe probe_fds_stdio_null = {
    .id = "fds.stdio-null",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "descriptors 0, 1 and 2 are /dev/null, or a log that the profile accepts",
    .sources = "daemon(7) step 9",
    .why =
        "What still points at the caller's terminal or pipe fails with EIO or SIGPIPE when that goes, writes over the "
        "user's work, and keeps a logout or a $(command) waiting.",
    .mend =
        {
            .c = "int null = open(\"/dev/null\", O_RDWR);\n"
                 "dup2(null, 0);\n"
                 "dup2(null, 1);\n"
                 "dup2(null, 2);\n"
                 "if (null > 2)\n"
                 "        close(null);",
            .python = "null = os.open(os.devnull, os.O_RDWR)\n"
                      "for fd in (0, 1, 2):\n"
                      "    os.dup2(null, fd)",
            .ruby = "Process.daemon(true, false)  # noclose = false: /dev/null on 0, 1 and 2",
            .shell = "my-daemon </dev/null >/dev/null 2>&1 &",
        },
    .judge = judge,
};
