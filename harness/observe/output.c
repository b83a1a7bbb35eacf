/* Draining the terminal's master. */
#include "observe/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "evidence/evidence.h"

enum { DRAIN_ROUNDS = 16 };

void output_free(struct output *output)
{
	free(output->before.bytes);
	free(output->after.bytes);
	free(output->tap.bytes);
	output->before.bytes = output->after.bytes = output->tap.bytes = NULL;
	if (output->master >= 0)
		(void)close(output->master);
	output->master = -1;
}

static int keep(struct output *output, struct output_part *part, const char *bytes, size_t length)
{
	size_t most = output->tapped ? EVIDENCE_REPLY_MAX : EVIDENCE_OUTPUT_MAX, room;

	if (output->tapped)
		part = &output->tap;
	if (length == 0 || (output->tapped && !output->wanted))
		return 0;
	room = most - part->kept;
	if (!part->bytes) {
		part->bytes = malloc(most + 1);
		if (!part->bytes)
			return -ENOMEM;
		part->first_us = clock_now_us();
	}
	part->total += length;
	if (length > room)
		length = room;
	memcpy(part->bytes + part->kept, bytes, length);
	part->kept += length;
	part->bytes[part->kept] = '\0';
	return 0;
}

/* Looks for the sentinel before the return; what turns out not to be it is the candidate's. */
static int take_before(struct output *output, char byte)
{
	int status = 0;

	if (byte != output->sentinel[output->matched]) {
		status = keep(output, &output->before, output->sentinel, output->matched);
		output->matched = 0;
	}
	if (byte == output->sentinel[output->matched])
		output->matched++;
	else if (status == 0)
		status = keep(output, &output->before, &byte, 1);
	output->returned = output->sentinel[output->matched] == '\0';
	return status;
}

static int take(struct output *output, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		int status;

		if (output->returned)
			return keep(output, &output->after, bytes + i, length - i);
		status = take_before(output, bytes[i]);
		if (status < 0)
			return status;
	}
	return 0;
}

int output_drain(struct output *output)
{
	char bytes[4096];

	for (int round = 0; round < DRAIN_ROUNDS && output->master >= 0; round++) {
		ssize_t length = read(output->master, bytes, sizeof(bytes));
		int status;

		if (length < 0 && errno == EIO)
			output->hung_up = true;
		if (length <= 0)
			return 0;
		output->hung_up = false;
		status = take(output, bytes, (size_t)length);
		if (status < 0)
			return status;
	}
	return 0;
}

void output_tap(struct output *output, bool wanted)
{
	output->tapped = true;
	output->wanted = wanted;
	if (wanted) {
		free(output->tap.bytes);
		output->tap = (struct output_part){0};
	}
}
