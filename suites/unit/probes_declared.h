/* What the tests of the probes share that judge what was done to the daemon: stops, signals, clients,
 * children. */
#ifndef UNIT_PROBES_DECLARED_H
#define UNIT_PROBES_DECLARED_H

#include "probes_build.h"

enum { SECOND_US = 1000000, BOUND_US = 10 * SECOND_US };

#define BIT(signal) (UINT64_C(1) << ((signal)-1))

/* An end of that process, the only one that was seen. */
void ended(struct evidence *run, int pid, int status, int64_t at_us);
/* The process is not there any more after the step. */
void lose(struct ev_step *step, int pid);
/* When the state after the step was taken, and whether all was at rest. */
void looked(struct ev_step *step, int64_t after_us, bool settled);
/* All was gone 2 ms after the step. */
void all_gone(struct ev_step *step);
/* A launch with one signal, which leaves everything as it was. */
struct ev_step *signalled(enum ev_scenario scenario, int variant, int signal);
/* What HUP, INT … is declared to do; the only one. */
void declare_effect(int signal, enum ev_effect effect);

/* A launch that a probe cannot do without. */
struct needed {
	const char *id;
	enum ev_scenario scenario;
	int variant;
};

/* Where the launch was not done the probe says why: SKIP, and BROKEN where the harness failed. */
void assert_needs(const struct needed *needed);
/* Where nothing was done in the launch, or it came to nothing, the probe does not fail. */
void assert_needs_steps(const struct needed *needed);
/* Records that no harness writes do not crash any probe. */
void judge_nonsense(const struct needed *needed);

/* A suite of one case, each test in a new world with a listener and everything declared as it is by default. LOOPS
 * are run for each row of N_NEEDED. */
Suite *declared_suite(const char *name, const TTest *const *tests, size_t count, const TTest *const *loops,
                      size_t n_loops, int n_needed);

#endif
