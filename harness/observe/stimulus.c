/* Doing what a step says: signals and keys from outside, everything else by asking the session leader. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "observe/host_pids.h"
#include "observe/steps.h"
#include "proc/stat.h"

static uint64_t started_ticks(int proc_fd, const char *name)
{
	char text[1024];
	struct proc_stat stat;
	ssize_t length = io_read_at(proc_fd, name, text, sizeof(text), NULL);

	return length > 0 && proc_parse_stat(text, (size_t)length, &stat) == 0 ? stat.starttime : 0;
}

/* The descriptor holds the process; then its start time tells that it is the one that was seen. 0 or -errno. */
static int send_signal(int host_pid, uint64_t start_ticks, int signal)
{
	CLEANUP_CLOSE int fd = -1;
	char name[32];

	if (host_pid <= 0)
		return -ESRCH;
	fd = (int)syscall(SYS_pidfd_open, host_pid, 0);
	if (fd < 0)
		return -errno;
	(void)snprintf(name, sizeof(name), "/proc/%d/stat", host_pid);
	if (started_ticks(AT_FDCWD, name) != start_ticks)
		return -ESRCH;
	return syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0) < 0 ? -errno : 0;
}

static int add_target(struct steps *steps, struct reaction_target target)
{
	struct reaction_target *targets = realloc(steps->targets, (steps->n_targets + 1) * sizeof(steps->targets[0]));

	if (!targets)
		return -ENOMEM;
	steps->targets = targets;
	targets[steps->n_targets++] = target;
	return 0;
}

static int do_signal(struct steps *steps, const struct script_step *step, const struct ev_process *process,
                     struct ev_step *record)
{
	struct reaction_target target;
	int status;

	if (!process) {
		record->error_number = ESRCH;
		return 0;
	}
	record->pid = process->pid;
	target = reaction_prepare(steps->watch, process->pid, step->signal);
	status = send_signal(process->host_pid, process->start_ticks, step->signal);
	record->error_number = -status;
	return status < 0 ? 0 : add_target(steps, target);
}

