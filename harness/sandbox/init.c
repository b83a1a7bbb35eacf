/* The mini-init: PID 1 of the sandbox, or the child subreaper where there are no namespaces. */
#include "sandbox/init.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "sandbox/kernel.h"
#include "sandbox/message.h"
#include "sandbox/network.h"
#include "sandbox/spawn.h"

/* What init tells the leader: its user namespace is mapped; the root stands. */
enum { LEADER_MAPPED = 'm', LEADER_GO = 'g' };

uint64_t init_namespaces(enum sandbox_level level)
{
	switch (level) {
	case SANDBOX_FULL:
	case SANDBOX_PRIVILEGED:
		return CLONE_NEWPID | CLONE_NEWNS;
	case SANDBOX_USER:
		return CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS;
	case SANDBOX_REAPER:
		return 0;
	}
	return 0;
}

/* Whether the leader gets a user namespace below init's, which locks the mounts against an inside root. */
static bool has_inner_user_namespace(const struct init_plan *plan)
{
	return plan->level == SANDBOX_FULL || (plan->level == SANDBOX_USER && plan->uid == 0);
}

static void fail(const struct init_plan *plan, const struct error *error) __attribute__((noreturn));

static void fail(const struct init_plan *plan, const struct error *error)
{
	struct message message = {.type = MESSAGE_FAILED, .error = -error->status};

	message.size = (uint32_t)strlen(error->text) + 1;
	memcpy(message.payload, error->text, message.size);
	(void)message_send_surely(plan->report, &message, NULL, 0);
	spawn_end(1);
}

/* Signals: all at their defaults and blocked; the inside cannot reach a PID 1 that handles none, and SIGCHLD comes
 * through a descriptor. */
static int take_signals(struct error *error)
{
	sigset_t all;
	int fd;

	for (int number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL);
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	(void)sigemptyset(&all);
	(void)sigaddset(&all, SIGCHLD);
	fd = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return error_errno(error, -errno, "cannot make a signalfd");
	return fd;
}

/* Writes /proc/PROCESS/FILE. */
static int write_process_file(const char *process, const char *file, const char *text)
{
	CLEANUP_CLOSE int fd = -1;
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%s/%s", process, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd < 0 ? -errno : io_write_all(fd, text, strlen(text));
}

static int write_maps(const char *process, const char *uid_map, const char *gid_map)
{
	int status = write_process_file(process, "uid_map", uid_map);

	return status < 0 ? status : write_process_file(process, "gid_map", gid_map);
}

/* The maps of an ordinary user's namespace: his one id as itself. */
static int map_one(const char *process, uid_t uid, gid_t gid)
{
	char uid_map[64], gid_map[64];
	int status = write_process_file(process, "setgroups", "deny");

	(void)snprintf(uid_map, sizeof(uid_map), "%u %u 1\n", uid, uid);
	(void)snprintf(gid_map, sizeof(gid_map), "%u %u 1\n", gid, gid);
	return status < 0 ? status : write_maps(process, uid_map, gid_map);
}

static int map_all(const char *process)
{
	static const char identity[] = "0 0 4294967295\n";

	return write_maps(process, identity, identity);
}

/* PROCESS is the leader's number in the procfs that is mounted still, the caller's. */
static int map_leader(const struct init_plan *plan, const char *process, struct error *error)
{
	int status = plan->level == SANDBOX_FULL ? map_all(process) : map_one(process, plan->uid, plan->gid);

	return status < 0 ? error_errno(error, status, "cannot write the maps of the user namespace") : 0;
}

static int enter(const struct init_plan *plan, struct root *ret_root, struct error *error)
{
	const struct root_plan root_plan = {
	    .tree = plan->sandbox->tree,
	    .start_source = plan->sandbox->start_source,
	    .ways = plan->sandbox->ways,
	    .ordinary_user = plan->level == SANDBOX_USER,
	};

	if (plan->level == SANDBOX_REAPER) {
		if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
			return error_errno(error, -errno, "cannot become a child subreaper");
		ret_root->proc_fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		ret_root->directory_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		return ret_root->proc_fd < 0 ? error_errno(error, -errno, "cannot open /proc") : 0;
	}
	return root_enter(&root_plan, ret_root, error);
}

