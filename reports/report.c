/* The registry of formats, made from formats.def. */
#include "reports/report.h"

#include <string.h>

#include "reports/formats.h"

const struct report_format REPORT_FORMATS[] = {
#define FORMAT(label, text) {.name = #label, .description = (text), .write = report_##label},
#include "reports/formats.def"
#undef FORMAT
};
const size_t N_REPORT_FORMATS = sizeof(REPORT_FORMATS) / sizeof(*REPORT_FORMATS);

const struct report_format *report_find(const char *name)
{
	for (size_t i = 0; i < N_REPORT_FORMATS; i++)
		if (strcmp(REPORT_FORMATS[i].name, name) == 0)
			return &REPORT_FORMATS[i];
	return NULL;
}
