/* The instant in which the started process has ended. */
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "terminal/life.h"
#include "terminal/listening.h"

/* Tells what came before the return from what comes later. Without waiting where the terminal takes no more: the look
 * at the pid file must not be late for that. Returns what could not be written. */
static const char *mark_return(const struct leader *leader)
{
	ssize_t written = write(leader->sentinel, leader->plan->sentinel, strlen(leader->plan->sentinel));

	return leader->plan->sentinel + (written > 0 ? written : 0);
}

static void look_for_files(char *const *files, struct leader_returned *returned)
{
	returned->ready_files_known = files != NULL;
	for (size_t i = 0; files && files[i] && i < 64; i++)
		if (access(files[i], F_OK) == 0)
			returned->ready_files |= UINT64_C(1) << i;
}

static int64_t spent_us(const struct rusage *usage)
{
	return (int64_t)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * CLOCK_US_PER_S + usage->ru_utime.tv_usec +
	       usage->ru_stime.tv_usec;
}

void life_returned(struct leader *leader)
{
	struct message message = {.type = MESSAGE_RETURNED, .pid = leader->candidate};
	struct leader_returned *returned = (struct leader_returned *)(void *)message.payload;
	struct rusage usage = {0};
	const char *rest;

	_Static_assert(sizeof(*returned) <= sizeof(message.payload), "a message must hold it");
	message.at_us = clock_now_us();
	rest = mark_return(leader);
	if (leader->plan->pidfile)
		look_at(AT_FDCWD, leader->plan->pidfile, false, &returned->look);
	look_for_files(leader->plan->ready_files, returned);
	listening_read(leader, returned);
	/* Reaped only now: who waits for the started process to vanish comes after the mark. */
	(void)wait4(leader->candidate, &message.status, __WALL, &usage);
	returned->cpu_us = spent_us(&usage);
	leader->returned = true;
	trace_drop(&leader->trace, leader->candidate);
	/* As a shell does when a job has ended. */
	if (!leader->plan->variation.keep_foreground)
		(void)tcsetpgrp(STDIN_FILENO, getpgrp());
	message.size = (uint32_t)(offsetof(struct leader_returned, look.content) + returned->look.size);
	(void)message_send_surely(leader->report, &message, NULL, 0);
	hold_returned(leader);
	(void)io_write_all(leader->slave, rest, strlen(rest));
}
