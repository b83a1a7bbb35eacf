/* What the harness asks of the session leader. */
#include "terminal/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "sandbox/spawn.h"
#include "terminal/address.h"
#include "terminal/candidate.h"
#include "terminal/life.h"
#include "terminal/orphan.h"

enum { WRITE_MAX = 64 << 20, FDS_MAX = 3 };

/* What comes of a command. */
struct answer {
	int status; /* 0 or -errno */
	pid_t pid;
	int fds[FDS_MAX]; /* to come along */
	size_t n_fds;
	bool counts; /* … and this, too */
	struct leader_counted counted;
};

/* `text` cut into its strings. */
static int split(const struct leader_command *command, char *arguments[LEADER_ARGUMENTS_MAX + 1])
{
	const char *at = command->text, *end = command->text + sizeof(command->text);

	if (command->n_arguments == 0 || command->n_arguments > LEADER_ARGUMENTS_MAX)
		return -EINVAL;
	for (uint32_t i = 0; i < command->n_arguments; i++) {
		const char *nul = memchr(at, '\0', (size_t)(end - at));

		if (!nul)
			return -EINVAL;
		arguments[i] = (char *)at;
		at = nul + 1;
	}
	arguments[command->n_arguments] = NULL;
	return 0;
}

static void run(const struct leader *leader, const struct leader_command *command, struct answer *answer)
{
	char *arguments[LEADER_ARGUMENTS_MAX + 1];
	char *const none[] = {NULL};
	const struct candidate candidate = {
	    .argv = command->same ? leader->plan->argv : arguments,
	    .environment = command->empty_environment ? none : leader->plan->environment,
	    .umask = leader->plan->umask,
	    .no_terminal = command->no_terminal,
	    .gate = -1,
	};
	pid_t pid;

	/* Nobody reads what the leader's own terminal has to say then. */
	if (leader->plan->variation.session_leader && !command->no_terminal)
		answer->status = -EOPNOTSUPP;
	else if (!command->same)
		answer->status = split(command, arguments);
	if (answer->status < 0)
		return;
	pid = spawn(0, NULL);
	if (pid == 0)
		candidate_execute(leader, &candidate);
	if (pid < 0) {
		answer->status = pid;
		return;
	}
	answer->pid = pid;
	if (!command->no_terminal) {
		(void)setpgid(pid, pid);
		(void)tcsetpgrp(STDIN_FILENO, pid);
	}
}

/* FD may be -errno. */
static void give(struct answer *answer, int fd)
{
	if (fd < 0)
		answer->status = fd;
	else
		answer->fds[answer->n_fds++] = fd;
}

static void connect_to(const char *where, struct answer *answer)
{
	struct address address;

	answer->status = address_parse(where, &address);
	if (answer->status == 0)
		give(answer, address_connect(&address));
}

/* They show the ipc namespace of whoever opened them. */
static void open_ipc(struct answer *answer)
{
	static const char *const names[FDS_MAX] = {"/proc/sysvipc/shm", "/proc/sysvipc/sem", "/proc/sysvipc/msg"};

	for (size_t i = 0; i < FDS_MAX && answer->status == 0; i++) {
		int fd = open(names[i], O_RDONLY | O_CLOEXEC);

		give(answer, fd < 0 ? -errno : fd);
	}
}

/* As an editor that writes in place: the file stays the same one. */
static int replace(const char *path, int source)
{
	CLEANUP_CLOSE int fd = -1;
	off_t at = 0;
	ssize_t copied;

	if (source < 0)
		return -EINVAL;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);
	if (fd < 0)
		return -errno;
	do
		copied = sendfile(fd, source, &at, WRITE_MAX);
	while (copied > 0 && at < WRITE_MAX);
	return copied < 0 ? -errno : 0;
}