/* Payload: '1' or '0' for the start directory, the notes, then each layer's mount point; all NUL-ended. */
static void report_ready(const struct init_plan *plan, const struct root *root)
{
	struct message message = {.type = MESSAGE_READY, .pid = getpid()};
	int fds[2 + ROOT_LAYERS_MAX];
	size_t n_fds = 0, used = 0, length;

	fds[n_fds++] = root->proc_fd;
	fds[n_fds++] = root->directory_fd;
	message.payload[used++] = root->start_shows_source ? '1' : '0';
	length = strlen(root->notes) + 1;
	memcpy(message.payload + used, root->notes, length);
	used += length;
	for (size_t i = 0; i < root->n_layers; i++) {
		length = strlen(root->layers[i].point) + 1;
		if (used + length > sizeof(message.payload))
			break;
		memcpy(message.payload + used, root->layers[i].point, length);
		used += length;
		fds[n_fds++] = root->layers[i].upper_fd;
	}
	message.size = (uint32_t)used;
	if (message_send_surely(plan->report, &message, fds, n_fds) < 0)
		spawn_end(1);
}

/* The caller's own stdio must not stay open in here: whoever waits for its end would wait for the sandbox's. */
static void drop_stdio(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return;
	for (int i = 0; i < 3; i++)
		(void)dup2(fd, i);
	if (fd > 2)
		(void)close(fd);
}

/* The two ends of what init and the leader say to each other while they set up, side by side. */
struct set_up {
	int to_leader, from_leader; /* init's */
	int to_init, from_init;     /* the leader's */
};

static void await(int fd, char wanted)
{
	char letter = 0;

	if (read(fd, &letter, 1) != 1 || letter != wanted)
		spawn_end(1);
}

static void leader_fail(const struct init_plan *plan, int status, const char *what) __attribute__((noreturn));

static void leader_fail(const struct init_plan *plan, int status, const char *what)
{
	struct error error = {0};

	(void)error_errno(&error, status, "%s", what);
	fail(plan, &error);
}

/* A net namespace is the dear part of a sandbox: it is made here while init builds the root. */
static void leader_unshare(const struct init_plan *plan)
{
	int status;

	if (unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) < 0)
		leader_fail(plan, -errno, "cannot make the candidate's namespaces");
	status = network_up();
	if (status < 0)
		leader_fail(plan, status, "cannot bring up the loopback interface");
}

static void leader_process(const struct init_plan *plan, const struct set_up *ends) __attribute__((noreturn));

static void leader_process(const struct init_plan *plan, const struct set_up *ends)
{
	const struct sandbox_inside inside = {
	    .level = plan->level,
	    .report = plan->report,
	    .start_directory = plan->level != SANDBOX_REAPER,
	};
	bool mapped = has_inner_user_namespace(plan);
	char process[16];

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (mapped) {
		ssize_t length = readlink("/proc/self", process, sizeof(process));

		if (length <= 0 || write(ends->to_init, process, (size_t)length) != length)
			leader_fail(plan, -errno, "cannot find the leader's number in /proc");
		await(ends->from_init, LEADER_MAPPED);
		kernel_forbid_cgroup_namespaces();
	}
	if (plan->level != SANDBOX_REAPER)
		leader_unshare(plan);
	await(ends->from_init, LEADER_GO);
	/* A copy of the mounts that belongs to the user namespace below: in it they are locked. */
	if ((mapped || plan->level == SANDBOX_PRIVILEGED) && (chdir("/") < 0 || unshare(CLONE_NEWNS) < 0))
		leader_fail(plan, -errno, "cannot copy the mounts");
	(void)close(ends->to_init);
	(void)close(ends->from_init);
	plan->sandbox->leader(&inside, plan->sandbox->leader_data);
	spawn_end(1);
}

static void start_leader(const struct init_plan *plan, struct set_up *ret_ends)
{
	struct error error = {0};
	int down[2], up[2];
	pid_t leader;

	if (pipe2(down, O_CLOEXEC) < 0 || pipe2(up, O_CLOEXEC) < 0) {
		(void)error_errno(&error, -errno, "cannot make a pipe");
		fail(plan, &error);
	}
	*ret_ends = (struct set_up){.to_leader = down[1], .from_leader = up[0], .to_init = up[1], .from_init = down[0]};
	leader = spawn(has_inner_user_namespace(plan) ? CLONE_NEWUSER : 0, NULL);
	if (leader < 0) {
		(void)error_errno(&error, leader, "cannot make the candidate's namespaces");
		fail(plan, &error);
	}
	if (leader == 0) {
		(void)close(ret_ends->to_leader);
		(void)close(ret_ends->from_leader);
		leader_process(plan, ret_ends);
	}
	(void)close(ret_ends->to_init);
	(void)close(ret_ends->from_init);
}

static void tell_leader(const struct set_up *ends, char letter)
{
	if (write(ends->to_leader, &letter, 1) != 1)
		spawn_end(1);
}

