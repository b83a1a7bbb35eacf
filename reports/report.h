/* A report: findings as text for someone. One file a format and one row in formats.def; a report never judges. */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "evidence/evidence.h"
#include "probes/probe.h"
#include "probes/profile.h"

struct report_options {
	bool colour;
	bool verbose; /* passes and skips in full, the output of the candidate, what the harness did */
	int width;    /* columns of the terminal; 0: not a terminal, no cutting */
};

/* All that a report may tell. */
struct result {
	const struct evidence *evidence;
	const struct profile *profile;
	const char *profile_reason; /* why this profile: "asked for" or how the style was detected */
	const struct findings *findings;
};

struct report_format {
	const char *name;        /* "text" */
	const char *description; /* one line for --help */
	int (*write)(const struct result *result, const struct report_options *options, FILE *out, struct error *error);
};

extern const struct report_format REPORT_FORMATS[];
extern const size_t N_REPORT_FORMATS;

/* The format with that name, or NULL. */
const struct report_format *report_find(const char *name);

#endif
