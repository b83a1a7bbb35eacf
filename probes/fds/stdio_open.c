/* fds.stdio-open: the three standard descriptors are there, so that no other file takes their numbers. */
#include "probes/common.h"

#include <stdio.h>

static void judge_fd(struct judging *judging, const struct ev_process *process, int number)
{
	const struct ev_fd *fd = evidence_fd(process, number);
	char field[16];

	if (probe_fd_usable(fd))
		return;
	(void)snprintf(field, sizeof(field), "fd %d", number);
	if (fd)
		finding_culprit(judging->finding, process, field, "%s, only a path (O_PATH)",
		                probe_or_unknown(fd->target));
	else
		finding_culprit(judging->finding, process, field, "closed");
}

static bool judge_one(struct judging *judging, const struct ev_process *process)
{
	if (!process->fds_known)
		return false;
	for (int number = 0; number <= 2; number++)
		judge_fd(judging, process, number);
	return true;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct judging judging = judging_walk(evidence, profile, finding, judge_one);

	finding_expect(finding, "descriptors 0, 1 and 2 open");
	judging_end(&judging, "no process's descriptors could be read", "0, 1 and 2 are open");
}

const struct probe probe_fds_stdio_open = {
    .id = "fds.stdio-open",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "descriptors 0, 1 and 2 are open",
    .sources = "Stevens, APUE ch. 13; Unix FAQ 1.7; rsyslog #1526, libmdbx #144",
    .why =
        "The next file or socket that is opened gets the free number: what a library prints to its standard error then "
        "lands in a database or on a connection.",
    .mend =
        {
            .c = "int null = open(\"/dev/null\", O_RDWR);\n"
                 "for (int fd = 0; fd <= 2; fd++)\n"
                 "        dup2(null, fd); /* instead of close(fd) */",
            .python = "null = os.open(os.devnull, os.O_RDWR)\n"
                      "for fd in (0, 1, 2):\n"
                      "    os.dup2(null, fd)",
            .ruby = "[$stdin, $stdout, $stderr].each { |io| io.reopen(File::NULL, 'r+') }  # not io.close",
            .shell = "exec my-daemon </dev/null >/dev/null 2>&1  # not <&- >&- 2>&-",
        },
    .judge = judge,
};
