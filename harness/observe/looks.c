/* The adaptive looks. */
#include "observe/looks.h"

#include <unistd.h>

#include "base/clock.h"

enum {
	LOOK_FIRST_US = 20,     /* after a change; each further look waits half as long again */
	LOOK_AGAIN_US = 200,    /* after a change in something that had already been at rest */
	LOOK_RUNNING_US = 1000, /* while the started process has not returned */
	LOOK_LAST_US = 5000,    /* … up to this */
};

struct looks looks_begin(struct watch *watch)
{
	return (struct looks){
	    .watch = watch, .delay_us = watch->returned ? LOOK_FIRST_US : LOOK_RUNNING_US, .urgent = watch->urgent};
}

void looks_wait(struct looks *looks)
{
	struct watch *watch = looks->watch;

	looks->next_us = clock_now_us() + looks->delay_us;
	while (looks->urgent == watch->urgent && clock_now_us() < looks->next_us && watch->failure == 0)
		events_take(watch, looks->next_us);
	if (looks->urgent != watch->urgent) {
		looks->urgent = watch->urgent;
		looks->delay_us = LOOK_FIRST_US;
		looks->quiet = looks->proven = false;
		return;
	}
	looks->delay_us += looks->delay_us / 2;
	if (looks->delay_us > LOOK_LAST_US)
		looks->delay_us = LOOK_LAST_US;
}

/* Whether the session leader has yet to tell something: of a notice, or of the started process's end, which comes only
 * after it has been reaped. */
static bool is_word_due(const struct watch *watch)
{
	bool ended = watch->started && !pids_have(&watch->look.pids, watch->evidence->launch.pid);

	return (ended && !watch->returned) || notices_due(watch);
}

static void note(struct looks *looks)
{
	const struct collect *look = &looks->watch->look;
	bool quiet = look->quiet && !is_word_due(looks->watch);

	if (look->token != looks->token || !quiet || !looks->quiet)
		looks->since_us = clock_now_us();
	looks->token = look->token;
	looks->quiet = quiet;
}

int looks_take(struct looks *looks)
{
	struct watch *watch = looks->watch;
	uint64_t token = looks->token;
	bool quiet = looks->quiet;
	int status = collect_look(&watch->scope, &watch->look);

	if (status < 0)
		return status;
	note(looks);
	looks->proven = quiet && looks->quiet && token == looks->token;
	if (token != looks->token && looks->delay_us > LOOK_AGAIN_US)
		looks->delay_us = watch->returned || hold_waits(watch) ? LOOK_AGAIN_US : LOOK_RUNNING_US;
	return 0;
}

int looks_confirm(struct looks *looks, bool *ret_same)
{
	struct watch *watch = looks->watch;
	uint64_t token = looks->token;
	int status = collect_look(&watch->scope, &watch->look);

	if (status < 0)
		return status;
	note(looks);
	looks->proven = looks->quiet && token == looks->token;
	/* What was written before the moment must be there too. */
	events_take(watch, 0);
	*ret_same = looks->proven;
	return 0;
}

bool looks_nothing_left(struct looks *looks)
{
	struct watch *watch = looks->watch;
	bool empty = watch->returned && watch->look.quiet && !watch->look.alive, proven;

	events_take(watch, 0);
	proven = empty && looks->empty && looks->exits == watch->exits;
	looks->empty = empty;
	looks->exits = watch->exits;
	return proven;
}

bool looks_too_many(const struct looks *looks)
{
	return looks->watch->look.pids.too_many;
}

bool looks_too_much(const struct looks *looks)
{
	int64_t bound_kib = sysconf(_SC_PHYS_PAGES) / 2 * (sysconf(_SC_PAGESIZE) / 1024);

	return (int64_t)looks->watch->look.rss_kib > bound_kib;
}
