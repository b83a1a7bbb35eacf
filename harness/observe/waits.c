/* Time outs of blocking system calls. A 32-bit process numbers its calls otherwise; its waits are taken as untimed or
 * timed at worst wrongly by the number of another call, which costs patience, never a verdict. */
#include "observe/waits.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>

#include "base/clock.h"
#include "proc/memory.h"

/* timespec and timeval are two words each; FRACTION is nanoseconds or microseconds. */
static int64_t read_time_us(int proc_pid_fd, uint64_t address, int64_t per_us)
{
	int64_t words[2];

	if (address == 0 || proc_read_memory(proc_pid_fd, address, words, sizeof(words)) != sizeof(words))
		return WAIT_UNTIMED;
	if (words[0] < 0 || words[0] > INT32_MAX || words[1] < 0)
		return WAIT_UNTIMED;
	return words[0] * CLOCK_US_PER_S + words[1] / per_us;
}

static int64_t until_us(clockid_t clock, int64_t end_us)
{
	struct timespec now;

	if (end_us == WAIT_UNTIMED || clock_gettime(clock, &now) < 0)
		return WAIT_UNTIMED;
	end_us -= now.tv_sec * CLOCK_US_PER_S + now.tv_nsec / 1000;
	return end_us > 0 ? end_us : 0;
}

static int64_t futex_us(int proc_pid_fd, const struct proc_syscall *call)
{
	int64_t time = read_time_us(proc_pid_fd, call->args[3], 1000);

	switch (call->args[1] & (uint64_t)FUTEX_CMD_MASK) {
	case FUTEX_WAIT:
		return time;
	case FUTEX_WAIT_BITSET:
		return until_us(call->args[1] & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC, time);
	default: /* the other operations do not wait, or for a lock */
		return WAIT_UNTIMED;
	}
}

static int64_t milliseconds_us(uint64_t argument)
{
	int32_t time = (int32_t)argument;

	return time < 0 ? WAIT_UNTIMED : (int64_t)time * CLOCK_US_PER_MS;
}

/* A wait that a stop or a tracer interrupted goes on as another call, but with the registers of the first. Only poll,
 * nanosleep, clock_nanosleep and a timed futex do so; what cannot be told counts as timed. */
static int64_t restarted_us(int proc_pid_fd, const struct proc_syscall *call)
{
	enum { CLOCKS = 16, POLL_MAX = 8 }; /* as a futex operation, a number up to this does not wait, or for a lock */

	if (call->args[0] < CLOCKS)
		return read_time_us(proc_pid_fd, call->args[2], 1000);
	if ((int32_t)call->args[2] == -1)
		return WAIT_UNTIMED;
	if (call->args[1] > 0 && call->args[1] <= POLL_MAX)
		return milliseconds_us(call->args[2]);
	return 0;
}

int64_t waits_duration_us(int proc_pid_fd, const struct proc_syscall *call)
{
	if (call->kind != PROC_SYSCALL_IN_CALL)
		return WAIT_UNTIMED;
	switch (call->nr) {
#ifdef SYS_poll
	case SYS_poll:
		return milliseconds_us(call->args[2]);
#endif
#ifdef SYS_epoll_wait
	case SYS_epoll_wait:
#endif
	case SYS_epoll_pwait:
		return milliseconds_us(call->args[3]);
#ifdef SYS_select
	case SYS_select:
		return read_time_us(proc_pid_fd, call->args[4], 1);
#endif
	case SYS_pselect6:
		return read_time_us(proc_pid_fd, call->args[4], 1000);
	case SYS_ppoll:
	case SYS_rt_sigtimedwait:
		return read_time_us(proc_pid_fd, call->args[2], 1000);
	case SYS_nanosleep:
		return read_time_us(proc_pid_fd, call->args[0], 1000);
	case SYS_clock_nanosleep:
		if (call->args[1] & TIMER_ABSTIME)
			return until_us((clockid_t)call->args[0], read_time_us(proc_pid_fd, call->args[2], 1000));
		return read_time_us(proc_pid_fd, call->args[2], 1000);
	case SYS_futex:
		return futex_us(proc_pid_fd, call);
	case SYS_restart_syscall:
		return restarted_us(proc_pid_fd, call);
	default: /* all other calls wait without a time out */
		return WAIT_UNTIMED;
	}
}
