/* What the daemon is for, a line in and "ok" out, and what it does about signals meanwhile. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "life.h"

enum { DRAIN_US = 5000000 };

static const int HANDLED[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGCHLD, SIGPIPE};
enum { N_HANDLED = sizeof HANDLED / sizeof *HANDLED };

static volatile sig_atomic_t noted[_NSIG];
static int wake[2] = {-1, -1}; /* a pipe in which there is something when one was noted; a byte lost is one too many */

int64_t life_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void note(int number)
{
	const int error = errno;
	ssize_t written;

	noted[number] = 1;
	written = write(wake[1], "", 1);
	(void)written;
	errno = error;
}

/* PIPE is handled, not ignored: its children would inherit that. */
void right_signals(struct plan *plan)
{
	struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};

	(void)plan;
	if (pipe2(wake, O_CLOEXEC | O_NONBLOCK) < 0)
		plan_die("pipe");
	wake[0] = plan_above_stdio(wake[0]);
	wake[1] = plan_above_stdio(wake[1]);
	for (int i = 0; i < N_HANDLED; i++)
		sigaction(HANDLED[i], &action, NULL);
}

void life_forget_signals(void)
{
	for (int i = 0; i < N_HANDLED && wake[0] >= 0; i++)
		signal(HANDLED[i], SIG_DFL);
}

static bool was_noted(int number)
{
	if (!noted[number])
		return false;
	noted[number] = 0;
	return true;
}

void life_take_signals(struct plan *plan)
{
	static const int stops[] = {SIGTERM, SIGINT, SIGQUIT};
	bool hung_up, stop;
	char bytes[64];

	while (read(wake[0], bytes, sizeof bytes) > 0)
		continue;
	hung_up = was_noted(SIGHUP);
	stop = hung_up && !plan->config && !plan->log;
	for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
		if (was_noted(stops[i]))
			stop = true;
	if (was_noted(SIGCHLD))
		plan->steps[STEP_REAP](plan);
	if (was_noted(SIGUSR1))
		plan->steps[STEP_REOPEN](plan);
	if (plan->stopping)
		return;
	if (stop)
		plan->steps[STEP_STOP](plan);
	else if (hung_up)
		plan->steps[STEP_RELOAD](plan);
}

/* A broken configuration is refused, and the daemon goes on with what it had. */
void right_reload(struct plan *plan)
{
	life_tell_reloading(plan);
	if (plan->config && !life_config_good(plan->config))
		life_log(plan, "the new configuration is refused");
	plan->steps[STEP_REOPEN](plan);
	life_tell_manager(plan, "READY=1");
}

static void drop(struct client *client)
{
	close(client->fd);
	*client = (struct client){.fd = -1};
}

/* Who has not begun a request loses nothing. */
void right_stop(struct plan *plan)
{
	plan->stopping = true;
	plan->stop_by_us = life_now_us() + DRAIN_US;
	life_tell_manager(plan, "STOPPING=1");
	life_log(plan, "stopping");
	if (plan->listener >= 0)
		close(plan->listener);
	plan->listener = -1;
	for (int i = 0; i < CLIENTS_MAX; i++)
		if (plan->clients[i].fd >= 0 && !plan->clients[i].begun)
			drop(&plan->clients[i]);
}

void right_end(struct plan *plan)
{
	plan_clean(plan);
	_exit(0);
}

void right_answer(struct plan *plan)
{
	struct client *client = plan->client;
	char text[512];
	ssize_t got = read(client->fd, text, sizeof text);

	if (got < 0 && errno == EINTR)
		return;
	client->begun = got > 0;
	if (got > 0 && !memchr(text, '\n', (size_t)got))
		return;
	if (got > 0 && write(client->fd, "ok\n", 3) != 3)
		life_log(plan, "a client broke off");
	drop(client);
}

static void welcome(struct plan *plan)
{
	int fd = accept4(plan->listener, NULL, NULL, SOCK_CLOEXEC);

	for (int i = 0; fd >= 0 && i < CLIENTS_MAX; i++)
		if (plan->clients[i].fd < 0) {
			plan->clients[i] = (struct client){.fd = fd};
			return;
		}
	if (fd >= 0)
		close(fd);
}

static bool is_drained(const struct plan *plan)
{
	for (int i = 0; i < CLIENTS_MAX; i++)
		if (plan->clients[i].fd >= 0 && life_now_us() < plan->stop_by_us)
			return false;
	return true;
}

static int until_ms(int64_t at_us)
{
	int64_t left_us = at_us - life_now_us();

	return left_us < 0 ? 0 : (int)((left_us + 999) / 1000);
}

static int patience_ms(const struct plan *plan)
{
	if (plan->stopping)
		return until_ms(plan->stop_by_us);
	return plan->watchdog_us > 0 ? until_ms(plan->watchdog_at_us) : -1;
}

static void keep_watchdog(struct plan *plan)
{
	if (plan->watchdog_us <= 0 || life_now_us() < plan->watchdog_at_us)
		return;
	plan->watchdog_at_us = life_now_us() + plan->watchdog_us;
	plan->steps[STEP_WATCHDOG](plan);
}

static void wait_and_serve(struct plan *plan)
{
	struct pollfd watched[CLIENTS_MAX + 2];
	struct pollfd *waking = &watched[CLIENTS_MAX], *listening = &watched[CLIENTS_MAX + 1];

	for (int i = 0; i < CLIENTS_MAX; i++)
		watched[i] = (struct pollfd){.fd = plan->clients[i].fd, .events = POLLIN};
	*waking = (struct pollfd){.fd = wake[0], .events = POLLIN};
	*listening = (struct pollfd){.fd = plan->listener, .events = POLLIN};
	if (poll(watched, CLIENTS_MAX + 2, patience_ms(plan)) < 0)
		return;
	for (int i = 0; i < CLIENTS_MAX; i++)
		if (watched[i].revents) {
			plan->client = &plan->clients[i];
			plan->steps[STEP_ANSWER](plan);
		}
	if (listening->revents)
		welcome(plan);
}

void right_serve(struct plan *plan)
{
	life_log(plan, "ready");
	plan->watchdog_at_us = life_now_us() + plan->watchdog_us;
	while (!plan->stopping || !is_drained(plan)) {
		wait_and_serve(plan);
		keep_watchdog(plan);
		life_take_signals(plan);
	}
	plan->steps[STEP_END](plan);
}
