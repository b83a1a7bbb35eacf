/* Faults of a start that fails, and of telling its caller. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults.h"
#include "life.h"
#include "wrong.h"

enum { NAP_MS = 300 };

static void tell(const char *text, ssize_t length)
{
	if (length > 0)
		dprintf(STDERR_FILENO, "%.*s", (int)length, text);
	else
		dprintf(STDERR_FILENO, "candidate: the daemon did not start\n");
}

/* The launcher's end: with FAILED where the daemon told why it fails, with DIED where it did not. */
static void finish(const struct plan *plan, bool tells, int failed, int died)
{
	char text[PLAN_TEXT_MAX];
	ssize_t got = plan_await(plan, text);

	if (got == 1 && text[0] == '\0')
		_exit(0);
	if (tells)
		tell(text, got);
	_exit(got > 0 ? failed : died);
}

void wrong_failure_exits_0(struct plan *plan)
{
	finish(plan, true, 0, 1);
}

void wrong_failure_silent(struct plan *plan)
{
	finish(plan, false, 1, 1);
}

void wrong_eof_is_success(struct plan *plan)
{
	finish(plan, true, 1, 0);
}

/* It is there while the socket is bound, and ended only when that worked. */
void wrong_failure_leaves_child(struct plan *plan)
{
	pid_t pid = plan_fork();

	if (pid == 0) {
		close(plan->ready[1]);
		plan_idle();
	}
	plan_right(plan, STEP_LISTEN);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

void wrong_not_awaited(struct plan *plan)
{
	(void)plan;
	if (plan_fork() > 0)
		_exit(0);
}

/* After the nap nothing that came is success, too. */
static void nap_and_return(struct plan *plan)
{
	char text[PLAN_TEXT_MAX];
	ssize_t got;

	close(plan->ready[1]);
	wrong_sleep(NAP_MS);
	got = recv(plan->ready[0], text, sizeof text, MSG_DONTWAIT);
	if ((got == 1 && text[0] == '\0') || (got < 0 && errno == EAGAIN))
		_exit(0);
	tell(text, got);
	_exit(1);
}

static void tell_nobody(struct plan *plan)
{
	send(plan->ready[1], "", 1, MSG_NOSIGNAL);
	close(plan->ready[1]);
	plan->ready[1] = -1;
}

void wrong_naps_for_readiness(struct plan *plan)
{
	plan->steps[STEP_RETURN] = nap_and_return;
	plan->steps[STEP_READY] = tell_nobody;
	plan_right(plan, STEP_FORK);
}

/* As long as the launcher itself has the other end open, its read does not end. */
void wrong_launcher_keeps_end(struct plan *plan)
{
	if (dup(plan->ready[1]) < 0)
		_exit(70);
	plan_right(plan, STEP_RETURN);
}

void wrong_start_ignores_term(struct plan *plan)
{
	signal(SIGTERM, SIG_IGN);
	plan_right(plan, STEP_FORK);
}

void wrong_needs_start_directory(struct plan *plan)
{
	char path[PATH_MAX];

	(void)plan;
	if (!getcwd(path, sizeof path))
		plan_die("the start directory");
}

void wrong_needs_path(struct plan *plan)
{
	(void)plan;
	errno = 0;
	if (!getenv("PATH"))
		plan_die("PATH is not set");
}
