/* stat, schedstat, syscall. */
#include "fuzz.h"

#include "proc/stat.h"

static void fuzz_stat(const char *text, size_t size)
{
	struct proc_stat stat;

	PREPARE(stat);
	if (proc_parse_stat(text, size, &stat) < 0) {
		MUST_BE_UNTOUCHED(stat);
		return;
	}
	MUST(memchr(stat.comm, '\0', sizeof(stat.comm)));
	MUST(memmem(text, size, stat.comm, strlen(stat.comm)));
	MUST(proc_tty_major(stat.tty_nr) < 4096 && proc_tty_minor(stat.tty_nr) < 1 << 20);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct proc_schedstat schedstat;
	struct proc_syscall call;

	fuzz_stat(text, size);
	PREPARE(schedstat);
	if (proc_parse_schedstat(text, size, &schedstat) < 0)
		MUST_BE_UNTOUCHED(schedstat);
	PREPARE(call);
	if (proc_parse_syscall(text, size, &call) < 0)
		MUST_BE_UNTOUCHED(call);
	else
		MUST((call.nr >= 0) == (call.kind == PROC_SYSCALL_IN_CALL));
	return 0;
}
