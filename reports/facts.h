/* What several formats tell in the same words. Texts that hold bytes of the candidate are escaped where so said. */
#ifndef REPORTS_FACTS_H
#define REPORTS_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"
#include "base/text.h"
#include "reports/report.h"

enum { FACT_TEXT_MAX = 256 };

/* A way to mend, in one language. */
struct fact_mend {
	const char *language; /* "C" */
	const char *key;      /* "c" */
	const char *text;     /* NULL: there is none */
};
enum { FACT_MENDS = 4 };

/* "FAIL", and "failed" for the count of it. */
const char *fact_word(enum verdict verdict);
const char *fact_participle(enum verdict verdict);

/* The order in which verdicts are told: what is worst first. */
extern const enum verdict FACT_ORDER[VERDICTS];

/* "19 passed, 2 failed, 1 noted, 4 skipped" */
void fact_summary(const struct findings *findings, char *out, size_t size);

/* How the launch ended: "the started process (3) returned after 4.5 ms: it ended with exit status 0". */
void fact_launch(const struct evidence *evidence, char *out, size_t size);
/* "full: namespaces of its own, made as root" */
const char *fact_isolation(enum ev_isolation_level level);
/* "after 6.1 ms; a failure stands when nothing has changed for 500.0 ms" */
void fact_settled(const struct ev_settle *settle, char *out, size_t size);

/* The further launches: "41 done, 9 do not apply, 1 failed"; false where there are none. */
bool fact_runs(const struct evidence *evidence, char *out, size_t size);

/* The command as a shell would take it, escaped. */
void fact_command(struct text *text, char *const *argv);

/* All ways to mend, in a fixed order. */
void fact_mends(const struct probe *probe, struct fact_mend ret_mends[FACT_MENDS]);
/* The one that fits what the candidate is written in, else C, else any; NULL text where there is none. */
struct fact_mend fact_mend(const struct result *result, const struct probe *probe);

/* How many culprits are kept. */
size_t fact_culprits(const struct finding *finding);

/* Ends a report: 0, or an error when something could not be written. */
int fact_finish(FILE *out, struct error *error);

#endif
