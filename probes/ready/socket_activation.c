/* ready.socket-activation: a socket that is passed (LISTEN_FDS) is kept, still listens, and is served. */
#include "probes/tally.h"

#include <sys/stat.h>

static bool holds(const struct ev_process *process, uint64_t inode)
{
	for (size_t i = 0; i < process->n_fds; i++) {
		const struct ev_file *file = &process->fds[i].file;

		if (file->known && S_ISSOCK(file->mode) && file->inode == inode)
			return true;
	}
	return false;
}

/* Who holds the socket, or NULL; *RET_ALL_KNOWN: whether every descriptor table could be read. */
static const struct ev_process *holder(const struct evidence *run, bool *ret_all_known)
{
	bool all_known = true;

	for (const struct ev_process *process = probe_next(run, NULL); process; process = probe_next(run, process)) {
		if (holds(process, run->start.socket))
			return process;
		all_known &= process->fds_known;
	}
	*ret_all_known = all_known;
	return NULL;
}

static bool listens(const struct evidence *run)
{
	for (size_t i = 0; i < run->n_listeners; i++)
		if (run->listeners[i].inode == run->start.socket)
			return true;
	return false;
}

static void judge_client(struct run_tally *tally, const struct evidence *run, const struct ev_process *held)
{
	const char *address = probe_or_unknown(run->start.socket_address);
	const struct ev_step *connected = run_step(run, EV_STEP_CONNECT, NULL);
	const struct ev_step *reply = connected ? run_step(run, EV_STEP_FINISH, connected) : NULL;

	if (!connected)
		tally_missed(tally, VERDICT_BROKEN, "no client was sent to %s", address);
	else if (connected->error_number)
		finding_culprit_file(tally->finding, address, "refused", "a client: %s",
		                     probe_errno_text(connected->error_number));
	else if (reply && reply->reply_kept < reply->reply_total && !run_reply_right(tally->evidence, reply))
		tally_missed(tally, VERDICT_SKIP, "the reply was longer than what is kept of it");
	else if (reply && (reply->reset || !run_reply_right(tally->evidence, reply)))
		finding_culprit_file(tally->finding, address, "request", "%s, %llu bytes came",
		                     reply->reset ? "broken off" : "not answered as declared",
		                     (unsigned long long)reply->reply_total);
	else
		tally_right(tally, "%s (%d) holds %s, which listens%s", probe_or_unknown(held->name), held->pid,
		            address, reply ? "; a request was answered" : "");
}

static void judge_run(struct run_tally *tally, const struct evidence *run)
{
	const char *address = probe_or_unknown(run->start.socket_address);
	bool all_known = true;
	const struct ev_process *held;

	if (!probe_any_alive(run) && !tally_comes_up(tally, run, "with a passed socket"))
		return;
	held = holder(run, &all_known);
	if (!run->start.socket)
		tally_missed(tally, VERDICT_BROKEN, "which socket was passed is not known");
	else if (!held && !all_known)
		tally_missed(tally, VERDICT_SKIP, "the descriptors of some processes could not be read");
	else if (!held)
		finding_culprit_file(tally->finding, address, "closed", "no process holds the passed socket");
	else if (!listens(run))
		finding_culprit(tally->finding, held, "socket", "%s, passed, listens no more", address);
	else
		judge_client(tally, run, held);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct run_tally tally = {.evidence = evidence, .finding = finding};
	const struct evidence *run;

	(void)profile;
	finding_expect(finding, "the passed socket is held, listens, and is served");
	if (!evidence->declared.sockets) {
		finding_set(finding, VERDICT_SKIP, "it is not declared to take sockets");
		return;
	}
	run = tally_done(&tally, EV_SCENARIO_LISTEN_FDS, 0);
	if (run)
		judge_run(&tally, run);
	tally_end(&tally);
}

const struct probe probe_ready_socket_activation = {
    .id = "ready.socket-activation",
    .seen = SEEN_DIFFERENTIAL,
    .scenarios = SCENARIO_BIT(LISTEN_FDS),
    .title = "it serves on a passed socket, and does not close it",
    .sources = "daemon(7), Socket-based activation; sd_listen_fds(3)",
    .why = "Clients are connected to the passed socket before the daemon runs: one that opens its own socket instead "
           "leaves them waiting, or fails because the address is in use.",
    .mend =
        {
            .c = "int fd = sd_listen_fds(1) > 0 ? SD_LISTEN_FDS_START : my_listener(); /* libsystemd; 3 */",
            .python = "passed = os.environ.get('LISTEN_PID') == str(os.getpid()) and os.environ.get('LISTEN_FDS')\n"
                      "server = socket.socket(fileno=3) if passed else socket.create_server(address)",
            .ruby = "passed = ENV['LISTEN_PID'] == Process.pid.to_s && ENV['LISTEN_FDS'].to_i > 0\n"
                    "server = passed ? TCPServer.for_fd(3) : TCPServer.new(host, port)",
            .shell = "exec socat \"ACCEPT-FD:3,fork\" EXEC:./serve-one  # the shell itself cannot accept",
        },
    .judge = judge,
};
