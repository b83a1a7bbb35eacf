/* fds.stdio-mode: a standard descriptor that is open the wrong way round fails at its first use, which may be months
 * later. */
#include "probes/common.h"

#include <fcntl.h>
#include <stdio.h>

static bool is_right(const struct ev_fd *fd)
{
	uint32_t mode = fd->flags & O_ACCMODE;

	return mode == O_RDWR || mode == (fd->number == 0 ? O_RDONLY : O_WRONLY);
}

static const char *mode_text(const struct ev_fd *fd)
{
	switch (fd->flags & O_ACCMODE) {
	case O_RDONLY:
		return "O_RDONLY";
	case O_WRONLY:
		return "O_WRONLY";
	case O_RDWR:
		return "O_RDWR";
	}
	return "neither to read nor to write";
}

static bool judge_one(struct judging *judging, const struct ev_process *process)
{
	bool judged = false;
	char field[16];

	for (int number = 0; number <= 2; number++) {
		const struct ev_fd *fd = evidence_fd(process, number);

		if (!probe_fd_usable(fd))
			continue;
		judged = true;
		(void)snprintf(field, sizeof(field), "fd %d", number);
		if (!is_right(fd))
			finding_culprit(judging->finding, process, field, "%s, %s", probe_or_unknown(fd->target),
			                mode_text(fd));
	}
	return judged;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct judging judging = judging_walk_unhosted(evidence, profile, finding, judge_one);

	finding_expect(finding, "descriptor 0 open for reading, 1 and 2 for writing");
	judging_end(&judging, "no process has standard descriptors that could be looked at",
	            "0 can be read, 1 and 2 can be written");
}

const struct probe probe_fds_stdio_mode = {
    .id = "fds.stdio-mode",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "descriptor 0 can be read, 1 and 2 can be written",
    .sources = "daemon(3); wr #574",
    .why =
        "Every write to a descriptor that is open for reading only fails with EBADF: messages are lost without a sign, "
        "and programs that check their output end.",
    .mend =
        {
            .c = "int null = open(\"/dev/null\", O_RDWR); /* one that serves for all three */",
            .python = "null = os.open(os.devnull, os.O_RDWR)",
            .ruby = "$stdin.reopen(File::NULL, 'r')\n"
                    "$stdout.reopen(File::NULL, 'w')\n"
                    "$stderr.reopen(File::NULL, 'w')",
            .shell = "exec my-daemon </dev/null >/dev/null 2>&1  # 2>&1, not 2<&0",
        },
    .judge = judge,
};
