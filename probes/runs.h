/* What the probes of further launches share: finding the launch, saying why there is none, and what a step did. Nothing
 * in here allocates or makes a system call. */
#ifndef PROBES_RUNS_H
#define PROBES_RUNS_H

#include "probes/common.h"

/* Fills a finding in for a probe of one launch of SCENARIO: returns the launch when it was done and can be judged;
 * otherwise NULL, and the finding says why: not planned (--quick), skipped with its reason, BROKEN where the harness
 * failed in it, and where it was interrupted. */
const struct evidence *run_needed(const struct evidence *evidence, enum ev_scenario scenario, int variant,
                                  struct finding *finding);

/* The same for a probe of all launches of SCENARIO: the first that was done after PREVIOUS (NULL: of all). When none at
 * all was done, the finding says why; a launch in which the harness failed makes it BROKEN unless another one fails. */
const struct evidence *run_next_done(const struct evidence *evidence, enum ev_scenario scenario,
                                     const struct evidence *previous);
bool run_none_done(const struct evidence *evidence, enum ev_scenario scenario, struct finding *finding);

/* Whether the launch came to what the clean one came to: it returned or stayed as that did, with the same exit status,
 * and something of it lives. Otherwise WHY tells what it did instead: "it exited with 1 and left nothing". */
bool run_started(const struct evidence *evidence, const struct evidence *run, char *why, size_t size);

/* The step of that kind after PREVIOUS (NULL: from the first on), or NULL. */
const struct ev_step *run_step(const struct evidence *run, enum ev_step_kind kind, const struct ev_step *previous);

/* Whether it was there, no zombie. */
bool state_alive(const struct ev_state *state, const struct ev_process *process);
/* The first live process of the state after PREVIOUS (NULL: of all), or NULL. */
const struct ev_process *state_next(const struct ev_state *state, const struct ev_process *previous);

/* How a process ended, by the launch's exits: the status of wait(2), or -1 where it was not seen. */
int run_exit_status(const struct evidence *run, int pid);

/* "in the launch with descriptors 0 and 2 closed": how a launch is told from the others; BUFFER is returned. */
enum { RUN_TEXT_MAX = 96 };
const char *run_text(const struct evidence *run, char buffer[RUN_TEXT_MAX]);

#endif
