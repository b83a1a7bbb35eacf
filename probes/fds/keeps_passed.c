/* fds.keeps-passed: a listening socket is passed as LISTEN_FDS says; closing all that one did not open loses it. */
#include "probes/runs.h"

#include <sys/stat.h>

static bool is_passed(const struct evidence *run, const struct ev_fd *fd)
{
	return fd->file.known && S_ISSOCK(fd->file.mode) && fd->file.inode == run->start.socket;
}

static bool tell_holder(const struct evidence *run, const struct ev_process *process, struct finding *finding)
{
	for (size_t i = 0; i < process->n_fds; i++) {
		if (!is_passed(run, &process->fds[i]))
			continue;
		finding_set(finding, VERDICT_PASS, "%s (%d) holds %s as fd %d", probe_or_unknown(process->name),
		            process->pid, probe_or_unknown(run->start.socket_address), process->fds[i].number);
		return true;
	}
	return false;
}

static void judge_run(const struct evidence *run, struct finding *finding)
{
	const struct ev_process *process = NULL, *unread = NULL;

	while ((process = probe_next(run, process))) {
		if (tell_holder(run, process, finding))
			return;
		if (!process->fds_known)
			unread = process;
	}
	if (unread)
		finding_set(finding, VERDICT_SKIP, "the descriptors of %s (%d) could not be read",
		            probe_or_unknown(unread->name), unread->pid);
	else
		finding_set(finding, VERDICT_FAIL,
		            "the socket that was passed as descriptor 3, %s, is closed in every process",
		            probe_or_unknown(run->start.socket_address));
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	const struct evidence *run = evidence_run(evidence, EV_SCENARIO_LISTEN_FDS, 0);
	char why[OUTCOME_TEXT_MAX];

	(void)profile;
	finding_expect(finding, "a process that holds the listening socket that was passed (LISTEN_FDS)");
	if (!run && !evidence->declared.sockets) {
		finding_set(finding, VERDICT_SKIP, "it is not declared to take sockets");
		return;
	}
	run = run_needed(evidence, EV_SCENARIO_LISTEN_FDS, 0, finding);
	if (!run)
		return;
	if (!run_started(evidence, run, why, sizeof(why)))
		finding_set(finding, VERDICT_SKIP, "with a passed socket it does not start as usual: %s", why);
	else if (run->start.socket == 0)
		finding_set(finding, VERDICT_BROKEN, "which socket was passed is not known");
	else
		judge_run(run, finding);
}

const struct probe probe_fds_keeps_passed = {
    .id = "fds.keeps-passed",
    .seen = SEEN_DIFFERENTIAL,
    .scenarios = SCENARIO_BIT(LISTEN_FDS),
    .title = "descriptors that were passed to it are kept",
    .sources = "daemon(7), New-Style Daemons; sd_listen_fds(3); vnstat #82",
    .why = "The service manager goes on listening on a socket that nobody serves: clients connect and wait, and the "
           "daemon may bind the same address a second time and fail.",
    .mend =
        {
            .c = "int n = sd_listen_fds(0); /* libsystemd; before anything is closed */\n"
                 "unsigned int first = SD_LISTEN_FDS_START + (n > 0 ? n : 0);\n"
                 "close_range(first, ~0U, 0);",
            .python = "mine = os.environ.get('LISTEN_PID') == str(os.getpid())\n"
                      "n = int(os.environ.get('LISTEN_FDS', 0)) if mine else 0\n"
                      "os.closerange(3 + n, os.sysconf('SC_OPEN_MAX'))",
            .ruby = "n = ENV['LISTEN_PID'].to_i == Process.pid ? ENV['LISTEN_FDS'].to_i : 0\n"
                    "sockets = (3...3 + n).map { |fd| Socket.for_fd(fd) }",
            .shell = "exec my-daemon 9>&-  # close one's own by name, and leave 3 and those after it alone",
        },
    .judge = judge,
};
