/* What the candidate wrote to its terminal, before and after the started process returned. */
#ifndef OBSERVE_OUTPUT_H
#define OBSERVE_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct output {
	int master;           /* -1: none yet */
	const char *sentinel; /* what the session leader writes between the two; its first byte occurs once in it */
	size_t matched;       /* bytes of it seen so far */
	bool returned;        /* it was seen whole */
	bool hung_up;         /* nobody holds the terminal any more: nothing comes unless somebody opens it again */
	bool tapped;          /* the launch is over: what comes goes to `tap`, as far as that is wanted */
	bool wanted;
	struct output_part {
		char *bytes; /* at most EVIDENCE_OUTPUT_MAX; of the tap EVIDENCE_REPLY_MAX */
		size_t kept;
		uint64_t total;
		int64_t first_us; /* when the first byte came, CLOCK_MONOTONIC; 0: none did */
	} before, after, tap;
};

void output_free(struct output *output);

/* Reads what there is without blocking, but no more than a bounded amount at a time, so that a flood cannot hold up
 * everything else. 0 or -ENOMEM. */
int output_drain(struct output *output);

/* Begins to collect into the tap anew, or ends that. */
void output_tap(struct output *output, bool wanted);

#endif
