/* Waiting for whatever happens first, and taking it. */
#include <errno.h>
#include <poll.h>
#include <time.h>

#include "base/clock.h"
#include "observe/watch.h"

enum { POLL_REPORT, POLL_MASTER, POLL_PIPE_1, POLL_PIPE_2, POLL_S6, POLL_PIDFILE, POLL_CLIENT, POLLS };

static void serve(struct watch *watch, const struct pollfd *waits)
{
	/* The pid file first: what a look finds there must not be younger than need be. */
	if (waits[POLL_PIDFILE].revents)
		pidfile_watch_take(&watch->pidfile, &watch->evidence->pidfile);
	if (waits[POLL_REPORT].revents)
		messages_take(watch);
	if (waits[POLL_MASTER].revents && output_drain(&watch->output) < 0)
		watch_fail(watch, -ENOMEM, "cannot keep the output");
	for (int i = 0; i < PIPES; i++) {
		if (waits[POLL_PIPE_1 + i].revents)
			pipes_serve(watch, i);
	}
	if (waits[POLL_S6].revents)
		notices_serve_s6(watch);
	if (waits[POLL_CLIENT].revents) {
		client_serve(&watch->client);
		watch->urgent += watch->client.ended;
	}
}

void events_take(struct watch *watch, int64_t until_us)
{
	short client = client_events(&watch->client);
	struct pollfd waits[POLLS] = {
	    [POLL_REPORT] = {.fd = watch->plan->sandbox->report, .events = POLLIN},
	    [POLL_MASTER] = {.fd = watch->output.hung_up ? -1 : watch->output.master, .events = POLLIN},
	    [POLL_PIPE_1] = {.fd = watch->pipes.fds[0], .events = POLLIN},
	    [POLL_PIPE_2] = {.fd = watch->pipes.fds[1], .events = POLLIN},
	    [POLL_S6] = {.fd = watch->notices.s6, .events = POLLIN},
	    [POLL_PIDFILE] = {.fd = watch->pidfile.fd, .events = POLLIN},
	    [POLL_CLIENT] = {.fd = client ? watch->client.fd : -1, .events = client},
	};
	int64_t left_us = until_us - clock_now_us();
	struct timespec left = {0};

	if (left_us > 0)
		left =
		    (struct timespec){.tv_sec = left_us / CLOCK_US_PER_S, .tv_nsec = left_us % CLOCK_US_PER_S * 1000};
	/* Somebody may open a terminal again that all had closed. */
	if (watch->output.hung_up && output_drain(&watch->output) < 0)
		watch_fail(watch, -ENOMEM, "cannot keep the output");
	if (ppoll(waits, POLLS, &left, NULL) > 0)
		serve(watch, waits);
}
