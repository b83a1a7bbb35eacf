/* What the probes share: the walk over the live processes, and how a finding is put together. Nothing in here allocates
 * or makes a system call. */
#ifndef PROBES_COMMON_H
#define PROBES_COMMON_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/probe.h"
#include "probes/values.h"

#define PROBE(group, name) extern const struct probe probe_##group##_##name;
#include "probes/probes.def"
#undef PROBE

/* Why the pid file's probes have nothing to say. */
#define NO_PIDFILE "no pid file is declared (--pidfile)"

/* Whether it is there to be judged: no zombie, and none that is just going. */
bool probe_alive(const struct ev_process *process);
/* For what only a launch that returned can show: true where there was one; else the finding says why not, STAYED where
 * it stayed in the foreground. */
bool finding_needs_return(const struct evidence *evidence, const char *stayed, struct finding *finding);
/* Whether anything of the daemon is. */
bool probe_any_alive(const struct evidence *evidence);
/* The last end of a process other than the started one, what became of the daemon; NULL where none was seen. */
const struct ev_exit *probe_last_exit(const struct evidence *evidence);
/* The first live process after PREVIOUS (NULL: of all), or NULL. */
const struct ev_process *probe_next(const struct evidence *evidence, const struct ev_process *previous);

/* The pieces of a finding; text that is too long is cut. */
void finding_expect(struct finding *finding, const char *format, ...) __attribute__((format(printf, 2, 3)));
void finding_expect_more(struct finding *finding, const char *text);
void finding_set(struct finding *finding, enum verdict verdict, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void finding_culprit(struct finding *finding, const struct ev_process *process, const char *field, const char *format,
                     ...) __attribute__((format(printf, 4, 5)));
/* The same for what is no process: a file, by its path. */
void finding_culprit_file(struct finding *finding, const char *path, const char *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A failure whose `seen` tells the culprits; more time could turn it when MAY_CHANGE. */
void finding_fail_culprits(struct finding *finding, bool may_change);

/* One probe on its way over the processes. */
struct judging {
	const struct evidence *evidence;
	const struct profile *profile;
	struct finding *finding;
	size_t judged;                   /* processes that could be judged */
	struct numbers numbers;          /* the values seen, for the text of a pass */
	const struct ev_process *hosted; /* the first that was exempt, in a session that the daemon hosts */
	size_t n_hosted;
};

/* Judges one process: adds a culprit where it fails. Returns whether the process could be judged at all; a fault that
 * shows in an incomplete record counts all the same. */
typedef bool judge_process(struct judging *judging, const struct ev_process *process);

/* Walks over all live processes. The second passes over those of a session that the daemon hosts. */
struct judging judging_walk(const struct evidence *evidence, const struct profile *profile, struct finding *finding,
                            judge_process *judge);
struct judging judging_walk_unhosted(const struct evidence *evidence, const struct profile *profile,
                                     struct finding *finding, judge_process *judge);

/* Concludes from what the walk found: FAIL with culprits; SKIP with UNJUDGED when there was nothing to judge; else PASS
 * with the text. A failure is of the processes' present state, which more time could turn. */
void judging_end(struct judging *judging, const char *unjudged, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
