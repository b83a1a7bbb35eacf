/* What there is when a step has had its effect. */
#ifndef OBSERVE_STATE_H
#define OBSERVE_STATE_H

#include "observe/watch.h"

/* The System V objects of the sandbox, as the session leader's descriptors show them even when it is dead. */
struct state_ipc {
	int fds[COMMAND_FDS]; /* -1: not to be had */
};

void state_ipc_open(struct watch *watch, struct state_ipc *ret_ipc);
void state_ipc_close(struct state_ipc *ipc);

/* Reads everything of the watch's last look. LOG is the path of the log, or NULL. 0 or -ENOMEM; *ret_state is untouched
 * then. */
int state_read(struct watch *watch, const char *log, const struct state_ipc *ipc, struct ev_state *ret_state);

/* The file of that name inside, relative to the start directory; not known where there is none. */
struct ev_file state_file(const struct watch *watch, const char *path);

/* Whether a process of the watch's last look holds that file. */
bool state_is_held(const struct watch *watch, const struct ev_file *file);

void state_clear(struct ev_state *state);

#endif
