/* Faults of processes, sessions and the terminal. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "faults.h"
#include "wrong.h"

/* As fork, but the child's parent is the caller's own. */
static pid_t fork_sibling(void)
{
	pid_t pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);

	if (pid < 0)
		plan_die("clone");
	return pid;
}

static void sibling_again(struct plan *plan)
{
	(void)plan;
	if (fork_sibling() > 0)
		_exit(0);
}

void wrong_sibling(struct plan *plan)
{
	plan_open_ready(plan);
	if (fork_sibling() > 0)
		plan->steps[STEP_RETURN](plan);
	close(plan->ready[0]);
	plan->steps[STEP_FORK_AGAIN] = sibling_again;
}

void wrong_same_group(struct plan *plan)
{
	(void)plan;
}

void wrong_same_session(struct plan *plan)
{
	(void)plan;
	if (setpgid(0, 0) < 0)
		plan_die("setpgid");
}

void wrong_same_session_no_tty(struct plan *plan)
{
	int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);

	wrong_same_session(plan);
	if (terminal < 0 || ioctl(terminal, TIOCNOTTY) < 0)
		plan_die("/dev/tty");
	close(terminal);
}

void wrong_leader(struct plan *plan)
{
	(void)plan;
}

static void live_on_pty(const char *name)
{
	int slave;

	if (setsid() < 0)
		_exit(70);
	slave = open(name, O_RDWR);
	if (slave < 0 || ioctl(slave, TIOCSCTTY, 0) < 0)
		_exit(70);
	for (int number = STDIN_FILENO; number <= STDERR_FILENO; number++)
		dup2(slave, number);
	close(slave);
	plan_idle();
}

static int open_master(void)
{
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
		_exit(70);
	return master;
}

/* What the first terminal that is opened without O_NOCTTY is to a session leader. */
void wrong_opens_terminal(struct plan *plan)
{
	int master = open_master();

	(void)plan;
	if (open(ptsname(master), O_RDWR | O_CLOEXEC) < 0)
		_exit(70);
}

void wrong_hosts_pty(struct plan *plan)
{
	int master = open_master();

	if (plan_fork() == 0) {
		const char *name = ptsname(master);

		close(master);
		close(plan->ready[1]);
		live_on_pty(name);
	}
	plan_right(plan, STEP_READY);
}