static int prepare_leader(const struct init_plan *plan, struct set_up *ends, struct error *error)
{
	char process[16];
	ssize_t length;
	int status;

	start_leader(plan, ends);
	if (!has_inner_user_namespace(plan))
		return 0;
	length = read(ends->from_leader, process, sizeof(process) - 1);
	if (length <= 0)
		return error_set(error, -EPIPE, "the session leader ended while it was set up");
	process[length] = '\0';
	status = map_leader(plan, process, error);
	if (status == 0)
		tell_leader(ends, LEADER_MAPPED);
	return status;
}

/* Nobody else reads from the socket yet. */
static void await_proceed(const struct init_plan *plan)
{
	struct pollfd wait = {.fd = plan->report, .events = POLLIN};
	struct message message;

	while (poll(&wait, 1, -1) < 0 && errno == EINTR)
		;
	if (message_receive(plan->report, &message, NULL, NULL) != 1 || message.type != MESSAGE_PROCEED)
		spawn_end(1);
}

static void close_root(struct root *root)
{
	cleanup_close(&root->proc_fd);
	cleanup_close(&root->directory_fd);
	for (size_t i = 0; i < root->n_layers; i++)
		(void)close(root->layers[i].upper_fd);
}

/* What waitpid would say. */
static int wait_status(const siginfo_t *info)
{
	switch (info->si_code) {
	case CLD_EXITED:
		return W_EXITCODE(info->si_status, 0);
	case CLD_DUMPED:
		return W_EXITCODE(0, info->si_status) | WCOREFLAG;
	default: /* CLD_KILLED; nothing else ends a process */
		return W_EXITCODE(0, info->si_status);
	}
}

/* Each end is told before the process is reaped: who no longer finds it in /proc has the message. */
static void reap(const struct init_plan *plan)
{
	siginfo_t info = {0};

	while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid > 0) {
		const struct message message = {
		    .type = MESSAGE_EXIT, .pid = info.si_pid, .status = wait_status(&info), .at_us = clock_now_us()};

		/* Lost where the harness does not keep up with a candidate that forks without end: that is seen
		 * by other means. */
		(void)message_send(plan->report, &message, NULL, 0);
		(void)waitpid(info.si_pid, NULL, 0);
		info.si_pid = 0;
	}
}

/* Without a pid namespace nobody ends the descendants for us. Orphans become our children, so that killing all children
 * until there are none reaches every one of them. */
static void end_descendants(void)
{
	for (;;) {
		CLEANUP_FREE char *children = NULL;
		char *rest, *word;

		if (io_read_all_at(AT_FDCWD, "/proc/thread-self/children", 1 << 20, &children) < 0)
			return;
		rest = children;
		while ((word = strsep(&rest, " "))) {
			pid_t pid = (pid_t)strtol(word, NULL, 10);

			if (pid > 1)
				(void)kill(pid, SIGKILL);
		}
		if (waitpid(-1, NULL, 0) < 0 && errno == ECHILD)
			return;
	}
}

void init_run(const struct init_plan *plan)
{
	static struct root root;
	struct error error = {0};
	struct pollfd waits[2];
	struct set_up ends;
	int signals, status;

	/* The end of file on the socket covers a harness that died before this call; and without namespaces it is all
	 * that ends init, which has the descendants to end first. */
	if (plan->level != SANDBOX_REAPER)
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)prctl(PR_SET_NAME, "daemonck-init");
	signals = take_signals(&error);
	if (signals < 0)
		fail(plan, &error);
	drop_stdio();
	/* An inside root must not trace PID 1: its memory belongs to the harness's user namespace. */
	if (plan->level == SANDBOX_FULL || plan->level == SANDBOX_PRIVILEGED)
		(void)prctl(PR_SET_DUMPABLE, 0);
	status = plan->level == SANDBOX_USER ? map_one("self", plan->uid, plan->gid) : 0;
	if (status < 0) {
		(void)error_errno(&error, status, "cannot write the maps of the user namespace");
		fail(plan, &error);
	}
	if (prepare_leader(plan, &ends, &error) < 0 || enter(plan, &root, &error) < 0)
		fail(plan, &error);
	report_ready(plan, &root);
	if (plan->sandbox->prepared)
		await_proceed(plan);
	tell_leader(&ends, LEADER_GO);
	(void)close(ends.to_leader);
	(void)close(ends.from_leader);
	close_root(&root);

	waits[0] = (struct pollfd){.fd = signals, .events = POLLIN};
	waits[1] = (struct pollfd){.fd = plan->report, .events = 0};
	for (;;) {
		struct signalfd_siginfo info;

		reap(plan);
		if (poll(waits, 2, -1) < 0 && errno != EINTR)
			break;
		if (waits[1].revents & (POLLHUP | POLLERR))
			break;
		while (read(signals, &info, sizeof(info)) == sizeof(info))
			;
	}
	if (plan->level == SANDBOX_REAPER)
		end_descendants();
	spawn_end(0);
}
