/* fds.none-inherited: descriptors that the harness planted stand for whatever a caller happens to have open. */
#include "probes/common.h"

#include <stdio.h>

static bool judge_one(struct judging *judging, const struct ev_process *process)
{
	char field[16];

	for (size_t i = 0; i < process->n_fds; i++) {
		const struct ev_fd *fd = &process->fds[i];

		if (fd->planted < 0)
			continue;
		(void)snprintf(field, sizeof(field), "fd %d", fd->number);
		finding_culprit(judging->finding, process, field, "the caller's %d, %s", fd->planted,
		                probe_or_unknown(fd->target));
	}
	return process->fds_known;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct judging judging;
	struct numbers planted = {0};
	char numbers[NUMBERS_TEXT_MAX];

	for (size_t i = 0; i < evidence->start.n_plants; i++)
		numbers_add(&planted, (uint64_t)evidence->start.plants[i].number);
	finding_expect(finding, "none of the descriptors that the caller had open: %s",
	               numbers_text(&planted, false, numbers));
	if (evidence->start.n_plants == 0) {
		finding_set(finding, VERDICT_SKIP, "no descriptor was planted in this launch");
		return;
	}
	judging = judging_walk(evidence, profile, finding, judge_one);
	judging_end(&judging, "no process's descriptors could be read", "all of them are closed");
}

const struct probe probe_fds_none_inherited = {
    .id = "fds.none-inherited",
    .seen = SEEN_DIFFERENTIAL,
    .title = "descriptors that the caller had open are closed",
    .sources = "daemon(7) step 1; Unix FAQ 1.7",
    .why = "A daemon that keeps its caller's files holds locks, pipes and mounts for as long as it runs: readers "
           "wait for an end that never comes, and disks cannot be unmounted.",
    .mend =
        {
            .c = "close_range(3, ~0U, 0); /* Linux 5.9, glibc 2.34; before the first file of one's own */",
            .python = "os.closerange(3, os.sysconf('SC_OPEN_MAX'))",
            .ruby = "Dir.children('/proc/self/fd').map(&:to_i).select { |fd| fd > 2 }.each do |fd|\n"
                    "  IO.for_fd(fd).close rescue nil  # before the first file of one's own\n"
                    "end",
            .shell = "my-daemon 3>&- 4>&- 9>&-  # a shell closes those that are named, and no others",
        },
    .judge = judge,
};
