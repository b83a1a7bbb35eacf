/* Faults of a daemon's life: signals, its stop, its log, its clients and its children. */
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults.h"
#include "life.h"
#include "wrong.h"

enum { CLEANING_MS = 300, LATE_MS = 5000 };

/* The usual steps, and then NUMBER is handled so. */
static void handle_otherwise(struct plan *plan, int number, void (*handler)(int))
{
	plan_right(plan, STEP_SIGNALS);
	signal(number, handler);
}

void wrong_term_ignored(struct plan *plan)
{
	handle_otherwise(plan, SIGTERM, SIG_IGN);
}

void wrong_term_default(struct plan *plan)
{
	handle_otherwise(plan, SIGTERM, SIG_DFL);
}

void wrong_quit_ignored(struct plan *plan)
{
	handle_otherwise(plan, SIGQUIT, SIG_IGN);
}

void wrong_hup_kills(struct plan *plan)
{
	handle_otherwise(plan, SIGHUP, SIG_DFL);
}

static void stop_too(int number)
{
	(void)number;
	raise(SIGTERM);
}

void wrong_cont_ends(struct plan *plan)
{
	handle_otherwise(plan, SIGCONT, stop_too);
}

/* The old advice for shells, to handle a signal only where it was not ignored, done by a daemon. */
static void handle_unless_ignored(struct plan *plan)
{
	const bool ignored = signal(SIGTERM, SIG_DFL) == SIG_IGN;

	plan_right(plan, STEP_SIGNALS);
	if (ignored)
		signal(SIGTERM, SIG_IGN);
}

void wrong_keeps_ignored_term(struct plan *plan)
{
	void (*before)(int) = signal(SIGTERM, SIG_DFL);

	plan_right(plan, STEP_HANDLERS);
	signal(SIGTERM, before);
	plan->steps[STEP_SIGNALS] = handle_unless_ignored;
}

static void run_program(void)
{
	execl("/bin/sleep", "sleep", "infinity", (char *)NULL);
	_exit(70);
}

void wrong_child_runs_program(struct plan *plan)
{
	(void)plan;
	run_program();
}

void wrong_child_ignores_pipe(struct plan *plan)
{
	(void)plan;
	signal(SIGPIPE, SIG_IGN);
	run_program();
}

void wrong_child_blocks_usr2(struct plan *plan)
{
	sigset_t set;

	(void)plan;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	run_program();
}

static void work_on(struct plan *plan)
{
	(void)plan;
	prctl(PR_SET_PDEATHSIG, 0);
	plan_idle();
}

static void end_alone(struct plan *plan)
{
	plan->workers = 0;
	plan_right(plan, STEP_END);
}

void wrong_stop_leaves_child(struct plan *plan)
{
	plan->steps[STEP_WORK] = work_on;
	plan->steps[STEP_END] = end_alone;
	plan_right(plan, STEP_WORKERS);
}

void wrong_stop_leaves_pidfile(struct plan *plan)
{
	plan->pidfile_fd = -1;
	plan_right(plan, STEP_END);
}

void wrong_stop_leaves_socket(struct plan *plan)
{
	plan->bound = false;
	plan_right(plan, STEP_END);
}

void wrong_stop_leaves_memory(struct plan *plan)
{
	if (shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600) < 0)
		plan_die("shmget");
	plan_right(plan, STEP_READY);
}

void wrong_stop_exits_1(struct plan *plan)
{
	plan_clean(plan);
	_exit(1);
}

void wrong_stops_late(struct plan *plan)
{
	wrong_sleep(LATE_MS);
	plan_right(plan, STEP_STOP);
}

static void clean_slowly(struct plan *plan)
{
	wrong_sleep(CLEANING_MS);
	plan_right(plan, STEP_STOP);
}

/* Nobody else ends its workers. */
void wrong_second_term_kills(struct plan *plan)
{
	struct sigaction action;

	plan_right(plan, STEP_SIGNALS);
	sigaction(SIGTERM, NULL, &action);
	action.sa_flags |= SA_RESETHAND;
	sigaction(SIGTERM, &action, NULL);
	plan->steps[STEP_STOP] = clean_slowly;
	plan->steps[STEP_WORK] = work_on;
}

void wrong_bad_config_kills(struct plan *plan)
{
	plan->steps[STEP_CONFIG](plan);
	plan_right(plan, STEP_RELOAD);
}

void wrong_log_kept(struct plan *plan)
{
	if (plan->log_fd >= 0)
		fcntl(plan->log_fd, F_DUPFD_CLOEXEC, 0);
	plan_right(plan, STEP_REOPEN);
}

void wrong_drops_request(struct plan *plan)
{
	plan_right(plan, STEP_STOP);
	plan->steps[STEP_END](plan);
}

/* A farewell to whoever broke off. */
void wrong_dies_of_pipe(struct plan *plan)
{
	char byte;

	if (recv(plan->client->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0) {
		signal(SIGPIPE, SIG_DFL);
		if (write(plan->client->fd, "bye\n", 4) != 4)
			life_log(plan, "a client broke off");
	}
	plan_right(plan, STEP_ANSWER);
}

void wrong_worker_not_replaced(struct plan *plan)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (int i = 0; i < plan->workers; i++)
			if (plan->worker[i] == pid)
				plan->worker[i] = 0;
}
