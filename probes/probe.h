/* A probe: one requirement of the catalogue as a pure function over evidence. It makes no system call, allocates
 * nothing and prints nothing, so that it runs on live and on recorded evidence, in unit tests and under a fuzzer alike.
 *
 * Each probe is one file, probes/GROUP/NAME.c for the id GROUP.NAME (dashes become underscores), that defines its row's
 * judge and texts, and one row in probes.def. */
#ifndef PROBES_PROBE_H
#define PROBES_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/evidence.h"
#include "probes/profile.h"

enum verdict {
	VERDICT_PASS,
	VERDICT_FAIL,
	VERDICT_NOTE,   /* it does not hold, but the profile only notes it */
	VERDICT_SKIP,   /* not applicable, or not observable here: `seen` says why */
	VERDICT_BROKEN, /* the harness could not judge: `seen` says why */
};
enum { VERDICTS = VERDICT_BROKEN + 1 };

/* "pass", "fail", "note", "skip", "broken" */
const char *verdict_name(enum verdict verdict);

/* How a requirement is seen: a set of these. */
enum probe_seen {
	SEEN_LAUNCH = 1,       /* L: the clean launch */
	SEEN_DIFFERENTIAL = 2, /* D: a hostile launch */
	SEEN_STIMULUS = 4,     /* S: a signal, a key, a second start … */
	SEEN_TRACE = 8,        /* T: the trace of the start */
	SEEN_AUDIT = 16,       /* A: also on a daemon that already runs */
};

enum { FINDING_TEXT_MAX = 320, FINDING_CULPRITS_MAX = 16, CULPRIT_TEXT_MAX = 160 };

/* One process that does not meet the requirement, and the value that shows it. */
struct culprit {
	int pid;                      /* 0: no process, a file or the launch */
	char name[64];                /* comm, or the file's path; raw bytes, cut */
	char field[32];               /* "fd 1", "umask", "session" */
	char value[CULPRIT_TEXT_MAX]; /* what it was; raw bytes, cut */
};

struct finding {
	const struct probe *probe;
	enum verdict verdict;
	char expected[FINDING_TEXT_MAX];
	char seen[FINDING_TEXT_MAX]; /* one line: what was seen, or why there is no verdict */
	struct culprit culprits[FINDING_CULPRITS_MAX];
	size_t n_culprits; /* how many there are; no more than FINDING_CULPRITS_MAX are kept */
	bool may_change; /* more time could still turn this verdict: it is taken only after the patience of settling */
};

/* In a set of scenarios. */
#define SCENARIO_BIT(NAME) (UINT64_C(1) << EV_SCENARIO_##NAME)

struct probe {
	const char *id;      /* "detach.own-session"; stable for ever */
	unsigned int seen;   /* set of enum probe_seen */
	uint64_t scenarios;  /* set of SCENARIO_BIT: the further launches that it judges; 0: the clean one alone */
	const char *title;   /* what must hold, a short clause in the present tense */
	const char *sources; /* "daemon(7) step 6; …" */
	const char *why;     /* what goes wrong otherwise: one to three sentences */
	struct {
		const char *c, *python, *ruby, *shell; /* how to mend it; a few lines of code or advice each */
	} mend;
	/* Fills in the verdict (PASS, FAIL, SKIP or BROKEN; never NOTE, which is the profile's to say), `expected`,
	 * `seen` and the culprits. The finding comes zeroed with `probe` set. */
	void (*judge)(const struct evidence *evidence, const struct profile *profile, struct finding *ret_finding);
};

/* All probes in the order of probes.def, which is the order of the catalogue. */
extern const struct probe *const PROBES[];
extern const size_t N_PROBES;

/* The probe with that id, or NULL. */
const struct probe *probe_find(const char *id);

/* Judges one probe under the profile: a FAIL of a probe that the profile only notes becomes NOTE. Where nothing of the
 * daemon lives or the launch itself went wrong, all but the launch probes are SKIP with that reason. */
void probe_judge(const struct probe *probe, const struct evidence *evidence, const struct profile *profile,
                 struct finding *ret_finding);

struct findings {
	struct finding *items; /* those that the profile requires or notes, in the table's order */
	size_t count;
	size_t by_verdict[VERDICTS];
};

/* Judges every probe that the profile requires or notes. Returns 0 or -ENOMEM. */
int findings_judge(const struct evidence *evidence, const struct profile *profile, struct findings *ret_findings);
void findings_free(struct findings *findings);

/* The scenarios that the probes of the profile need: a set of SCENARIO_BIT. */
uint64_t findings_scenarios(const struct profile *profile);

/* Whether any finding might still turn with time (probe not passed and may_change). */
bool findings_pending(const struct findings *findings);

#endif
