/* Making an orphan in another pid namespace. */
#include "terminal/orphan.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sandbox/spawn.h"

enum { ORPHAN_MS = 5000 };

static void await_end(int pidfd)
{
	struct pollfd wait = {.fd = pidfd, .events = POLLIN};

	while (poll(&wait, 1, -1) < 0 && errno == EINTR)
		;
}

/* In the other namespace: its child ends when it has been given to PID 1, which its parent's end has done by the time a
 * pidfd tells of it. The descriptors are those of the helper, which takes the child's pidfd from *told. */
static void be_parent(int tell) __attribute__((noreturn));

static void be_parent(int tell)
{
	int self = (int)syscall(SYS_pidfd_open, getpid(), 0), orphan = -1;
	pid_t pid = self < 0 ? -errno : spawn(0, &orphan);

	if (pid == 0) {
		(void)close(tell);
		await_end(self);
		spawn_end(0);
	}
	if (pid < 0)
		orphan = pid;
	(void)!write(tell, &orphan, sizeof(orphan));
	spawn_end(0);
}

/* A process of its own, because its children's pid namespace is not its own any more. It shares its descriptors with
 * the orphan's parent: so it has the orphan's pidfd. */
static int helper(int target)
{
	int ends[2], orphan = -EIO;
	pid_t parent;

	if (setns(target, CLONE_NEWPID) < 0 || pipe(ends) < 0)
		return -errno;
	parent = spawn(CLONE_FILES, NULL);
	if (parent < 0)
		return parent;
	if (parent == 0)
		be_parent(ends[1]);
	(void)waitpid(parent, NULL, 0);
	if (read(ends[0], &orphan, sizeof(orphan)) != sizeof(orphan))
		return -EIO;
	if (orphan < 0)
		return orphan;
	await_end(orphan);
	return 0;
}

int orphan_end(pid_t init)
{
	CLEANUP_CLOSE int target = (int)syscall(SYS_pidfd_open, init, 0), pidfd = -1;
	struct pollfd wait = {.events = POLLIN};
	int status, timeout;
	pid_t pid;

	if (target < 0)
		return -errno;
	pid = spawn(0, &pidfd);
	if (pid < 0)
		return pid;
	if (pid == 0)
		spawn_end(-helper(target));
	wait.fd = pidfd;
	do
		timeout = poll(&wait, 1, ORPHAN_MS);
	while (timeout < 0 && errno == EINTR);
	if (timeout == 0)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	if (timeout == 0)
		return -ETIMEDOUT;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}