/* Once: below ours lies the sandbox's. */
static int unmount(struct leader *leader)
{
	if (leader->plan->variation.directory != VARIATION_DIRECTORY_MOUNT || leader->unmounted)
		return -EINVAL;
	if (chdir("/") < 0 || umount2(leader->directory, UMOUNT_NOFOLLOW) < 0)
		return -errno;
	leader->unmounted = true;
	return 0;
}

/* Only where there is a PID 1 besides the sandbox's. */
static int end_orphan(const struct leader *leader)
{
	if (!leader->plan->variation.pid1)
		return -EINVAL;
	return leader->returned ? -ESRCH : orphan_end(leader->candidate);
}

/* Without namespaces the files are the system's. */
static bool has_own_files(const struct leader *leader)
{
	return leader->level != SANDBOX_REAPER;
}

static int rename_file(const struct leader *leader, const struct leader_command *command)
{
	if (!has_own_files(leader))
		return -EOPNOTSUPP;
	return rename(command->text, command->other) < 0 ? -errno : 0;
}

static void carry_out(struct leader *leader, const struct leader_command *command, int fd, struct answer *answer)
{
	switch (command->kind) {
	case LEADER_RUN:
		run(leader, command, answer);
		return;
	case LEADER_FOREGROUND:
		answer->status = tcsetpgrp(STDIN_FILENO, getpgrp()) < 0 ? -errno : 0;
		return;
	case LEADER_CONNECT:
		connect_to(command->text, answer);
		return;
	case LEADER_RENAME:
		answer->status = rename_file(leader, command);
		return;
	case LEADER_WRITE:
		answer->status = has_own_files(leader) ? replace(command->text, fd) : -EOPNOTSUPP;
		return;
	case LEADER_UNMOUNT:
		answer->status = unmount(leader);
		return;
	case LEADER_ORPHAN:
		answer->status = end_orphan(leader);
		return;
	case LEADER_RELEASE:
		answer->status = hold_release(leader, command->pid, command->signal);
		return;
	case LEADER_GO:
		answer->status = hold_go(leader);
		return;
	case LEADER_COUNT:
		answer->counts = true;
		answer->status = count_tell(&leader->count, &answer->counted);
		return;
	case LEADER_IPC:
		open_ipc(answer);
		return;
	}
	answer->status = -ENOSYS;
}

static bool is_whole(const struct message *message, const struct leader_command *command)
{
	if (message->type != MESSAGE_COMMAND || message->size != sizeof(*command))
		return false;
	return (command->kind == LEADER_RUN || memchr(command->text, '\0', sizeof(command->text))) &&
	       memchr(command->other, '\0', sizeof(command->other));
}

static void obey(struct leader *leader, const struct message *message, int fd)
{
	const struct leader_command *command = (const struct leader_command *)(const void *)message->payload;
	struct answer answer = {0};
	struct message reply = {.type = MESSAGE_ANSWER};

	if (is_whole(message, command))
		carry_out(leader, command, fd, &answer);
	else
		answer.status = -EBADMSG;
	reply.pid = answer.pid;
	reply.error = -answer.status;
	reply.at_us = clock_now_us();
	if (answer.counts) {
		memcpy(reply.payload, &answer.counted, sizeof(answer.counted));
		reply.size = sizeof(answer.counted);
	}
	/* None or all of them. */
	(void)message_send_surely(leader->report, &reply, answer.fds, answer.status == 0 ? answer.n_fds : 0);
	for (size_t i = 0; i < answer.n_fds; i++)
		(void)close(answer.fds[i]);
}

void life_obey(struct leader *leader)
{
	for (;;) {
		struct message message;
		int fds[MESSAGE_FDS_MAX], status;
		size_t n_fds = 0;

		status = message_receive(leader->report, &message, fds, &n_fds);
		/* The harness has gone, and all in here with it. */
		if (status == 0)
			spawn_end(0);
		if (status < 0 && status != -EBADMSG)
			return;
		if (status > 0)
			obey(leader, &message, n_fds > 0 ? fds[0] : -1);
		for (size_t i = 0; i < n_fds; i++)
			(void)close(fds[i]);
	}
}
