/* Parser of limits: a table of "%-25s %-20s %-20s %-10s". */
#include "proc/limits.h"

#include <assert.h>
#include <errno.h>
#include <sys/resource.h>

#include "proc/scan.h"

static_assert((int)PROC_LIMITS == (int)RLIM_NLIMITS, "the kernel has limits that this parser does not know");

/* By name: the numbers differ between architectures. */
static const char *const names[PROC_LIMITS] = {
    [RLIMIT_CPU] = "Max cpu time ",
    [RLIMIT_FSIZE] = "Max file size ",
    [RLIMIT_DATA] = "Max data size ",
    [RLIMIT_STACK] = "Max stack size ",
    [RLIMIT_CORE] = "Max core file size ",
    [RLIMIT_RSS] = "Max resident set ",
    [RLIMIT_NPROC] = "Max processes ",
    [RLIMIT_NOFILE] = "Max open files ",
    [RLIMIT_MEMLOCK] = "Max locked memory ",
    [RLIMIT_AS] = "Max address space ",
    [RLIMIT_LOCKS] = "Max file locks ",
    [RLIMIT_SIGPENDING] = "Max pending signals ",
    [RLIMIT_MSGQUEUE] = "Max msgqueue size ",
    [RLIMIT_NICE] = "Max nice priority ",
    [RLIMIT_RTPRIO] = "Max realtime priority ",
    [RLIMIT_RTTIME] = "Max realtime timeout ",
};

static bool scan_limit(struct scan *line, uint64_t *ret_value)
{
	if (!scan_literal(line, "unlimited"))
		return scan_u64(line, ret_value);
	*ret_value = UINT64_MAX;
	return true;
}

/* The rows come in the order of the numbers: NEXT is mostly right. */
static unsigned int find_limit(struct scan *line, unsigned int next)
{
	for (unsigned int i = 0; i < PROC_LIMITS; i++) {
		unsigned int limit = (next + i) % PROC_LIMITS;

		if (scan_literal(line, names[limit]))
			return limit;
	}
	return PROC_LIMITS;
}

int proc_parse_limits(const char *text, size_t length, struct proc_limits *ret_limits)
{
	struct scan scan = scan_over(text, length), line;
	struct proc_limits limits = {0};
	unsigned int seen = 0, next = 0;

	if (!scan_line(&scan, &line) || !scan_literal(&line, "Limit "))
		return -EINVAL;
	while (!scan_done(&scan)) {
		unsigned int limit;

		if (!scan_line(&scan, &line))
			return -EINVAL;
		limit = find_limit(&line, next);
		if (limit == PROC_LIMITS)
			continue;
		(void)scan_blanks(&line);
		if (seen & 1U << limit || !scan_limit(&line, &limits.soft[limit]) || !scan_blanks(&line) ||
		    !scan_limit(&line, &limits.hard[limit]) || (!scan_done(&line) && !scan_blanks(&line)))
			return -EINVAL;
		seen |= 1U << limit;
		next = limit + 1;
	}
	if (seen != (1U << PROC_LIMITS) - 1)
		return -EINVAL;
	*ret_limits = limits;
	return 0;
}
