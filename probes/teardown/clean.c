/* teardown.clean: a stop leaves nothing behind, and what was stopped can be started again, ten times in a row. That the
 * pid file goes is for pidfile.removed to say. */
#include "probes/tally.h"

#include <stdio.h>
#include <sys/stat.h>

static bool is_shared_memory(const struct ev_written *written)
{
	return S_ISREG(written->file.mode) && probe_path_within(written->path, "/dev/shm");
}

/* Files that mean nothing without the process that made them. */
static void judge_files(struct run_tally *tally, const struct ev_state *after)
{
	for (size_t i = 0; i < after->n_written; i++) {
		const struct ev_written *written = &after->written[i];

		if (!written->created || !written->file.known || !written->path)
			continue;
		if (S_ISSOCK(written->file.mode))
			finding_culprit_file(tally->finding, written->path, "socket", "left behind");
		else if (is_shared_memory(written))
			finding_culprit_file(tally->finding, written->path, "shared memory", "left behind");
	}
}

static void judge_objects(struct run_tally *tally, const struct ev_state *after)
{
	const struct {
		const char *name;
		uint64_t count;
	} kinds[] = {
	    {"System V shared memory", after->shared_memory},
	    {"System V semaphores", after->semaphores},
	    {"System V message queues", after->queues},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].count > 0)
			finding_culprit_file(tally->finding, kinds[i].name, "objects", "%llu left behind",
			                     (unsigned long long)kinds[i].count);
}

static void judge_stop(struct run_tally *tally, const struct evidence *run)
{
	const struct ev_step *step = tally_step(tally, run, EV_STEP_SIGNAL, NULL);
	size_t before = tally->finding->n_culprits;

	if (!step || !tally_gone(tally, step, &step->after, ""))
		return;
	judge_files(tally, &step->after);
	if (run->isolation.ipc_namespace)
		judge_objects(tally, &step->after);
	if (tally->finding->n_culprits == before)
		tally_right(tally, "nothing is left after the stop");
}

/* Whether the further start came to what the first one came to. */
static bool came_up(struct run_tally *tally, const struct evidence *run, const struct ev_step *start, size_t count)
{
	bool returns = tally->evidence->launch.outcome == EV_RETURNED;
	char name[32], end[END_TEXT_MAX], after[48];

	(void)snprintf(name, sizeof(name), "restart %zu", count);
	(void)snprintf(after, sizeof(after), "the stop, in restart %zu", count);
	if (returns && !start->done_us)
		finding_culprit_file(tally->finding, name, "start", "did not return");
	else if (returns && start->status != tally->evidence->launch.status)
		finding_culprit_file(tally->finding, name, "start", "%s", probe_end_text(start->status, end));
	else if (!state_next(&start->after, NULL))
		finding_culprit_file(tally->finding, name, "start", "left nothing running");
	else
		return tally_listens(tally, run, start, after);
	return false;
}

/* Up to the first thing that goes wrong: what follows comes of it. */
static void judge_restarts(struct run_tally *tally, const struct evidence *run)
{
	const struct ev_step *stop = tally_step(tally, run, EV_STEP_SIGNAL, NULL), *start;
	size_t count = 0;
	char where[48] = ", before the first restart";

	while (stop && tally_gone(tally, stop, &stop->after, where)) {
		start = run_step(run, EV_STEP_RUN, stop);
		if (!start) {
			tally_right(tally, "%zu restart%s in a row came up and went", count, count == 1 ? "" : "s");
			return;
		}
		start = tally_step(tally, run, EV_STEP_RUN, stop);
		count++;
		if (!start || !came_up(tally, run, start, count))
			return;
		(void)snprintf(where, sizeof(where), ", after restart %zu", count);
		stop = tally_step(tally, run, EV_STEP_SIGNAL, start);
	}
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};
	const struct evidence *stopped = tally_run(&tally, EV_SCENARIO_STOP, 0);
	const struct evidence *restarted = tally_run(&tally, EV_SCENARIO_RESTARTS, 0);

	(void)profile;
	finding_expect(finding, "no process, port, socket file or shared memory is left after the stop; restarts work");
	if (stopped)
		judge_stop(&tally, stopped);
	if (restarted)
		judge_restarts(&tally, restarted);
	tally_end(&tally);
}

const struct probe probe_teardown_clean = {
    .id = "teardown.clean",
    .seen = SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(STOP) | SCENARIO_BIT(RESTARTS),
    .title = "a stop leaves nothing behind, and ten restarts in a row work",
    .sources = "systemd.exec(5), RemoveIPC=; unix(7); shm_overview(7)",
    .why = "A socket file without a server refuses clients in a way that looks like a running service, shared memory "
           "stays until the next boot, and what is left makes the next start fail.",
    .mend =
        {
            .c = "/* on the way out: */\n"
                 "close(listener);\n"
                 "unlink(socket_path);\n"
                 "shm_unlink(shm_name);          /* or at once after every process has mapped it */\n"
                 "shmctl(id, IPC_RMID, NULL);    /* System V: can be done right after shmat() */\n"
                 "/* for a restart at once: */\n"
                 "setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));",
            .python = "try:\n"
                      "    serve()\n"
                      "finally:  # runs after SystemExit, which the handler of TERM raises\n"
                      "    os.unlink(socket_path)\n"
                      "    shared_memory.close()\n"
                      "    shared_memory.unlink()",
            .ruby = "at_exit { File.delete(socket_path) if File.socket?(socket_path) }",
            .shell = "trap 'rm -f \"$socket\"' EXIT",
        },
    .judge = judge,
};
