/* How long nothing has changed, and whether that says anything: who naps may go on when he wakes, who got no processor
 * could not go on, and work in progress begins the window anew. */
#ifndef OBSERVE_WINDOW_H
#define OBSERVE_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "observe/watch.h"

enum { WINDOW_TIMER_MAX_US = 5000000 }; /* a sleep up to this long may be one before the next step */

struct window {
	int64_t since_us; /* 0: it has not begun */
	uint64_t run_ns, wait_ns;
	int64_t disk_us; /* since when a task has been uninterruptible; 0: none is */
	int newest;      /* the highest pid and the number of tasks: a start that makes processes goes on */
	size_t n_tasks;
	struct window_nap *naps; /* the tasks at its beginning */
	size_t n_naps;
};

/* Begins it at the watch's last look. */
void window_start(struct window *window, const struct watch *watch, int64_t now_us);
void window_free(struct window *window);

/* Takes notice of a look: of disks, and with BIRTHS of processes and threads that have come or gone. */
void window_note(struct window *window, const struct watch *watch, bool births, int64_t now_us);

/* Whether some task of PID (0: of any) sleeps on a timer of at most that length and has not woken so often since the
 * window began. */
bool window_nap(const struct window *window, const struct watch *watch, int pid, int64_t most_us, uint64_t wakes);

/* Whether nothing has changed for the patience, in which everybody got the processor that he wanted. Work in progress
 * begins the window anew. */
bool window_passed(struct window *window, const struct watch *watch, int64_t now_us);

/* … and whether nobody is left who sleeps and may yet go on. */
bool window_over(struct window *window, const struct watch *watch, int64_t now_us);

#endif
