/* signals.reaps: children that end are waited for, and declared workers come back. Looked at where a child of the main
 * process was killed, and in the clean launch once nothing had changed there for as long as a bad finding waits. */
#include "probes/tally.h"

#include <string.h>

enum { COMM_MAX = 15 };

/* The kernel cuts names. */
static bool is_worker(const struct ev_process *process, const struct evidence *evidence, int main)
{
	const char *worker = evidence->declared.worker;

	if (worker)
		return process->pid != main && process->name && strncmp(process->name, worker, COMM_MAX) == 0;
	return process->parent == main;
}

static size_t count_workers(const struct ev_state *state, const struct evidence *evidence, int main)
{
	size_t count = 0;

	for (const struct ev_process *process = state_next(state, NULL); process; process = state_next(state, process))
		count += is_worker(process, evidence, main);
	return count;
}

/* Workers are declared: as many as before must be there again. */
static void judge_workers(struct run_tally *tally, const struct evidence *run, const struct ev_step *step)
{
	const struct ev_state before = run_state(run);
	const struct ev_process *main = evidence_main(run);
	const char *worker = tally->evidence->declared.worker;
	int main_pid = main ? main->pid : 0;
	size_t had = count_workers(&before, tally->evidence, main_pid);
	size_t has = count_workers(&step->after, tally->evidence, main_pid);
	char time[TIME_TEXT_MAX];

	(void)probe_time_text(run_elapsed(step->at_us, step->after.at_us), time);
	if (has < had)
		finding_culprit_file(tally->finding, worker ? worker : "the workers", "alive",
		                     "%zu of %zu, %s after %d was killed", has, had, time, step->pid);
	else
		tally_right(tally, "%zu worker%s as before, %s after %d was killed", has, has == 1 ? "" : "s", time,
		            step->pid);
}

static void judge_killed(struct run_tally *tally, const struct evidence *run)
{
	const struct ev_declared *declared = &tally->evidence->declared;
	const struct ev_step *step = tally_step(tally, run, EV_STEP_SIGNAL, NULL);
	size_t before = tally->finding->n_culprits;

	if (!step)
		return;
	tally_zombies(tally, &step->after, ", after a child was killed");
	if (tally->finding->n_culprits > before)
		return;
	if (declared->worker || declared->workers > 0)
		judge_workers(tally, run, step);
	else
		tally_right(tally, "no zombie after its child %d was killed", step->pid);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};
	const struct evidence *run = tally_run(&tally, EV_SCENARIO_WORKER_KILLED, 0);
	const struct ev_state clean = run_state(evidence);
	bool may_change;

	(void)profile;
	finding_expect(finding, "no zombie stays%s",
	               evidence->declared.worker || evidence->declared.workers > 0
	                   ? "; as many workers as before one was killed"
	                   : "");
	tally_zombies(&tally, &clean, ", in the clean launch");
	may_change = finding->n_culprits > 0;
	if (run)
		judge_killed(&tally, run);
	tally_end(&tally);
	/* A child that has just ended may yet be waited for. */
	finding->may_change = may_change;
}

const struct probe probe_signals_reaps = {
    .id = "signals.reaps",
    .seen = SEEN_STIMULUS | SEEN_LAUNCH,
    .scenarios = SCENARIO_BIT(WORKER_KILLED),
    .title = "children that end are reaped, and declared workers come back",
    .sources = "wait(2); Stevens, APUE ch. 8; tini, dumb-init",
    .why = "Each child that nobody waits for stays in the process table until it is full; a worker that is not started "
           "again is missed only when the last of them is gone.",
    .mend =
        {
            .c = "/* after SIGCHLD, in the main loop: one signal may stand for several children */\n"
                 "int status;\n"
                 "pid_t pid;\n"
                 "while ((pid = waitpid(-1, &status, WNOHANG)) > 0)\n"
                 "\tif (!stopping)\n"
                 "\t\tstart_worker();",
            .python = "def on_child(number, frame):\n"
                      "    while True:\n"
                      "        try:\n"
                      "            pid, status = os.waitpid(-1, os.WNOHANG)\n"
                      "        except ChildProcessError:\n"
                      "            return\n"
                      "        if pid == 0:\n"
                      "            return\n"
                      "        ended.append(pid)  # the main loop starts new ones\n"
                      "signal.signal(signal.SIGCHLD, on_child)",
            .ruby = "loop do  # in the master\n"
                    "  pid, _status = Process.wait2\n"
                    "  workers.delete(pid)\n"
                    "  workers << fork { work }\n"
                    "end",
            .shell = "while :; do worker; done &  # the shell waits for what it runs in the foreground\n"
                     "wait",
        },
    .judge = judge,
};
