/* detach.no-tty: no controlling terminal, neither the caller's nor one gained since. */
#include "probes/common.h"

enum { NO_GROUP = -1 };

static bool judge_one(struct judging *judging, const struct ev_process *process)
{
	const struct ev_start *start = &judging->evidence->start;
	bool callers = process->terminal == start->terminal && process->session == start->leader;
	char tty[TTY_TEXT_MAX];

	if (process->terminal != 0)
		finding_culprit(judging->finding, process, "terminal", "%s%s, foreground group %d",
		                probe_tty_text(process->terminal, tty), callers ? ", the caller's" : "",
		                process->terminal_group);
	else if (process->terminal_group != NO_GROUP)
		finding_culprit(judging->finding, process, "terminal", "?, foreground group %d",
		                process->terminal_group);
	return true;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct judging judging = judging_walk_unhosted(evidence, profile, finding, judge_one);

	finding_expect(finding, "no controlling terminal (tty 0, foreground group -1)");
	judging_end(&judging, "no process could be judged", "none");
}

const struct probe probe_detach_no_tty = {
    .id = "detach.no-tty",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "it has no controlling terminal",
    .sources = "daemon(7) step 6",
    .why =
        "Through its controlling terminal a process gets the terminal's keys and its hang-up, is stopped when it reads "
        "in the background, and can write over the user's work through /dev/tty.",
    .mend =
        {
            .c = "setsid();\n"
                 "fd = open(log_path, O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | O_CLOEXEC, 0640);",
            .python = "os.setsid()\n"
                      "fd = os.open(log_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOCTTY, 0o640)",
            .ruby = "Process.setsid\n"
                    "File.open(log_path, File::WRONLY | File::APPEND | File::CREAT | File::NOCTTY, 0640)",
            .shell = "setsid my-daemon",
        },
    .judge = judge,
};
