/* pidfile.locked: a lock ends with its process, so that it tells a running daemon from a stale file. */
#include "probes/common.h"

static const struct ev_fd *lock_on(const struct ev_process *process, const struct ev_file *file)
{
	for (size_t i = 0; i < process->n_fds; i++)
		if (process->fds[i].locked && probe_same_file(&process->fds[i].file, file))
			return &process->fds[i];
	return NULL;
}

static void judge_lock(const struct evidence *evidence, struct finding *finding)
{
	bool all_read = true;

	for (const struct ev_process *process = probe_next(evidence, NULL); process;
	     process = probe_next(evidence, process)) {
		const struct ev_fd *fd = lock_on(process, &evidence->pidfile.settled.file);

		all_read = all_read && process->fds_known;
		if (!fd)
			continue;
		finding_set(finding, VERDICT_PASS, "%s (%d) holds it locked on fd %d", probe_or_unknown(process->name),
		            process->pid, fd->number);
		return;
	}
	if (all_read)
		finding_set(finding, VERDICT_FAIL, "no process holds it locked");
	else
		finding_set(finding, VERDICT_SKIP, "not every process's descriptors could be read");
}

/* Not for waiting: who locks the file does so before writing to it. */
static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	(void)profile;
	finding_expect(finding, "a lock on the pid file, held by a process of the daemon");
	if (!evidence->pidfile.path)
		finding_set(finding, VERDICT_SKIP, NO_PIDFILE);
	else if (!evidence->pidfile.settled.file.known)
		finding_set(finding, VERDICT_SKIP, "there is no pid file to look at");
	else
		judge_lock(evidence, finding);
}

const struct probe probe_pidfile_locked = {
    .id = "pidfile.locked",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "the pid file is held locked while the daemon runs",
    .sources = "FreeBSD pidfile(3); Stevens, APUE ch. 13",
    .why = "The kernel drops a lock when its process ends, however it ends: a second start then knows for certain "
           "whether the file is stale, without guessing from a pid that may be a stranger's by now.",
    .mend =
        {
            .c = "struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };\n"
                 "if (fcntl(fd, F_SETLK, &lock) < 0) /* in the daemon itself, after the last fork */\n"
                 "        return -errno; /* another one runs */",
            .python = "fcntl.lockf(pid_file, fcntl.LOCK_EX | fcntl.LOCK_NB)",
            .ruby = "abort 'already running' unless pid_file.flock(File::LOCK_EX | File::LOCK_NB)",
            .shell = "exec 9>>/run/my-daemon/my-daemon.pid\n"
                     "flock --nonblock 9 || exit 1",
        },
    .judge = judge,
};
