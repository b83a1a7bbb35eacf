/* A result with one finding of each verdict, for the tests of the formats. */
#ifndef UNIT_REPORTS_FIXTURE_H
#define UNIT_REPORTS_FIXTURE_H

#include "reports/report.h"

enum { FIXTURE_FINDINGS = 6 };

struct reports_fixture {
	struct evidence *evidence;
	struct profile profile;
	struct finding items[FIXTURE_FINDINGS];
	struct findings findings;
	struct result result;
};

/* Names, values and paths in it hold escape sequences, markup and broken UTF-8. */
void reports_fixture_make(struct reports_fixture *fixture);
void reports_fixture_clear(struct reports_fixture *fixture);

/* The report in that format, from malloc. */
char *reports_fixture_write(const struct reports_fixture *fixture, const char *format,
                            const struct report_options *options);

#endif
