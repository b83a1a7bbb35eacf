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

/* A launch of SCENARIO in which the harness failed, or NULL: what is then not known is BROKEN unless another fails. */
const struct evidence *run_failed(const struct evidence *evidence, enum ev_scenario scenario);
/* The same as a verdict: BROKEN with its reason, or false. */
bool run_tell_failed(const struct evidence *evidence, enum ev_scenario scenario, struct finding *finding);

/* Whether the launch came to what the clean one came to: it returned or stayed as that did, with the same exit status,
 * and something of it lives. Otherwise WHY tells what it did instead: "it exited with 1 and left nothing". */
bool run_started(const struct evidence *evidence, const struct evidence *run, char *why, size_t size);

/* The step of that kind after PREVIOUS (NULL: from the first on), or NULL. */
const struct ev_step *run_step(const struct evidence *run, enum ev_step_kind kind, const struct ev_step *previous);

/* The first live process of the state after PREVIOUS (NULL: of all), or NULL. */
const struct ev_process *state_next(const struct ev_state *state, const struct ev_process *previous);
/* The very same process (pid and start time) in the state, if it was alive there, or NULL. */
const struct ev_process *state_same(const struct ev_state *state, const struct ev_process *process);

/* How a process ended, as wait(2) gives it; false where its end was not seen. */
bool run_exit_status(const struct evidence *run, int pid, int *ret_status);

/* The end of the process that was seen from AT_US on, or NULL. */
const struct ev_exit *run_exit_from(const struct evidence *run, int pid, int64_t at_us);

/* What lives when the launch has settled, as a state that owns nothing. */
struct ev_state run_state(const struct evidence *run);
/* Whether PROCESS, alive in BEFORE, is lost in AFTER: gone, and fewer of its name live. */
bool state_lost(const struct ev_state *before, const struct ev_state *after, const struct ev_process *process);
/* Whether two processes of two launches have the same part in the daemon: the name, and a parent of its own or none. */
bool run_same_part(const struct evidence *run, const struct ev_process *process, const struct evidence *other_run,
                   const struct ev_process *other);

/* Something done to the launch's terminal, a step, and what lived before. */
struct run_blow {
	const struct evidence *run;
	const struct ev_step *step;
	const struct ev_state *before;
	const struct ev_process *main; /* of the settled launch */
	int signal;                    /* what the terminal sends then */
	const char *field;             /* "after ^C" */
	const char *when;              /* more for the culprits' text: ", before …" */
};

/* Adds as culprits what it cost: the main process, and others that the terminal can reach and that were not replaced.
 * What had ended before, by itself, does not count. */
void run_tell_lost(const struct run_blow *blow, struct finding *finding);

/* How a launch is told from the others, what it was started with or what it got: "0 and 2 closed", "umask 0077",
 * "HUP". EVIDENCE is the top. BUFFER is returned. */
enum { RUN_TEXT_MAX = 96 };
const char *run_text(const struct evidence *evidence, const struct evidence *run, char buffer[RUN_TEXT_MAX]);

/* The declared name of a failing start: "bad config". */
const char *run_failure_name(const struct evidence *evidence, int variant);

/* From one time to another; 0 where a record makes no sense. */
int64_t run_elapsed(int64_t from_us, int64_t to_us);

/* What is declared, with the defaults where a record holds none. */
int run_stop_signal(const struct evidence *evidence);
int64_t run_stop_within(const struct evidence *evidence);
/* Whether the main process may end so after the stop signal: as declared, else with 0 or by that signal. */
bool run_stop_status(const struct evidence *evidence, int status);
/* Whether a client's reply holds what is declared, or anything where nothing is. */
bool run_reply_right(const struct evidence *evidence, const struct ev_step *reply);
/* What the signal is declared to do: the reload signal leaves it alive, the stop signal does not. */
enum ev_effect run_effect(const struct evidence *evidence, int signal);

/* A set of signals of a process: ignored ones, blocked ones. */
typedef uint64_t run_signals(const struct ev_process *process);
/* What SET is for PROCESS of RUN without hostile signals: the union over the processes of its name (else the main one
 * for the main one, else those with its executable) in the launches whose caller ignored and blocked nothing. What is
 * in it is the daemon's own doing. False: there is none to compare with. */
bool run_own_signals(const struct evidence *evidence, const struct evidence *run, const struct ev_process *process,
                     run_signals *set, uint64_t *ret_set);

/* How long after the signal everything was gone. */
int64_t run_gone_after(const struct ev_step *signal, const struct ev_state *after);

#endif
