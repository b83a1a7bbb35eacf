/* Faults of the start as its caller sees it, and of time. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "faults.h"
#include "wrong.h"

enum { SHORT_MS = 300, LONG_MS = 3000 };

void wrong_nothing(struct plan *plan)
{
	(void)plan;
}

void wrong_sleep(long ms)
{
	struct timespec left = {ms / 1000, ms % 1000 * 1000000};

	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		continue;
}

void wrong_await_launcher_gone(const struct plan *plan)
{
	while (kill(plan->launcher, 0) == 0)
		wrong_sleep(1);
}

void wrong_foreground(struct plan *plan)
{
	plan->steps[STEP_SESSION] = wrong_nothing;
	plan->steps[STEP_FORK_AGAIN] = wrong_nothing;
	plan->steps[STEP_READY] = wrong_nothing;
}

void wrong_launcher_stays(struct plan *plan)
{
	char text[PLAN_TEXT_MAX];

	plan_await(plan, text);
	plan_right(plan, STEP_MASK);
	plan_idle();
}

void wrong_launcher_stops(struct plan *plan)
{
	char text[PLAN_TEXT_MAX];

	plan_await(plan, text);
	plan_right(plan, STEP_MASK);
	raise(SIGSTOP);
	plan_idle();
}

void wrong_exit_nonzero(struct plan *plan)
{
	char text[PLAN_TEXT_MAX];

	plan_await(plan, text);
	_exit(1);
}

/* The terminal, kept by functions that write to it late. */
static int kept_terminal;

static void write_late(struct plan *plan)
{
	static const char text[] = "candidate: a late word\n";

	wrong_await_launcher_gone(plan);
	if (write(kept_terminal, text, sizeof text - 1) < 0)
		_exit(70);
	close(kept_terminal);
	plan_right(plan, STEP_SERVE);
}

void wrong_late_output(struct plan *plan)
{
	kept_terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	plan->steps[STEP_SERVE] = write_late;
	plan_right(plan, STEP_STDIO);
}

static void flood(struct plan *plan)
{
	char text[4096];

	(void)plan;
	memset(text, 'y', sizeof text);
	for (;;)
		if (write(kept_terminal, text, sizeof text) < 0 && errno != EINTR && errno != EAGAIN)
			_exit(70);
}

void wrong_floods(struct plan *plan)
{
	kept_terminal = STDOUT_FILENO;
	flood(plan);
}

void wrong_floods_late(struct plan *plan)
{
	kept_terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	plan->steps[STEP_SERVE] = flood;
	plan_right(plan, STEP_STDIO);
}

void wrong_dies(struct plan *plan)
{
	(void)plan;
	_exit(0);
}

void wrong_crashes(struct plan *plan)
{
	(void)plan;
	raise(SIGSEGV);
}

void wrong_exits_3(struct plan *plan)
{
	(void)plan;
	_exit(3);
}

void wrong_slow_3s(struct plan *plan)
{
	wrong_sleep(LONG_MS);
	plan_right(plan, STEP_SESSION);
}

/* Lets the started process go, and does not come back before that. */
static void be_hasty(struct plan *plan)
{
	plan_right(plan, STEP_READY);
	plan->steps[STEP_READY] = wrong_nothing;
	wrong_await_launcher_gone(plan);
}

void wrong_hasty_3s(struct plan *plan)
{
	be_hasty(plan);
	wrong_slow_3s(plan);
}

void wrong_hasty_sleep(struct plan *plan)
{
	be_hasty(plan);
	wrong_sleep(SHORT_MS);
	plan_right(plan, STEP_SESSION);
}

void wrong_hasty_poll(struct plan *plan)
{
	be_hasty(plan);
	poll(NULL, 0, SHORT_MS);
	plan_right(plan, STEP_SESSION);
}

void wrong_hasty_ten_sleeps(struct plan *plan)
{
	be_hasty(plan);
	for (int i = 0; i < 10; i++)
		wrong_sleep(SHORT_MS / 10);
	plan_right(plan, STEP_SESSION);
}

static void wake(int number)
{
	(void)number;
}

void wrong_hasty_itimer(struct plan *plan)
{
	struct itimerval timer = {.it_value = {0, SHORT_MS * 1000}};

	be_hasty(plan);
	signal(SIGALRM, wake);
	setitimer(ITIMER_REAL, &timer, NULL);
	pause();
	signal(SIGALRM, SIG_DFL);
	plan_right(plan, STEP_SESSION);
}

void wrong_hasty_timerfd(struct plan *plan)
{
	struct itimerspec timer = {.it_value = {0, SHORT_MS * 1000000}};
	int file = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	uint64_t ticks;

	be_hasty(plan);
	if (file < 0 || timerfd_settime(file, 0, &timer, NULL) < 0 || read(file, &ticks, sizeof ticks) < 0)
		_exit(70);
	close(file);
	plan_right(plan, STEP_SESSION);
}

void wrong_hasty_child(struct plan *plan)
{
	pid_t pid;

	be_hasty(plan);
	pid = plan_fork();
	if (pid == 0) {
		wrong_sleep(SHORT_MS);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	plan_right(plan, STEP_SESSION);
}

void wrong_hasty_pipe(struct plan *plan)
{
	int ends[2];
	char byte;
	pid_t pid;

	be_hasty(plan);
	if (pipe2(ends, O_CLOEXEC) < 0)
		_exit(70);
	pid = plan_fork();
	if (pid == 0) {
		for (int i = 0; i < 10; i++) {
			wrong_sleep(SHORT_MS / 10);
			if (write(ends[1], "", 1) != 1)
				_exit(70);
		}
		_exit(0);
	}
	close(ends[1]);
	while (read(ends[0], &byte, 1) == 1)
		continue;
	close(ends[0]);
	waitpid(pid, NULL, 0);
	plan_right(plan, STEP_SESSION);
}

void wrong_hasty_busy(struct plan *plan)
{
	struct timespec start, now;

	be_hasty(plan);
	clock_gettime(CLOCK_MONOTONIC, &start);
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < SHORT_MS);
	plan_right(plan, STEP_SESSION);
}
