/* Workers: forked, reaped, replaced when they were killed, and never longer there than the main process. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "life.h"

void life_start_worker(struct plan *plan, int place, int report)
{
	const pid_t parent = getpid();

	plan->worker[place] = plan_fork();
	if (plan->worker[place] > 0)
		return;
	prctl(PR_SET_NAME, "worker");
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0);
	if (report >= 0 && write(report, "", 1) != 1)
		_exit(70);
	/* The lock of the pid file and the log among them: the main process may be killed, or open a new log. */
	close_range(STDERR_FILENO + 1, ~0U, 0);
	plan->steps[STEP_WORK](plan);
	_exit(70);
}

void right_work(struct plan *plan)
{
	(void)plan;
	plan_idle();
}

/* Ready is who has workers that run. */
void right_workers(struct plan *plan)
{
	int ends[2];
	char byte;

	if (plan->workers == 0)
		return;
	if (pipe2(ends, O_CLOEXEC) < 0)
		plan_die("pipe");
	for (int i = 0; i < plan->workers; i++)
		life_start_worker(plan, i, ends[1]);
	close(ends[1]);
	for (int i = 0; i < plan->workers; i++)
		if (read(ends[0], &byte, 1) != 1)
			plan_die("a worker");
	close(ends[0]);
}

/* One that ended by itself has failed, and would fail again. */
void right_reap(struct plan *plan)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int i = 0; i < plan->workers; i++)
			if (plan->worker[i] == pid) {
				plan->worker[i] = 0;
				if (WIFSIGNALED(status) && !plan->stopping)
					life_start_worker(plan, i, -1);
			}
}

void life_end_workers(struct plan *plan)
{
	for (int i = 0; i < plan->workers; i++)
		if (plan->worker[i] > 0) {
			kill(plan->worker[i], SIGTERM);
			kill(plan->worker[i], SIGCONT); /* or a stopped one would not end */
		}
	for (int i = 0; i < plan->workers; i++)
		if (plan->worker[i] > 0)
			while (waitpid(plan->worker[i], NULL, 0) < 0 && errno == EINTR)
				continue;
}
