/* What may make a process at rest run again though nobody does anything: timers; and through what a signal that it
 * blocks may still reach it. */
#ifndef OBSERVE_WAKERS_H
#define OBSERVE_WAKERS_H

#include <stdbool.h>
#include <stdint.h>

/* Whether the process may have a timer that ends within so long: a timerfd that is armed, a POSIX timer, or, since
 * nothing tells of setitimer(2) and alarm(2), a handler of SIGALRM. */
bool wakers_timer(int proc_fd, int pid, int64_t within_us);

/* Whether it holds a signalfd that takes the signal. */
bool wakers_signalfd(int proc_fd, int pid, int signal);

#endif
