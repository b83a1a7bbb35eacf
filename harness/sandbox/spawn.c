/* clone3, with plain fork semantics. */
#include "sandbox/spawn.h"

#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

pid_t spawn(uint64_t namespaces, int *ret_pidfd)
{
	int pidfd = -1;
	struct clone_args arguments = {
	    .flags = namespaces | (ret_pidfd ? CLONE_PIDFD : 0),
	    .pidfd = (uint64_t)(uintptr_t)&pidfd,
	    .exit_signal = SIGCHLD,
	};
	long pid = syscall(SYS_clone3, &arguments, sizeof(arguments));

	if (pid < 0)
		return -errno;
	if (pid > 0 && ret_pidfd)
		*ret_pidfd = pidfd;
	return (pid_t)pid;
}

void spawn_end(int status)
{
	_exit(status);
}
