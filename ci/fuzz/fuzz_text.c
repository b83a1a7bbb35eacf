/* fdinfo, limits, cgroup, lists of strings. */
#include "fuzz.h"

#include <stdbool.h>

#include "proc/cgroup.h"
#include "proc/fdinfo.h"
#include "proc/limits.h"
#include "proc/strings.h"

static void fuzz_strings(const char *text, size_t size)
{
	enum { MAXIMUM = 16 };
	size_t count = 0, bytes = 0;
	char **strings;
	bool cut;

	MUST(proc_parse_strings(text, size, MAXIMUM, &strings, &cut) == 0);
	for (; strings[count]; count++)
		bytes += strlen(strings[count]) + 1;
	MUST(count <= MAXIMUM && bytes <= size + 1);
	MUST(cut ? count == MAXIMUM : bytes >= size);
	proc_strings_free(strings);
}

static void fuzz_cgroup(const char *text, size_t size)
{
	const char *name;
	size_t length;

	PREPARE(name);
	PREPARE(length);
	if (proc_parse_cgroup(text, size, &name, &length) < 0) {
		MUST_BE_UNTOUCHED(name);
		MUST_BE_UNTOUCHED(length);
		return;
	}
	MUST(name >= text && name < text + size && length <= (size_t)(text + size - name));
	MUST(length && !memchr(name, '\n', length));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct proc_fdinfo info;
	struct proc_limits limits;

	PREPARE(info);
	if (proc_parse_fdinfo(text, size, &info) < 0)
		MUST_BE_UNTOUCHED(info);
	PREPARE(limits);
	if (proc_parse_limits(text, size, &limits) < 0)
		MUST_BE_UNTOUCHED(limits);
	fuzz_cgroup(text, size);
	fuzz_strings(text, size);
	return 0;
}
