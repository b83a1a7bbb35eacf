/* detach.hangup-race: `ssh -t host my-daemon` starts the launcher as the terminal's session leader; when that ends, the
 * kernel hangs the terminal up at once. The launch in which new processes are held back decides: there a child that the
 * launcher does not wait for never leaves the session in time. The others are left to chance and give a rate. */
#include "probes/runs.h"

#include <stdio.h>

enum { RACE_HELD = -1 };

struct rate {
	size_t launches, survived;
};

/* A launch that went as the clean one until the hang-up: whatever is missing then, the hang-up took. */
static bool is_comparable(const struct evidence *evidence, const struct evidence *race)
{
	enum ev_outcome outcome = race->launch.outcome;

	return (outcome == EV_RETURNED || outcome == EV_RESTLESS) && race->launch.status == evidence->launch.status;
}

static struct rate rate_of(const struct evidence *evidence)
{
	struct rate rate = {0};
	const struct evidence *race = NULL;

	while ((race = run_next_done(evidence, EV_SCENARIO_HANGUP_RACE, race))) {
		if (race->variant == RACE_HELD || !is_comparable(evidence, race))
			continue;
		rate.launches++;
		rate.survived += probe_any_alive(race);
	}
	return rate;
}

/* "; its last process, 5, was killed by signal HUP" */
static const char *last_text(const struct evidence *race, char *buffer, size_t size)
{
	const struct ev_exit *last = probe_last_exit(race);
	char end[END_TEXT_MAX];

	buffer[0] = '\0';
	if (last)
		(void)snprintf(buffer, size, "; its last process, %d, %s", last->pid,
		               probe_end_text(last->status, end));
	return buffer;
}

static void fail_held(const struct evidence *held, struct rate rate, struct finding *finding)
{
	char last[END_TEXT_MAX * 2], chance[END_TEXT_MAX] = "";

	if (rate.launches > 0)
		(void)snprintf(chance, sizeof(chance), "; left to chance, %zu of %zu survived", rate.survived,
		               rate.launches);
	finding_set(finding, VERDICT_FAIL,
	            "started as the terminal's session leader and hung up at once, nothing of it is left: the launcher "
	            "does not wait until its child has left the session%s%s",
	            last_text(held, last, sizeof(last)), chance);
}

/* No launch could be compared. */
static void tell_none(const struct evidence *evidence, struct finding *finding)
{
	const struct evidence *race = run_next_done(evidence, EV_SCENARIO_HANGUP_RACE, NULL);
	char why[OUTCOME_TEXT_MAX];

	if (run_none_done(evidence, EV_SCENARIO_HANGUP_RACE, finding))
		return;
	if (run_started(evidence, race, why, sizeof(why)))
		(void)snprintf(why, sizeof(why), "it stays in the foreground");
	finding_set(finding, VERDICT_SKIP, "as the terminal's session leader it does not start as usual: %s", why);
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	const struct evidence *held = evidence_run(evidence, EV_SCENARIO_HANGUP_RACE, RACE_HELD);
	struct rate rate = rate_of(evidence);
	bool seen = held && held->state == EV_RUN_DONE && is_comparable(evidence, held);

	(void)profile;
	finding_expect(finding, "it lives on when its launcher is the terminal's session leader, whose end hangs up");
	if (seen && !probe_any_alive(held))
		fail_held(held, rate, finding);
	else if (rate.survived < rate.launches)
		finding_set(finding, VERDICT_FAIL,
		            "started as the terminal's session leader, %zu of %zu launches survived its end",
		            rate.survived, rate.launches);
	else if (run_tell_failed(evidence, EV_SCENARIO_HANGUP_RACE, finding))
		return;
	else if (!held && evidence->interrupted)
		(void)run_needed(evidence, EV_SCENARIO_HANGUP_RACE, RACE_HELD, finding);
	else if (!seen && rate.launches == 0)
		tell_none(evidence, finding);
	else
		finding_set(finding, VERDICT_PASS,
		            "it lives on when its launcher's end hangs the terminal up, %zu of %zu times",
		            rate.survived + seen, rate.launches + seen);
}

const struct probe probe_detach_hangup_race = {
    .id = "detach.hangup-race",
    .seen = SEEN_STIMULUS,
    .scenarios = SCENARIO_BIT(HANGUP_RACE),
    .title = "it lives on when its launcher is the terminal's session leader and ends",
    .sources = "daemon(7) step 14; Spawning #33, daemonize (knsd) #48, ccan #25",
    .why = "With ssh -t, in a script under setsid or as a container's first process the launcher leads the session: "
           "its end "
           "hangs the terminal up, and a child that has not left the session yet is killed. The textbook double fork "
           "loses most of these races.",
    .mend =
        {
            .c = "int ready[2];\n"
                 "char byte;\n"
                 "pipe(ready);\n"
                 "if (fork() > 0) { /* the launcher waits until the daemon is ready, long out of the session */\n"
                 "        close(ready[1]);\n"
                 "        _exit(read(ready[0], &byte, 1) == 1 ? EXIT_SUCCESS : EXIT_FAILURE);\n"
                 "}\n"
                 "setsid(); /* then the second fork; and when all is ready: */\n"
                 "write(ready[1], \"\", 1);",
            .python = "r, w = os.pipe()\n"
                      "if os.fork() > 0:\n"
                      "    os.close(w)\n"
                      "    os._exit(0 if os.read(r, 1) else 1)\n"
                      "os.close(r)\n"
                      "os.setsid()  # then the second fork; and when all is ready:\n"
                      "os.write(w, b'1')",
            .ruby = "r, w = IO.pipe\n"
                    "if fork\n"
                    "  w.close\n"
                    "  exit!(r.read(1) ? true : false)\n"
                    "end\n"
                    "r.close\n"
                    "Process.setsid  # then the second fork; and when all is ready:\n"
                    "w.write('1')\n"
                    "w.close",
            .shell = "setsid -w sh -c 'my-daemon </dev/null >/dev/null 2>&1 &'  # -w: until that has left the session",
        },
    .judge = judge,
};
