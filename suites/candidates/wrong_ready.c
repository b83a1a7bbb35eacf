/* Faults of the protocols between a daemon and what manages it. */
#include <sys/wait.h>
#include <unistd.h>

#include "faults.h"
#include "life.h"
#include "wrong.h"

enum { EARLY_MS = 300 };

void wrong_ready_twice(struct plan *plan)
{
	plan_right(plan, STEP_NOTIFY);
	plan_right(plan, STEP_NOTIFY);
}

void wrong_ready_early(struct plan *plan)
{
	plan_right(plan, STEP_NOTIFY);
	plan->steps[STEP_NOTIFY] = wrong_nothing;
	wrong_sleep(EARLY_MS);
	plan_right(plan, STEP_LISTEN);
}

void wrong_ready_from_child(struct plan *plan)
{
	pid_t pid = plan_fork();

	if (pid == 0) {
		plan_right(plan, STEP_NOTIFY);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

void wrong_stopping_untold(struct plan *plan)
{
	plan->notify_path[0] = '\0';
	plan_right(plan, STEP_STOP);
}

void wrong_reload_without_ready(struct plan *plan)
{
	life_tell_reloading(plan);
	plan->steps[STEP_REOPEN](plan);
}

void wrong_s6_no_newline(struct plan *plan)
{
	close(plan->s6);
}

void wrong_s6_stays_open(struct plan *plan)
{
	if (plan->s6 >= 0 && write(plan->s6, "\n", 1) != 1)
		plan_die("readiness descriptor");
}

void wrong_foreground_detaches(struct plan *plan)
{
	static const enum step steps[] = {STEP_FORK, STEP_SESSION, STEP_FORK_AGAIN, STEP_STDIO, STEP_DIRECTORY};

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		plan->steps[steps[i]] = RIGHT_STEPS[steps[i]];
	plan->foreground = false;
}

void wrong_foreground_chdir(struct plan *plan)
{
	plan_right(plan, STEP_DIRECTORY);
}

void wrong_foreground_silent(struct plan *plan)
{
	plan_right(plan, STEP_STDIO);
}

void wrong_passed_closed(struct plan *plan)
{
	close_range(STDERR_FILENO + 1, ~0U, 0);
	plan->listener = -1;
}

/* It stays open, and nobody serves it. */
void wrong_passed_unused(struct plan *plan)
{
	plan->passed = false;
	plan_right(plan, STEP_LISTEN);
}
