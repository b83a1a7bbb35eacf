/* What the harness asks of the session leader while a launch is watched: MESSAGE_COMMAND with a struct leader_command
 * as payload, over the sandbox's report socket. Each is answered by one MESSAGE_ANSWER (error: errno or 0; a descriptor
 * where one is said below), in order. Signals are not among them: the harness sends those itself, by pidfd, because
 * they must work when the leader is dead. */
#ifndef TERMINAL_COMMAND_H
#define TERMINAL_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "sandbox/message.h"

enum leader_command_kind {
	LEADER_RUN, /* start a command like the candidate, its own group in the foreground; pid in the answer, the
	               end comes as MESSAGE_RAN; as from a shell, status 127 where there is no such command, 126 where
	               it cannot be executed */
	LEADER_FOREGROUND, /* take the terminal back */
	LEADER_CONNECT,    /* `text` "tcp 127.0.0.1:80" or "unix /run/x" (terminal/address.h): a connected socket comes
	                      along, non-blocking */
	LEADER_RENAME,     /* `text` to `other` */
	LEADER_WRITE,      /* replace the content of file `text` by what the descriptor that comes along holds */
	LEADER_UNMOUNT,    /* leave the start directory and unmount it, without force or laziness */
	LEADER_ORPHAN,     /* let an orphan end under the candidate's own PID 1 */
	LEADER_RELEASE,    /* hold: let the process `pid` run; `signal` first where not 0 */
	LEADER_GO,         /* hold: the launcher may end (MESSAGE_ENDING); everything that was stopped for it goes on */
	LEADER_COUNT,      /* how many calls were counted so far: struct leader_counted; EOPNOTSUPP: they are not */
	LEADER_IPC, /* /proc/sysvipc/shm, sem and msg, opened in there: three descriptors come along, in that order */
};

enum { LEADER_TEXT_MAX = 4096, LEADER_ARGUMENTS_MAX = 256 };

struct leader_command {
	enum leader_command_kind kind;
	int pid, signal;
	bool same;              /* RUN: the candidate's own command; otherwise `text` */
	bool empty_environment; /* RUN: no environment at all */
	bool no_terminal;       /* RUN: in a session of its own, /dev/null on 0, 1 and 2 */
	uint32_t n_arguments;   /* RUN: `text` holds that many NUL-ended strings */
	char text[LEADER_TEXT_MAX - 1024];
	char other[1024];
};
_Static_assert(sizeof(struct leader_command) <= MESSAGE_PAYLOAD_MAX, "a message must hold it");

/* Payload of the answer to LEADER_COUNT. */
struct leader_counted {
	uint64_t closes;
};

#endif
