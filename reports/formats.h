/* The functions that formats.def names, and the way into the module that writes HTML. */
#ifndef REPORTS_FORMATS_H
#define REPORTS_FORMATS_H

#include "reports/report.h"

#define FORMAT(label, text)                                                                                            \
	int report_##label(const struct result *result, const struct report_options *options, FILE *out,               \
	                   struct error *error);
#include "reports/formats.def"
#undef FORMAT

/* HTML is written by a module of its own, which alone needs libxml2: that library takes longer to load than a launch
 * takes to judge. The module exports one object of this type under this name. */
#define REPORT_MODULE_SYMBOL "daemonck_report_module"
#define REPORT_MODULE_FILE   "daemonck-html.so"

struct report_module {
	const char *version; /* must be the program's own: the structs are shared */
	int (*write)(const struct result *result, const struct report_options *options, FILE *out, struct error *error);
};

#endif
