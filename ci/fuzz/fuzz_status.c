/* status, with less room for groups than there may be. */
#include "fuzz.h"

#include "proc/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t groups[3];
	struct proc_status status;

	PREPARE(status);
	PREPARE(groups);
	if (proc_parse_status((const char *)data, size, groups, 2, &status) < 0) {
		MUST_BE_UNTOUCHED(status);
		MUST_BE_UNTOUCHED(groups);
		return 0;
	}
	MUST(groups[2] == UINT32_C(0x5a5a5a5a));
	MUST(status.n_groups <= size && status.tgid >= 0 && status.pid >= 0 && status.inner_pid >= 0);
	MUST(status.umask_known || status.umask == 0);
	MUST(status.umask <= 07777);
	return 0;
}
