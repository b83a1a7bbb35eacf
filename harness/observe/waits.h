/* What a task waits for, as far as its system call tells. */
#ifndef OBSERVE_WAITS_H
#define OBSERVE_WAITS_H

#include <stdint.h>

#include "proc/stat.h"

enum { WAIT_UNTIMED = -1 };

/* How long the whole wait is that the call asked for, in microseconds, or WAIT_UNTIMED: also for calls that take no
 * time out or whose time cannot be read. PROC_PID_FD is /proc/PID of the process. */
int64_t waits_duration_us(int proc_pid_fd, const struct proc_syscall *call);

#endif
