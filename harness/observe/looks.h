/* Looking again and again: when the next look is due, and what two of them prove together. */
#ifndef OBSERVE_LOOKS_H
#define OBSERVE_LOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "observe/watch.h"

struct looks {
	struct watch *watch;
	int64_t delay_us, next_us;
	uint64_t token;   /* of the last look */
	int64_t since_us; /* since when it has been this one */
	bool quiet;       /* the last look was quiet */
	bool proven;      /* … and the one before it was the same: nothing ran in between */
	bool empty;       /* the last look found nobody */
	uint64_t exits;   /* … after so many ends */
	uint64_t urgent;
};

/* While the started process has not returned, the looks are rarer: they must not disturb the start. */
struct looks looks_begin(struct watch *watch);

/* Takes everything that happens until the next look is due, or until something urgent brings it forward; that begins
 * the looks anew. */
void looks_wait(struct looks *looks);

/* Takes the next look. 0 or -errno. */
int looks_take(struct looks *looks);

/* Looks once more, after something was read: whether it is still the same proven state. 0 or -errno. */
int looks_confirm(struct looks *looks, bool *ret_same);

/* One look may miss a process that forks and exits all the time. Each of its ends is reported, though: two looks at
 * nothing with no end between them are the end of all. */
bool looks_nothing_left(struct looks *looks);

/* More processes, or more memory, than the machine can bear. */
bool looks_too_many(const struct looks *looks);
bool looks_too_much(const struct looks *looks);

#endif
