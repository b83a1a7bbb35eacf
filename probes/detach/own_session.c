/* detach.own-session: the session tells longest where a process comes from; the terminal's number is lost at hang-up.
 */
#include "probes/common.h"

static bool judge_one(struct judging *judging, const struct ev_process *process)
{
	if (process->session == judging->evidence->start.leader)
		finding_culprit(judging->finding, process, "session", "%d, the caller's", process->session);
	else
		numbers_add(&judging->numbers, (uint64_t)process->session);
	return true;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct judging judging = judging_walk(evidence, profile, finding, judge_one);
	char numbers[NUMBERS_TEXT_MAX];

	finding_expect(finding, "a session other than the caller's, %d", evidence->start.leader);
	judging_end(&judging, "no process could be judged", "session %s, the caller's is %d",
	            numbers_text(&judging.numbers, false, numbers), evidence->start.leader);
}

const struct probe probe_detach_own_session = {
    .id = "detach.own-session",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "it is not in the caller's session",
    .sources = "daemon(7) step 6; Ruby Process.daemon",
    .why = "The session ties a process to the caller's terminal: it can be stopped for writing to it, hung up with "
           "it, and ended at logout.",
    .mend =
        {
            .c = "if (setsid() < 0) /* fails in a group leader: fork first */\n"
                 "        return -errno;",
            .python = "if os.fork() > 0:\n"
                      "    os._exit(0)\n"
                      "os.setsid()",
            .ruby = "exit! if fork\n"
                    "Process.setsid",
            .shell = "setsid --fork my-daemon",
        },
    .judge = judge,
};
