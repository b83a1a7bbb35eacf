/* fds.cloexec: another program that the daemon starts must not hold its listening sockets, lock or pid file.
 *
 * Only what came by mere inheritance counts: the same file under the same number, without close-on-exec in either. A
 * socket that was moved to 0, announced by LISTEN_FDS or marked by its receiver was handed over on purpose. */
#include "probes/common.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FIRST_PASSED = 3 };

/* Whether PROCESS runs another program than its parent, PARENT. */
static bool runs_other_program(const struct ev_process *process, const struct ev_process *parent)
{
	return process->exe_file.known && parent->exe_file.known &&
	       !probe_same_file(&process->exe_file, &parent->exe_file);
}

static bool is_listener(const struct evidence *evidence, const struct ev_fd *fd)
{
	if (!fd->file.known || !S_ISSOCK(fd->file.mode))
		return false;
	for (size_t i = 0; i < evidence->n_listeners; i++)
		if (evidence->listeners[i].inode == fd->file.inode)
			return true;
	return false;
}

/* How many descriptors from 3 on the process was given by the socket activation protocol. */
static long passed_count(const struct ev_process *process)
{
	static const char name[] = "LISTEN_FDS=";

	for (char **entry = process->environment_at_exec; entry && *entry; entry++)
		if (strncmp(*entry, name, strlen(name)) == 0)
			return strtol(*entry + strlen(name), NULL, 10);
	return 0;
}

static bool is_passed(const struct ev_process *process, int number)
{
	return number <= 2 || (number >= FIRST_PASSED && number - FIRST_PASSED < passed_count(process));
}

/* The parent's descriptor that FD was inherited from, or NULL. */
static const struct ev_fd *inherited_from(const struct ev_fd *fd, const struct ev_process *parent)
{
	const struct ev_fd *origin = (fd->flags & O_CLOEXEC) ? NULL : evidence_fd(parent, fd->number);

	return origin && !(origin->flags & O_CLOEXEC) && probe_same_file(&fd->file, &origin->file) ? origin : NULL;
}

/* What the daemon should have kept to itself, as text; NULL: nothing of the kind. */
static const char *private_kind(const struct evidence *evidence, const struct ev_fd *origin)
{
	if (is_listener(evidence, origin))
		return "a listening socket";
	if (probe_same_file(&origin->file, &evidence->pidfile.settled.file))
		return "the pid file";
	return origin->locked ? "a locked file" : NULL;
}

static bool judge_one(struct judging *judging, const struct ev_process *process)
{
	const struct ev_process *parent = evidence_process(judging->evidence, process->parent);
	char field[16];

	if (!parent || !runs_other_program(process, parent))
		return false;
	for (size_t i = 0; i < process->n_fds; i++) {
		const struct ev_fd *fd = &process->fds[i];
		const struct ev_fd *origin = is_passed(process, fd->number) ? NULL : inherited_from(fd, parent);
		const char *kind = origin ? private_kind(judging->evidence, origin) : NULL;

		if (!kind)
			continue;
		(void)snprintf(field, sizeof(field), "fd %d", fd->number);
		finding_culprit(judging->finding, process, field, "%s, %s of %s (%d)", probe_or_unknown(fd->target),
		                kind, probe_or_unknown(parent->name), parent->pid);
	}
	return process->fds_known && parent->fds_known;
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	struct judging judging = judging_walk(evidence, profile, finding, judge_one);

	finding_expect(finding, "no listening socket, lock or pid file of the daemon in other programs that it runs");
	judging_end(&judging, "no child of it runs another program", "none in %zu child%s that run%s another program",
	            judging.judged, judging.judged == 1 ? "" : "ren", judging.judged == 1 ? "s" : "");
}

const struct probe probe_fds_cloexec = {
    .id = "fds.cloexec",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "its listening sockets, lock and pid files do not leak into programs that it runs",
    .sources = "Stevens, APUE ch. 13; daemonize (Rust) #39",
    .why =
        "A child that outlives the daemon keeps the port and the lock: the next start is refused, and clients connect "
        "to a socket that nobody serves.",
    .mend =
        {
            .c = "fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);\n"
                 "fd = open(pid_path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);",
            .python = "sock.set_inheritable(False)  # the default since Python 3.4; subprocess: close_fds=True",
            .ruby = "socket.close_on_exec = true  # the default since Ruby 2.0; spawn(..., close_others: true)",
            .shell = "helper 9>&-  # close the lock's descriptor for the child",
        },
    .judge = judge,
};
