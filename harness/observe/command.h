/* Asking the session leader: terminal/command.h. */
#ifndef OBSERVE_COMMAND_H
#define OBSERVE_COMMAND_H

#include <stddef.h>
#include <stdint.h>

#include "sandbox/message.h"
#include "terminal/command.h"

enum { COMMAND_FDS = 3 };

struct command_answer {
	int pid;
	int fds[COMMAND_FDS]; /* the asker's */
	size_t n_fds;
	bool counts; /* LEADER_COUNT */
	struct leader_counted counted;
};

struct commands {
	uint64_t asked, answered;
	int error_number; /* of the last answer */
	struct command_answer answer;
};

struct watch;

/* Sends the command and waits for its answer, bounded. FD goes along where it is not negative. *ret_answer, where
 * given, is set only on success. 0 or -errno: -ESRCH where the leader is dead, otherwise what it answered or why it
 * could not be asked. */
int command_ask(struct watch *watch, const struct leader_command *command, int fd, struct command_answer *ret_answer);

/* Sends the command; nobody waits for its answer. */
void command_tell(struct watch *watch, const struct leader_command *command);

/* An answer has come; descriptors that it keeps are set to -1 in FDS. */
void command_take_answer(struct watch *watch, const struct message *message, int *fds, size_t n_fds);

void command_drop_answer(struct command_answer *answer);

#endif
