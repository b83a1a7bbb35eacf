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

enum { LEADER_GO = 'g' };

uint64_t init_namespaces(enum sandbox_level level)
{
	switch (level) {
	case SANDBOX_FULL:
	case SANDBOX_PRIVILEGED:
		return CLONE_NEWPID | CLONE_NEWNS;
	case SANDBOX_USER:
		return CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
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

static uint64_t leader_namespaces(const struct init_plan *plan)
{
	uint64_t flags = 0;

	if (plan->level == SANDBOX_FULL || plan->level == SANDBOX_PRIVILEGED)
		flags |= CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
	if (has_inner_user_namespace(plan))
		flags |= CLONE_NEWUSER | CLONE_NEWNS;
	return flags;
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

static int write_file(const char *path, const char *text)
{
	CLEANUP_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 ? -errno : io_write_all(fd, text, strlen(text));
}

/* The maps of an ordinary user's namespace: his one id as itself. */
static int map_one(const char *process, uid_t uid, gid_t gid)
{
	char path[64], text[64];
	int status;

	(void)snprintf(path, sizeof(path), "/proc/%s/setgroups", process);
	status = write_file(path, "deny");
	if (status == 0) {
		(void)snprintf(path, sizeof(path), "/proc/%s/uid_map", process);
		(void)snprintf(text, sizeof(text), "%u %u 1\n", uid, uid);
		status = write_file(path, text);
	}
	if (status == 0) {
		(void)snprintf(path, sizeof(path), "/proc/%s/gid_map", process);
		(void)snprintf(text, sizeof(text), "%u %u 1\n", gid, gid);
		status = write_file(path, text);
	}
	return status;
}

static int map_all(const char *process)
{
	static const char identity[] = "0 0 4294967295\n";
	char path[64];
	int status;

	(void)snprintf(path, sizeof(path), "/proc/%s/uid_map", process);
	status = write_file(path, identity);
	if (status == 0) {
		(void)snprintf(path, sizeof(path), "/proc/%s/gid_map", process);
		status = write_file(path, identity);
	}
	return status;
}

static int map_leader(const struct init_plan *plan, pid_t leader, struct error *error)
{
	char process[16];
	int status = 0;

	(void)snprintf(process, sizeof(process), "%d", leader);
	if (plan->level == SANDBOX_FULL)
		status = map_all(process);
	else if (has_inner_user_namespace(plan))
		status = map_one(process, plan->uid, plan->gid);
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
	int status;

	if (plan->level == SANDBOX_REAPER) {
		if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
			return error_errno(error, -errno, "cannot become a child subreaper");
		ret_root->sysctl_fd = -1;
		ret_root->proc_fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		ret_root->directory_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		return ret_root->proc_fd < 0 ? error_errno(error, -errno, "cannot open /proc") : 0;
	}
	if (plan->level == SANDBOX_USER) {
		status = map_one("self", plan->uid, plan->gid);
		if (status < 0)
			return error_errno(error, status, "cannot write the maps of the user namespace");
	}
	status = root_enter(&root_plan, ret_root, error);
	if (status == 0 && plan->level == SANDBOX_USER)
		status = network_up() < 0 ? error_errno(error, -errno, "cannot bring up the loopback interface") : 0;
	return status;
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

static void leader_process(const struct init_plan *plan, const struct root *root, int go) __attribute__((noreturn));

static void leader_process(const struct init_plan *plan, const struct root *root, int go)
{
	const struct sandbox_inside inside = {
	    .level = plan->level,
	    .report = plan->report,
	    .start_directory = plan->level != SANDBOX_REAPER,
	};
	struct error error = {0};
	char letter = 0;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (read(go, &letter, 1) != 1 || letter != LEADER_GO)
		spawn_end(1);
	(void)close(go);
	if (has_inner_user_namespace(plan) && root->sysctl_fd >= 0)
		kernel_forbid_cgroup_namespaces(root->sysctl_fd);
	if (plan->level == SANDBOX_FULL || plan->level == SANDBOX_PRIVILEGED) {
		int status = network_up();

		if (status < 0) {
			(void)error_errno(&error, status, "cannot bring up the loopback interface");
			fail(plan, &error);
		}
	}
	plan->sandbox->leader(&inside, plan->sandbox->leader_data);
	spawn_end(1);
}

static void start_leader(const struct init_plan *plan, const struct root *root)
{
	struct error error = {0};
	int go[2];
	pid_t leader;

	if (pipe2(go, O_CLOEXEC) < 0) {
		(void)error_errno(&error, -errno, "cannot make a pipe");
		fail(plan, &error);
	}
	leader = spawn(leader_namespaces(plan), NULL);
	if (leader < 0) {
		(void)error_errno(&error, leader, "cannot make the candidate's namespaces");
		fail(plan, &error);
	}
	if (leader == 0) {
		(void)close(go[1]);
		leader_process(plan, root, go[0]);
	}
	(void)close(go[0]);
	if (map_leader(plan, leader, &error) < 0)
		fail(plan, &error);
	if (write(go[1], &(char){LEADER_GO}, 1) != 1)
		spawn_end(1);
	(void)close(go[1]);
}

static void close_root(struct root *root)
{
	cleanup_close(&root->proc_fd);
	cleanup_close(&root->directory_fd);
	cleanup_close(&root->sysctl_fd);
	for (size_t i = 0; i < root->n_layers; i++)
		(void)close(root->layers[i].upper_fd);
}

static void reap(const struct init_plan *plan)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		const struct message message = {
		    .type = MESSAGE_EXIT, .pid = pid, .status = status, .at_us = clock_now_us()};

		/* Lost where the harness does not keep up with a candidate that forks without end: that is seen
		 * by other means. */
		(void)message_send(plan->report, &message, NULL, 0);
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
	int signals;

	/* The end of file on the socket covers a harness that died before this call. */
	(void)prctl(PR_SET_PDEATHSIG, plan->level == SANDBOX_REAPER ? SIGTERM : SIGKILL);
	(void)prctl(PR_SET_NAME, "daemonck-init");
	signals = take_signals(&error);
	if (signals < 0 || enter(plan, &root, &error) < 0)
		fail(plan, &error);
	drop_stdio();
	/* An inside root must not trace PID 1: its memory belongs to the harness's user namespace. */
	if (plan->level == SANDBOX_FULL || plan->level == SANDBOX_PRIVILEGED)
		(void)prctl(PR_SET_DUMPABLE, 0);
	report_ready(plan, &root);
	start_leader(plan, &root);
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
