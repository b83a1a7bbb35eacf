/* One probe on its way over several launches and steps: what held, what did not, what could not be judged. Nothing in
 * here allocates or makes a system call. */
#ifndef PROBES_TALLY_H
#define PROBES_TALLY_H

#include "probes/runs.h"

/* One probe on its way over launches and steps: culprits are added to the finding, the rest is noted here. */
struct run_tally {
	const struct evidence *evidence; /* the top */
	struct finding *finding;
	char right[FINDING_TEXT_MAX]; /* what held, the pieces joined by "; " */
	enum verdict missed;          /* of what could not be judged: SKIP or BROKEN; PASS: there is nothing */
	char why[FINDING_TEXT_MAX];
	bool strict; /* all must be judged for a PASS */
};

void tally_right(struct run_tally *tally, const char *format, ...) __attribute__((format(printf, 2, 3)));
void tally_missed(struct run_tally *tally, enum verdict verdict, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* FAIL with the culprits; BROKEN where the harness failed; SKIP where nothing was judged; else PASS. */
void tally_end(struct run_tally *tally);

/* The launch when it was done; the second: and came to what the clean one came to. Otherwise NULL, and it is noted as
 * missed. */
const struct evidence *tally_done(struct run_tally *tally, enum ev_scenario scenario, int variant);
const struct evidence *tally_run(struct run_tally *tally, enum ev_scenario scenario, int variant);
/* Whether the launch came to what the clean one came to, for a probe that demands it; otherwise that is a culprit.
 * WHERE: "under a caller that ignores signals". */
bool tally_comes_up(struct run_tally *tally, const struct evidence *run, const char *where);
/* Compares one process of a launch with the clean one's: adds a culprit where it fails, and returns whether it could be
 * compared at all. */
typedef bool tally_judge(struct run_tally *tally, const struct evidence *run, const struct ev_process *process);
/* Walks over the live processes of a launch that comes up (WHERE as above); returns how many could be compared, and the
 * others are noted as missed. */
size_t tally_compare(struct run_tally *tally, const struct evidence *run, const char *where, tally_judge *judge);
/* The first launch of SCENARIO after PREVIOUS (NULL: of all) that was done and came to what the clean one came to, or
 * NULL; those that did not, and that there is none at all, are noted as missed. */
const struct evidence *tally_next(struct run_tally *tally, enum ev_scenario scenario, const struct evidence *previous);
/* The step of that kind after PREVIOUS (NULL: the first) when it was done and what came of it was looked at; otherwise
 * NULL, and it is noted as missed. */
const struct ev_step *tally_step(struct run_tally *tally, const struct evidence *run, enum ev_step_kind kind,
                                 const struct ev_step *previous);
/* Whether the signal ended everything within the declared time. Each process that was left is a culprit; WHERE ends
 * what is told: ", under a caller that ignores signals". */
bool tally_gone(struct run_tally *tally, const struct ev_step *signal, const struct ev_state *after, const char *where);
/* Whether the launch's main process is the same and alive after the step; otherwise it is a culprit, with its end.
 * AFTER: "HUP". */
bool tally_main_lives(struct run_tally *tally, const struct evidence *run, const struct ev_step *step,
                      const char *after);
/* Whether every address that listened in the clean launch and in this one still does after the step; otherwise it is a
 * culprit. Ports that are bound without a client waiting for them (UDP) come and go. */
bool tally_listens(struct run_tally *tally, const struct evidence *run, const struct ev_step *step, const char *after);
/* Zombies whose parent lives and has not reaped them are culprits. WHERE ends what is told. */
void tally_zombies(struct run_tally *tally, const struct ev_state *state, const char *where);
/* Adds the process as a culprit for its end: "killed by signal PIPE, 2.0 ms after HUP". */
void tally_ended(struct run_tally *tally, const struct ev_process *process, int status, int64_t elapsed_us,
                 const char *after);
/* What became of the daemon by the one signal of the launch: as declared; where nothing is, everything is gone, or the
 * same main process lives, or the pid file names the new one. */
void tally_effect(struct run_tally *tally, const struct evidence *run, enum ev_effect effect);

#endif