/* The kernel hands a key over behind our back; a poll of the other side makes it do so now. Whether that could be. */
static bool push_input(int master)
{
	CLEANUP_CLOSE int slave = ioctl(master, TIOCGPTPEER, O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	struct pollfd wait = {.fd = slave, .events = POLLIN};

	return slave >= 0 && poll(&wait, 1, 0) >= 0;
}

static int do_key(struct steps *steps, int signal, struct ev_step *record)
{
	int master = steps->watch->output.master;
	char key = signal == SIGINT ? 0x03 : signal == SIGQUIT ? 0x1c : 0x1a;

	if (master < 0)
		record->error_number = ESRCH;
	else if (write(master, &key, 1) != 1)
		record->error_number = errno;
	else
		steps->expects |= !push_input(master);
	return 0;
}

static void await(struct watch *watch, const bool *done, int64_t until_us)
{
	while (!*done && watch->failure == 0 && clock_now_us() < until_us)
		events_take(watch, until_us);
}

/* In this order: while the master is there, the end of the leader hangs nothing up; and the signal that the kernel
 * sends to the foreground group comes only when the leader ends after the hangup. */
static int do_hangup(struct steps *steps, struct ev_step *record)
{
	struct watch *watch = steps->watch;
	struct ev_process leader = {.pid = watch->scope.leader};
	struct evidence scratch = {.processes = &leader, .n_processes = 1};
	char name[32];

	if (watch->leader_gone) {
		record->error_number = ESRCH;
		return 0;
	}
	(void)snprintf(name, sizeof(name), "%d/stat", leader.pid);
	leader.start_ticks = started_ticks(watch->scope.proc_fd, name);
	host_pids_fill(watch->plan->sandbox, &scratch);
	(void)output_drain(&watch->output);
	cleanup_close(&watch->output.master);
	watch->output.master = -1;
	watch->hanging_up = true;
	record->error_number = -send_signal(leader.host_pid, leader.start_ticks, SIGKILL);
	if (record->error_number == 0)
		await(watch, &watch->leader_gone, clock_now_us() + steps_within_us(steps));
	return watch->failure;
}

/* The words as NUL-ended strings, one after the other. */
static int put_words(struct leader_command *command, const char *const *words)
{
	size_t used = 0;

	for (; *words; words++) {
		size_t length = strlen(*words) + 1;

		if (length > sizeof(command->text) - used)
			return -E2BIG;
		memcpy(command->text + used, *words, length);
		used += length;
		command->n_arguments++;
	}
	return 0;
}

static int do_run(struct steps *steps, const struct script_step *step, struct ev_step *record)
{
	struct watch *watch = steps->watch;
	struct leader_command command = {
	    .kind = LEADER_RUN,
	    .same = !step->arguments,
	    .empty_environment = step->empty_environment,
	    .no_terminal = step->no_terminal,
	};
	struct command_answer answer = {0};
	int status = step->arguments ? put_words(&command, step->arguments) : 0;

	watch->ran = (struct watch_ran){.starting = true, .awaited = step->until == SCRIPT_RAN_OUT};
	output_tap(&watch->output, true);
	if (status == 0)
		status = command_ask(watch, &command, -1, &answer);
	watch->ran.starting = false;
	record->error_number = -status;
	record->command = record->pid = status == 0 ? answer.pid : 0;
	command_drop_answer(&answer);
	return watch->failure;
}

/* Commands with a text or two, and a descriptor perhaps. */
static int ask(struct watch *watch, enum leader_command_kind kind, const char *text, const char *other, int fd,
               struct command_answer *ret_answer)
{
	struct leader_command command = {.kind = kind};

	if (snprintf(command.text, sizeof(command.text), "%s", text) >= (int)sizeof(command.text) ||
	    snprintf(command.other, sizeof(command.other), "%s", other) >= (int)sizeof(command.other))
		return -ENAMETOOLONG;
	return command_ask(watch, &command, fd, ret_answer);
}

static const char *argument(const struct script_step *step, size_t number)
{
	for (size_t i = 0; step->arguments && step->arguments[i]; i++)
		if (i == number)
			return step->arguments[i];
	return "";
}

static int do_connect(struct steps *steps, const struct script_step *step, struct ev_step *record)
{
	struct watch *watch = steps->watch;
	const char *passed = watch->evidence->start.socket_address;
	struct command_answer answer = {0};
	char address[256];
	int status;

	/* No address: that of the socket which was passed. */
	if (*argument(step, 0) || !passed)
		(void)snprintf(address, sizeof(address), "%s", argument(step, 0));
	else
		(void)snprintf(address, sizeof(address), "tcp %s", passed);
	client_close(&watch->client);
	status = ask(watch, LEADER_CONNECT, address, "", -1, &answer);
	record->error_number = -status;
	if (status == 0 && answer.n_fds > 0) {
		(void)fcntl(answer.fds[0], F_SETFL, O_NONBLOCK);
		client_take(&watch->client, take_fd(&answer.fds[0]));
		steps->expects = true;
	}
	for (size_t i = 0; i < answer.n_fds; i++)
		cleanup_close(&answer.fds[i]);
	return watch->failure;
}

/* The reply is read while the step is awaited. */
static int do_send(struct steps *steps, const struct script_step *step, struct ev_step *record)
{
	struct watch *watch = steps->watch;
	struct client *client = &watch->client;
	int64_t until_us = clock_now_us() + steps_within_us(steps);
	int status = client_send(client, argument(step, 0), step->kind == EV_STEP_FINISH);

	while (status == 0 && client->left > 0 && watch->failure == 0) {
		if (clock_now_us() >= until_us)
			status = -ETIMEDOUT;
		else
			events_take(watch, until_us);
	}
	record->error_number = status < 0 ? -status : client->error_number;
	steps->expects |= status == 0;
	return watch->failure;
}

static int do_break(struct steps *steps, struct ev_step *record)
{
	int status = client_break(&steps->watch->client);

	record->error_number = -status;
	steps->expects |= status == 0;
	return 0;
}

static int do_rename(struct steps *steps, const struct script_step *step, struct ev_step *record)
{
	struct watch *watch = steps->watch;

	steps->log = argument(step, 0);
	steps->old_log = state_file(watch, steps->log);
	record->error_number = -ask(watch, LEADER_RENAME, argument(step, 0), argument(step, 1), -1, NULL);
	return watch->failure;
}

static int do_write(struct steps *steps, const struct script_step *step, struct ev_step *record)
{
	const char *content = argument(step, 1);
	CLEANUP_CLOSE int fd = memfd_create("daemonck-file", MFD_CLOEXEC);

	if (fd < 0 || io_write_all(fd, content, strlen(content)) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return error_errno(steps->watch->error, -errno, "cannot prepare a file");
	record->error_number = -ask(steps->watch, LEADER_WRITE, argument(step, 0), "", fd, NULL);
	return steps->watch->failure;
}

static int do_orphan(struct steps *steps, struct ev_step *record)
{
	struct command_answer answer = {0};

	record->error_number = -ask(steps->watch, LEADER_ORPHAN, "", "", -1, &answer);
	record->pid = record->error_number ? 0 : answer.pid;
	steps->expects |= record->error_number == 0;
	command_drop_answer(&answer);
	return steps->watch->failure;
}

static int do_plain(struct steps *steps, enum leader_command_kind kind, struct ev_step *record)
{
	record->error_number = -ask(steps->watch, kind, "", "", -1, NULL);
	return steps->watch->failure;
}

int stimulus_do(struct steps *steps, const struct script_step *step, const struct ev_process *process,
                struct ev_step *record)
{
	switch (step->kind) {
	case EV_STEP_SIGNAL:
		return do_signal(steps, step, process, record);
	case EV_STEP_KEY:
		return do_key(steps, step->signal, record);
	case EV_STEP_FOREGROUND:
		return do_plain(steps, LEADER_FOREGROUND, record);
	case EV_STEP_HANGUP:
		return do_hangup(steps, record);
	case EV_STEP_RUN:
		return do_run(steps, step, record);
	case EV_STEP_CONNECT:
		return do_connect(steps, step, record);
	case EV_STEP_SEND:
	case EV_STEP_FINISH:
		return do_send(steps, step, record);
	case EV_STEP_BREAK:
		return do_break(steps, record);
	case EV_STEP_RENAME:
		return do_rename(steps, step, record);
	case EV_STEP_WRITE:
		return do_write(steps, step, record);
	case EV_STEP_UNMOUNT:
		return do_plain(steps, LEADER_UNMOUNT, record);
	case EV_STEP_ORPHAN:
		return do_orphan(steps, record);
	case EV_STEP_WAIT:
		return 0;
	}
	return 0;
}
