/* What the right daemon does once it has detached: sockets, signals, log, workers, and what it tells its manager. */
#ifndef CANDIDATES_LIFE_H
#define CANDIDATES_LIFE_H

#include "plan.h"

step_fn right_passed, right_listen;                           /* sockets.c */
step_fn right_signals, right_serve, right_answer, right_stop; /* serve.c */
step_fn right_end, right_reload;                              /* serve.c */
step_fn right_config, right_log, right_reopen;                /* log.c */
step_fn right_workers, right_work, right_reap;                /* workers.c */
step_fn right_notify, right_s6, right_watchdog;               /* notify.c */
step_fn right_pidfile;                                        /* pidfile.c */

int64_t life_now_us(void);

/* A line in the log, where there is one. */
void life_log(const struct plan *plan, const char *text);

/* Whether the file holds what a configuration must. */
bool life_config_good(const char *path);

/* Takes the signals that came since: their steps are done when this returns. */
void life_take_signals(struct plan *plan);

/* In a child: the daemon's handlers are not its own. */
void life_forget_signals(void);

void life_end_workers(struct plan *plan);
/* Starts one in that place, and does not wait for it unless REPORT (a descriptor that gets a byte) is not -1. */
void life_start_worker(struct plan *plan, int place, int report);

/* Sends to NOTIFY_SOCKET, where there is one. */
void life_tell_manager(const struct plan *plan, const char *text);
/* … that it reloads, and since when. */
void life_tell_reloading(const struct plan *plan);

#endif
