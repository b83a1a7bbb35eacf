/* detach.not-leader: only a session leader can gain a controlling terminal by opening one. */
#include "probes/common.h"

static bool judge_one(struct judging *judging, const struct ev_process *process)
{
	if (process->pid != process->session)
		return true;
	if (judging->profile->leader_ok)
		numbers_add(&judging->numbers, (uint64_t)process->pid);
	else
		finding_culprit(judging->finding, process, "session", "%d, which it leads", process->session);
	return true;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct judging judging = judging_walk_unhosted(evidence, profile, finding, judge_one);
	char numbers[NUMBERS_TEXT_MAX];

	finding_expect(finding, profile->leader_ok ? "a session leader is accepted" : "a pid other than its session's");
	if (judging.numbers.count > 0)
		judging_end(&judging, "", "process %s leads a session, which this profile accepts",
		            numbers_text(&judging.numbers, false, numbers));
	else
		judging_end(&judging, "no process could be judged", "no process leads a session");
}

const struct probe probe_detach_not_leader = {
    .id = "detach.not-leader",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "no process of it is a session leader",
    .sources = "daemon(7) step 7; Unix FAQ 1.7; Ruby Process.daemon",
    .why =
        "A session leader without a terminal that opens one, a serial line or a console for its log, gains it as its "
        "controlling terminal, and with it hang-ups and keys.",
    .mend =
        {
            .c = "setsid();\n"
                 "if (fork() > 0) /* the second fork */\n"
                 "        _exit(EXIT_SUCCESS);",
            .python = "os.setsid()\n"
                      "if os.fork() > 0:\n"
                      "    os._exit(0)",
            .ruby = "Process.daemon  # forks twice",
            .shell = "setsid sh -c 'my-daemon </dev/null >/dev/null 2>&1 &'",
        },
    .judge = judge,
};
