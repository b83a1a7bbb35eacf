/* launch.child-death-reported: the daemon's process is killed before its first instruction; a launcher that takes the
 * end of file on its pipe, or nothing at all, for a success shows here. */
#include "probes/ready.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

static size_t count_alive(const struct evidence *evidence)
{
	size_t count = 0;

	for (const struct ev_process *process = probe_next(evidence, NULL); process;
	     process = probe_next(evidence, process))
		count++;
	return count;
}

/* Whether it came up all the same: a launcher may well start another one in place of the dead. */
static bool has_recovered(const struct evidence *evidence, const struct evidence *run)
{
	const struct ev_state state = run_state(run);
	char why[OUTCOME_TEXT_MAX];

	if (!run_started(evidence, run, why, sizeof(why)) || count_alive(run) < count_alive(evidence))
		return false;
	return (!writes_pidfile(evidence) || writes_pidfile(run)) && !listener_missing(evidence, &state);
}

enum { KILLED_TEXT_MAX = 48 };

/* "process 7", where its end was seen. */
static const char *killed_text(const struct evidence *run, char buffer[KILLED_TEXT_MAX])
{
	const struct ev_exit *killed = NULL;

	for (size_t i = 0; i < run->n_exits && !killed; i++)
		if (WIFSIGNALED(run->exits[i].status) && WTERMSIG(run->exits[i].status) == SIGKILL &&
		    run->exits[i].pid != run->launch.pid)
			killed = &run->exits[i];
	if (killed)
		(void)snprintf(buffer, KILLED_TEXT_MAX, "process %d", killed->pid);
	else
		(void)snprintf(buffer, KILLED_TEXT_MAX, "the daemon's process");
	return buffer;
}

static void judge_returned(const struct evidence *evidence, const struct evidence *run, struct finding *finding)
{
	const struct ev_process *left = probe_next(run, NULL);
	char end[END_TEXT_MAX], killed[KILLED_TEXT_MAX];

	(void)probe_end_text(run->launch.status, end);
	(void)killed_text(run, killed);
	if (run->launch.status == 0 && has_recovered(evidence, run))
		finding_set(finding, VERDICT_PASS, "it %s: %s was killed at its birth, and %s (%d) runs in its place",
		            end, killed, probe_or_unknown(left->name), left->pid);
	else if (run->launch.status == 0)
		finding_set(finding, VERDICT_FAIL, "process %d %s, though %s was killed at its birth", run->launch.pid,
		            end, killed);
	else if (left)
		finding_set(finding, VERDICT_FAIL, "process %d %s when %s was killed at its birth, but %s (%d) is left",
		            run->launch.pid, end, killed, probe_or_unknown(left->name), left->pid);
	else
		finding_set(finding, VERDICT_PASS, "process %d %s when %s was killed at its birth", run->launch.pid,
		            end, killed);
}

static void judge_stuck(const struct evidence *run, struct finding *finding)
{
	char time[TIME_TEXT_MAX], killed[KILLED_TEXT_MAX];

	finding_set(finding, VERDICT_FAIL, "process %d still waits after %s, though %s was killed at its birth",
	            run->launch.pid, probe_time_text(run->settle.at_us, time), killed_text(run, killed));
}

static void judge_run(const struct evidence *evidence, const struct evidence *run, struct finding *finding)
{
	char text[OUTCOME_TEXT_MAX];

	switch (run->launch.outcome) {
	case EV_RETURNED:
		judge_returned(evidence, run, finding);
		return;
	case EV_STAYED:
	case EV_NEVER:
		judge_stuck(run, finding);
		return;
	case EV_NO_COMMAND:
		finding_set(finding, VERDICT_BROKEN, "%s", probe_outcome_text(run, text));
		return;
	case EV_RESTLESS:
	case EV_TOO_MANY:
	case EV_TOO_MUCH:
		finding_set(finding, VERDICT_SKIP, "%s", probe_outcome_text(run, text));
		return;
	}
	finding_set(finding, VERDICT_BROKEN, "the evidence has an unknown outcome");
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	const struct evidence *run;

	finding_expect(finding,
	               "an exit status other than 0, and nothing left, when the daemon's process dies at its birth");
	if (!ready_needs_launcher(evidence, profile, finding))
		return;
	run = held_needed(evidence, EV_SCENARIO_CHILD_KILLED, finding);
	if (run)
		judge_run(evidence, run, finding);
}

const struct probe probe_launch_child_death_reported = {
    .id = "launch.child-death-reported",
    .seen = SEEN_DIFFERENTIAL,
    .scenarios = SCENARIO_BIT(CHILD_KILLED),
    .title = "the launcher fails when the daemon's process dies while it starts",
    .sources = "daemon(7) step 14; zeroc ice #5456",
    .why = "The caller takes status 0 for a daemon that runs: a start that died on a missing library or for want of "
           "memory is found out by the first client, long afterwards.",
    .mend =
        {
            .c = "close(ready[1]); /* or the parent's own copy keeps the end of file away for ever */\n"
                 "_exit(read(ready[0], &byte, 1) == 1 ? EXIT_SUCCESS : EXIT_FAILURE); /* 0 is no success */",
            .python = "os.close(ready_w)  # or the parent's own copy keeps the end of file away for ever\n"
                      "os._exit(0 if os.read(ready_r, 1) == b'1' else 1)",
            .ruby = "ready_w.close  # or the parent's own copy keeps the end of file away for ever\n"
                    "exit!(ready_r.read(1) == '1' ? 0 : 1)",
            .shell = "my-daemon --ready-fd 9 9>\"$fifo\" &\n"
                     "read -r line <\"$fifo\" || exit 1  # end of file: it died",
        },
    .judge = judge,
};
