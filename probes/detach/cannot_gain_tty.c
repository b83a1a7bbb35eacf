/* detach.cannot-gain-tty: only a session leader without a terminal gains one by opening it. Whether a leader opens its
 * terminals with O_NOCTTY leaves no trace in /proc, so it is never convicted for what it could do. */
#include "probes/common.h"

static bool judge_one(struct judging *judging, const struct ev_process *process)
{
	char tty[TTY_TEXT_MAX];

	if (process->pid != process->session)
		return true;
	if (process->terminal != 0)
		finding_culprit(judging->finding, process, "terminal",
		                "%s, which it gained as the leader of session %d",
		                probe_tty_text(process->terminal, tty), process->session);
	else
		numbers_add(&judging->numbers, (uint64_t)process->pid);
	return true;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct judging judging = judging_walk_unhosted(evidence, profile, finding, judge_one);
	char numbers[NUMBERS_TEXT_MAX];

	finding_expect(finding, "no session leader that could gain a terminal by opening one");
	if (finding->n_culprits == 0 && judging.numbers.count > 0)
		finding_set(finding, VERDICT_SKIP,
		            "a session leader could: whether its opens have O_NOCTTY is not seen (process %s)",
		            numbers_text(&judging.numbers, false, numbers));
	else
		judging_end(&judging, "no process could be judged", "no process leads a session");
}

const struct probe probe_detach_cannot_gain_tty = {
    .id = "detach.cannot-gain-tty",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "opening a terminal gives it no controlling terminal",
    .sources = "daemon(7) step 7; daemon(7), New-Style Daemons",
    .why = "A log on a console or a serial line is enough: a session leader that opens it without O_NOCTTY is from "
           "then on "
           "hung up with that line and stopped by its keys.",
    .mend =
        {
            .c = "fd = open(log_path, O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | O_CLOEXEC, 0640);\n"
                 "/* or fork once more after setsid(): who leads no session gains no terminal */",
            .python = "fd = os.open(log_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOCTTY, 0o640)\n"
                      "# or fork once more after os.setsid()",
            .ruby = "File.open(log_path, File::WRONLY | File::APPEND | File::CREAT | File::NOCTTY, 0640)\n"
                    "# or Process.daemon, which forks twice",
            .shell = "setsid -w sh -c 'my-daemon </dev/null >/dev/null 2>&1 &'  # sh leads the session, and ends",
        },
    .judge = judge,
};
