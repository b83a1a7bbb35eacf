/* What the harness asks of the session leader, and its answers. */
#include "observe/command.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "observe/watch.h"

enum { ANSWER_US = 5 * CLOCK_US_PER_S };

void command_drop_answer(struct command_answer *answer)
{
	for (size_t i = 0; i < answer->n_fds; i++)
		(void)close(answer->fds[i]);
	answer->n_fds = 0;
}

void command_take_answer(struct watch *watch, const struct message *message, int *fds, size_t n_fds)
{
	struct commands *commands = &watch->commands;

	command_drop_answer(&commands->answer);
	commands->answered++;
	commands->error_number = message->error;
	commands->answer.pid = message->pid;
	commands->answer.counts = message->size == sizeof(commands->answer.counted);
	if (commands->answer.counts)
		memcpy(&commands->answer.counted, message->payload, sizeof(commands->answer.counted));
	/* Its end may be the very next message. */
	if (watch->ran.starting && commands->answered == commands->asked && message->error == 0)
		watch->ran.pid = message->pid;
	for (size_t i = 0; i < n_fds && i < COMMAND_FDS; i++) {
		commands->answer.fds[commands->answer.n_fds++] = fds[i];
		fds[i] = -1;
	}
}

static int send_command(struct watch *watch, const struct leader_command *command, int fd)
{
	struct message message = {.type = MESSAGE_COMMAND, .size = sizeof(*command), .at_us = clock_now_us()};
	int status;

	if (watch->leader_gone)
		return -ESRCH;
	memcpy(message.payload, command, sizeof(*command));
	status = message_send(watch->plan->sandbox->report, &message, &fd, fd >= 0 ? 1 : 0);
	if (status < 0)
		return status == -EPIPE ? -ESRCH : status;
	watch->commands.asked++;
	return 0;
}

void command_tell(struct watch *watch, const struct leader_command *command)
{
	(void)send_command(watch, command, -1);
}

int command_ask(struct watch *watch, const struct leader_command *command, int fd, struct command_answer *ret_answer)
{
	struct commands *commands = &watch->commands;
	int status = send_command(watch, command, fd);
	int64_t until_us = clock_now_us() + ANSWER_US;
	uint64_t number = commands->asked;

	if (status < 0)
		return status;
	while (commands->answered < number) {
		if (watch->failure)
			return watch->failure;
		if (watch->leader_gone)
			return -ESRCH;
		if (clock_now_us() >= until_us)
			return -ETIMEDOUT;
		events_take(watch, until_us);
	}
	if (commands->error_number == 0 && ret_answer) {
		*ret_answer = commands->answer;
		commands->answer.n_fds = 0;
	}
	command_drop_answer(&commands->answer);
	return -commands->error_number;
}
